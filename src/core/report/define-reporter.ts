import type { AnalysisResult } from '../analysis/result.js';
import type { GateOutcome, GateRow, GateVerdict } from '../compare/gate.js';
import type { Graph } from '../ir/graph.js';
import type { Measurement } from '../measurement.js';
import type { MetricId } from '../units.js';
import type { ModelExplanations } from './explanations.js';

/** Everything a report may show. What is missing is left out of the report, never invented. */
export interface ReportInput {
  readonly title: string;
  /** The exact command that made the report. */
  readonly command: string;
  /** ISO 8601. Left out of committed reports, which must not change when nothing else does. */
  readonly createdAt?: string | undefined;
  /** The first is the baseline, in each group where there are groups. */
  readonly analyses: readonly AnalysisResult[];
  /** Models that are compared with each other and not with the rest. Default: all in one. */
  readonly groups?: readonly ReportGroup[] | undefined;
  /** Graphs of the analyses, in any order, matched by name: they add the formulas of each layer. */
  readonly graphs?: readonly Graph[] | undefined;
  /** Formulas already made from graphs, as a saved report holds them. */
  readonly explanations?: readonly ModelExplanations[] | undefined;
  readonly measurements: readonly Measurement[];
  readonly sweeps?: readonly Sweep[] | undefined;
  readonly published?: readonly PublishedModel[] | undefined;
  readonly devices?: readonly DeviceCeilings[] | undefined;
  readonly estimates?: readonly Estimate[] | undefined;
  readonly findings?: readonly ReportFinding[] | undefined;
  readonly history?: readonly HistoryEntry[] | undefined;
  /** Other models that stand in the background of published accuracy against cost. */
  readonly zoo?: readonly ZooDot[] | undefined;
  readonly gate?: GateOutcome | undefined;
}

export interface ReportGroup {
  readonly title: string;
  /** What its members have in common. */
  readonly note?: string | undefined;
  readonly models: readonly GroupMember[];
}

export interface GroupMember {
  /** Name of an analysed or timed model; where several have it, the next one that is not taken. */
  readonly name: string;
  /** Models of one architecture have one colour in all groups. Default: the name. */
  readonly architecture?: string | undefined;
}

/** One figure against batch size or resolution. */
export interface Sweep {
  readonly variable: 'batch' | 'resolution';
  readonly points: readonly SweepPoint[];
}

export interface SweepPoint {
  readonly model: string;
  readonly value: number;
  readonly metrics: Readonly<Partial<Record<MetricId, number>>>;
}

/** What others printed about a model. */
export interface PublishedModel {
  readonly model: string;
  /** Paper, table, or file that the figures stand in. */
  readonly source: string;
  /** ImageNet top-1 accuracy in percent. */
  readonly top1?: number | undefined;
  readonly figures?: readonly PublishedFigure[] | undefined;
}

export interface PublishedFigure {
  readonly label: string;
  readonly value: number;
  /** As printed there. */
  readonly unit: string;
  /** Our figure to stand beside it, with the factor that turns ours into their unit. */
  readonly ours?: { readonly metric: MetricId; readonly scale: number } | undefined;
  readonly note?: string | undefined;
}

/** The roofs of a roofline. */
export interface DeviceCeilings {
  readonly name: string;
  /** What the system calls the device where it was timed: measured points belong under these roofs. */
  readonly timedAs?: string | undefined;
  readonly dtype: string;
  /** Dense peak, 2 per multiply-add. */
  readonly flopsPerSecond: number;
  readonly bytesPerSecond: number;
  readonly source: string;
  /** False where the source is not a datasheet: said wherever the figure is used. */
  readonly verified: boolean;
}

export type Bound = 'compute' | 'memory' | 'launch' | 'occupancy';

/** What a model of a device says a network would cost there. */
export interface Estimate {
  readonly model: string;
  readonly device: string;
  /** Of the latency: `calibrated` figures were fitted to measurements of this device. */
  readonly mode: 'literature' | 'calibrated' | 'specification';
  readonly latencyMs?: number | undefined;
  readonly latencyLowMs?: number | undefined;
  readonly latencyHighMs?: number | undefined;
  /** Of one image. */
  readonly energyJoules?: number | undefined;
  readonly energyLowJoules?: number | undefined;
  readonly energyHighJoules?: number | undefined;
  /** `literature` constants rank models and say nothing of a device's joules. */
  readonly energyMode?: 'literature' | 'calibrated' | undefined;
  readonly layers?: readonly EstimatedLayer[] | undefined;
  readonly note?: string | undefined;
}

export interface EstimatedLayer {
  readonly name: string;
  readonly latencyMs: number;
  readonly bound: Bound;
}

/** A model that the report is not about: published ImageNet top-1 in percent, and counts of one image. */
export interface ZooDot {
  readonly name: string;
  readonly top1: number;
  readonly params: number;
  readonly madds: number;
  readonly memoryAccessCost: number;
  /** Of one image, by name of a device; float32, eager. */
  readonly estimatedLatencyMs?: Readonly<Record<string, number>> | undefined;
}

/** Advice on an architecture. */
export interface ReportFinding {
  readonly id: string;
  readonly model: string;
  readonly title: string;
  readonly detail: string;
  readonly layers: readonly string[];
  readonly saving?:
    | {
        readonly metric: MetricId;
        readonly value: number;
        readonly fraction: number;
        /** What measured time it is a part of. */
        readonly of?: string;
      }
    | undefined;
  readonly source: string;
}

/** One commit's figures. */
export interface HistoryEntry {
  readonly commit: string;
  readonly date: string;
  readonly models: Readonly<Record<string, Readonly<Partial<Record<MetricId, number>>>>>;
}

export type { GateOutcome, GateRow, GateVerdict };

/** Turns a report into a file. One file each in `formats/`. */
export interface Reporter {
  readonly format: string;
  /** How the format is called in help texts. */
  readonly title: string;
  /** With the dot. */
  readonly extension: string;
  render(input: ReportInput): string | Uint8Array | Promise<string | Uint8Array>;
}

export function defineReporter(reporter: Reporter): Reporter {
  return reporter;
}
