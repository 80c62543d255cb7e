import type { Progress } from '../../bench/progress.js';
import type { ErrorLocation } from '../../core/errors.js';
import type { Measurement } from '../../core/measurement.js';
import type { ReportDocument } from '../../core/report/document.js';

/** A file that a person gave the page, by the path it has there. */
export interface GivenFile {
  readonly path: string;
  readonly file: Blob;
}

/** What the figures are computed for. Left out: as the model has it. */
export interface AnalysisSettings {
  readonly batch?: number | undefined;
  readonly resolution?: number | undefined;
  /** As `--dtype` takes it. */
  readonly dtype?: string | undefined;
  readonly execution: 'eager' | 'fused';
  /** Values for options of zoo models and parameters of specs, as `--set`. */
  readonly parameters?: Readonly<Record<string, string | number | boolean>> | undefined;
  /** Sizes that model files leave open, as `--dim`. */
  readonly dims?: Readonly<Record<string, number>> | undefined;
  /** Ids of known devices to estimate for. */
  readonly on: readonly string[];
}

export interface AnalysisRequest {
  /** Zoo names, blocks, and paths of files given. */
  readonly references: readonly string[];
  /** Groups of the paper's matched blocks, by letter. */
  readonly blocks?: readonly string[] | undefined;
  /** Specs written in the page, by the paths they have among the references. */
  readonly texts?: Readonly<Record<string, string>> | undefined;
  readonly settings: AnalysisSettings;
}

/** What is wrong with one of the things asked for; the others are there all the same. */
export interface Problem {
  readonly reference: string;
  /** As the command line would print it. */
  readonly message: string;
  readonly location: ErrorLocation;
}

export interface AnalysisReply {
  readonly document: ReportDocument;
  /** Models of the document by what they were asked for as. */
  readonly names: Readonly<Record<string, string>>;
  readonly problems: readonly Problem[];
}

export interface TimingRequest extends AnalysisRequest {
  readonly runtime: TimingRuntime;
  readonly seconds: number;
  readonly seed: number;
}

export interface CommunityReply {
  readonly name: string;
  readonly text: string;
  readonly problems: readonly string[];
}

export interface KeepRequest extends AnalysisRequest {
  readonly measurement: Measurement;
  readonly reason: string;
}

export interface SpecRequest {
  readonly reference: string;
  readonly settings: AnalysisSettings;
}

export interface SpecReply {
  readonly text: string;
  /** Whether it is the text of the very file. */
  readonly isOwn: boolean;
  /** Of the model. */
  readonly name: string;
}

export type TimingRuntime = 'tfjs-webgpu' | 'tfjs-wasm';

/** A device that the page can time on, or why it cannot. */
export interface TimingDevice {
  readonly runtime: TimingRuntime;
  readonly title: string;
  readonly kind: 'gpu' | 'cpu' | 'software' | 'unknown';
  readonly name: string;
  readonly reason?: string | undefined;
}

export interface TimingReply extends AnalysisReply {
  readonly measurement: Measurement;
}

/** What the worker does when asked; each answers once. */
export interface Jobs {
  give(files: readonly GivenFile[]): Promise<void>;
  analyse(request: AnalysisRequest): Promise<AnalysisReply>;
  /** What is open as a spec: the text of a spec file, or one that gives the same figures. */
  spec(request: SpecRequest): Promise<SpecReply>;
  /** JSON Schema of specs. */
  specSchema(): Promise<object>;
  /** The report in a format to be saved. */
  render(format: 'html' | 'json' | 'markdown' | 'csv'): Promise<string>;
  /** The report as a PNG file; undefined where nothing is open. */
  picture(): Promise<Uint8Array<ArrayBuffer> | undefined>;
  devices(): Promise<readonly TimingDevice[]>;
  time(request: TimingRequest): Promise<TimingReply>;
  /** A measurement as a file of `reports/community`, and what keeps it out of there. */
  community(measurement: Measurement): Promise<CommunityReply>;
  /** Takes a measurement that a thread left which came to no end: why is said in it. */
  keep(request: KeepRequest): Promise<AnalysisReply>;
  /** Ends timing; what is finished is returned by `time`. */
  stop(): Promise<void>;
  /** Whether the page is in the background. */
  setHidden(hidden: boolean): Promise<void>;
}

export type JobName = keyof Jobs;

export interface JobMessage {
  readonly id: number;
  readonly job: JobName;
  readonly argument: unknown;
}

export type WorkerMessage =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string }
  | { readonly progress: Progress }
  | { readonly partial: Measurement }
  /** Name of the lock that the thread holds until it ends. */
  | { readonly lock: string };
