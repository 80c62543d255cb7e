import type { Graph } from '../../ir/graph.js';
import type { Device } from '../devices/index.js';
import type { LatencyEstimate, LayerLatency, Precision } from '../latency/index.js';
import type { AnalysisResult, ExecutionModel, LayerAnalysis } from '../result.js';

/** What a rule may look at. */
export interface AdviceContext {
  readonly graph: Graph;
  readonly analysis: AnalysisResult;
  readonly latency: LatencyEstimate;
  readonly device: Device;
  readonly execution: ExecutionModel;
  readonly precision: Precision;
  /** Layers by name. */
  readonly layer: ReadonlyMap<string, LayerAnalysis>;
  readonly time: ReadonlyMap<string, LayerLatency>;
  /** Time of a graph of one layer; its input is taken to be in the type that the layer computes in. */
  layerMs(graph: Graph): number;
  /** Time of the model when its pointwise layers are fused, and of the kernels' starts within it. */
  fused(): LatencyEstimate;
  /** Time of one image in a batch so many times as large. */
  imageMsAtBatch(factor: number): number;
  /** Analyses and estimates another graph under the same conditions. */
  judge(graph: Graph): { readonly analysis: AnalysisResult; readonly latency: LatencyEstimate };
}

/** `measuredLatencyMs`: computed from the measured time of a profile. */
export type SavedMetric = 'estimatedLatencyMs' | 'measuredLatencyMs' | 'peakActivationBytes';

/** One thing that costs, what to change, and what the change would save. */
export interface Finding {
  /** Stable: the rule's name, and the place where it can be found more than once. */
  readonly id: string;
  readonly rule: string;
  readonly model: string;
  readonly title: string;
  readonly detail: string;
  readonly layers: readonly string[];
  /** The figure that gave it away. */
  readonly figure: { readonly name: string; readonly value: number };
  /** Of the whole model, recomputed on the changed graph. */
  readonly saving?: {
    readonly metric: SavedMetric;
    readonly value: number;
    readonly fraction: number;
    /** What measured time it is a part of. */
    readonly of?: 'an iteration' | "the device's busy time";
  };
  /** What else the change does, as a factor of the model's own. */
  readonly cost?: { readonly params: number; readonly madds: number };
  /** Paper that the rule follows. */
  readonly source: string;
}

export type FoundFinding = Omit<Finding, 'model' | 'rule' | 'source'>;

export interface AdviceRule {
  readonly source: string;
  find(context: AdviceContext): FoundFinding[];
}

export function defineRule(rule: AdviceRule): AdviceRule {
  return rule;
}
