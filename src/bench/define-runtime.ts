import type { Graph } from '../core/ir/graph.js';
import type { DType } from '../core/ir/tensor.js';
import type { DeviceInfo, LayerTiming, RuntimeInfo } from '../core/measurement.js';

/** What `archmeter devices` tells of one runtime. */
export interface RuntimeProbe {
  readonly available: boolean;
  /** What is missing, in words, where it is not available. */
  readonly reason?: string;
  /** The one command that adds what is missing. */
  readonly remedy?: string;
  readonly devices: readonly (DeviceInfo & { readonly id: string })[];
  readonly versions: Readonly<Record<string, string>>;
}

export interface OpenOptions {
  /** A device id or provider from `probe`; default: the runtime's best. */
  readonly device?: string | undefined;
  readonly dtype: DType;
  /** Accept a software adapter; refused otherwise. */
  readonly allowSoftware: boolean;
  /** CPU threads, where the runtime lets one choose. */
  readonly threads?: number | undefined;
}

/** A runtime: one file in `src/bench/runtimes`, its default export. Heavy packages are imported inside `probe` and `open`. */
export interface Runtime {
  readonly name: string;
  readonly title: string;
  /** Lower is tried first when the user names no runtime. */
  readonly rank: number;
  probe(): Promise<RuntimeProbe>;
  /** Throws ArchmeterError where it cannot be had, with the remedy. */
  open(options: OpenOptions): Promise<RuntimeSession>;
}

/** A model file that is timed as it is. */
export interface ModelFile {
  readonly path: string;
  /** As `graph.source.format` names it: `onnx`, `tfjs` … */
  readonly format: string;
}

/** A file opened, or why the runtime does not take it: the graph is rebuilt then. */
export type FileOpening =
  | { readonly executable: Executable; readonly declined?: undefined }
  | { readonly declined: string };

export interface RuntimeSession {
  readonly runtime: RuntimeInfo;
  readonly device: DeviceInfo;
  readonly hasDeviceClock: boolean;
  /**
   * Starts what executables run in anew, where a model prepared again would come to lie in the memory that it had: before
   * each copy, once those of the last are disposed. Ones that are still open go on in the new one.
   */
  renew?(): Promise<void>;
  /** Lowers a graph with weights drawn from `seed` (`bench/weights.ts`), so that every runtime computes the same. */
  prepare(graph: Graph, seed: number): Promise<Executable>;
  /**
   * Opens a model file with the weights it holds, to be run at the graph's input shapes: inputs and outputs are the
   * graph's, in its order, those drawn for timing from `seed`. Left out where a runtime takes no files at all.
   */
  openFile?(file: ModelFile, graph: Graph, seed: number): Promise<FileOpening>;
  /** Overwrites at least `bytes` of device memory, so that caches hold nothing of the model. */
  flushCaches(bytes: number): Promise<void>;
  close(): Promise<void>;
}

export interface Timing {
  /** Wall time of the whole call, in ms. */
  readonly wallMs: number;
  /** Device time, where there is a device clock. */
  readonly deviceMs?: number;
}

export interface Executable {
  /** Runs once on the given inputs (row-major, by graph input) and returns the outputs. */
  run(inputs: readonly Float32Array[]): Promise<Float32Array[]>;
  /** Runs `iterations` times back to back on resident inputs and waits for the last. Throws on any device error. */
  time(iterations: number): Promise<Timing>;
  /** One run with a time for each layer, by node name. */
  timeLayers?(): Promise<readonly LayerTiming[]>;
  dispose(): Promise<void>;
}
