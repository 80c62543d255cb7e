import type { GraphSource } from '../ir/graph.js';
import type { DType, Shape } from '../ir/tensor.js';
import type { OpKind } from '../ops/define-op.js';

export const ANALYSIS_SCHEMA = 'archmeter/analysis@1';

/** How ops become kernels: `eager` runs every op alone; `fused` joins them by the rules in `fuse.ts`. */
export type ExecutionModel = 'eager' | 'fused';

export interface AnalysisOptions {
  /** Which execution model `readBytes` and `writeBytes` of layers and totals stand for. */
  readonly execution: ExecutionModel;
  /** Element type of weights and activations. */
  readonly dtype: DType;
  readonly batch: number;
  /** Leaves out the classifier: everything after the last layer with spatial axes. */
  readonly excludeHead: boolean;
}

/** Figures of one layer. Their definitions: `core/units.ts`. */
export interface LayerAnalysis {
  readonly name: string;
  readonly op: string;
  readonly kind: OpKind;
  readonly scope: string;
  /** Index of the fused kernel the layer belongs to; layers of one kernel share it. */
  readonly kernel: number;
  /** Shapes of data inputs (not of weights). */
  readonly inputShapes: readonly Shape[];
  readonly outputShapes: readonly Shape[];
  readonly weightShapes: readonly Shape[];
  /** Convolution groups; 1 for other ops. */
  readonly groups: number;
  /** Names of the layers whose outputs it reads, graph inputs by their name. */
  readonly inputLayers: readonly string[];
  readonly params: number;
  readonly paramBytes: number;
  readonly madds: number;
  readonly flops: number;
  readonly activations: number;
  readonly memoryAccessCost: number;
  /** Convolution and linear layers only; null for others. */
  readonly memoryAccessCostLowerBound: number | null;
  readonly memoryAccessCostRatio: number | null;
  /** Under the chosen execution model. */
  readonly readBytes: number;
  readonly writeBytes: number;
  readonly eagerReadBytes: number;
  readonly eagerWriteBytes: number;
  readonly fusedReadBytes: number;
  readonly fusedWriteBytes: number;
  /** flops per byte moved; null where nothing moves. */
  readonly arithmeticIntensity: number | null;
  /** Bytes of activations alive while the layer runs. */
  readonly liveActivationBytes: number;
  readonly trainingFlops: number;
  readonly line?: number | undefined;
}

export interface TrafficTotals {
  readonly readBytes: number;
  readonly writeBytes: number;
  readonly arithmeticIntensity: number | null;
  readonly kernels: number;
}

export interface AnalysisTotals {
  readonly params: number;
  readonly paramBytes: number;
  readonly buffers: number;
  readonly madds: number;
  readonly flops: number;
  readonly activations: number;
  /** Σ over all layers. */
  readonly memoryAccessCost: number;
  /** Σ over convolutions: the figure of the VoVNet paper. */
  readonly paperMemoryAccessCost: number;
  /** Σ of the lower bounds over convolution and linear layers, and of their cost, and the ratio of the two. */
  readonly memoryAccessCostLowerBound: number;
  readonly boundedMemoryAccessCost: number;
  readonly memoryAccessCostRatio: number | null;
  readonly memoryAccessCostByKind: Readonly<Partial<Record<OpKind, number>>>;
  readonly maddsByKind: Readonly<Partial<Record<OpKind, number>>>;
  readonly readBytes: number;
  readonly writeBytes: number;
  readonly arithmeticIntensity: number | null;
  readonly eager: TrafficTotals;
  readonly fused: TrafficTotals;
  readonly peakActivationBytes: number;
  /** The layer that runs at the peak, and the tensors alive then, largest first. */
  readonly peakLayer: string | null;
  readonly peakTensors: readonly { readonly name: string; readonly bytes: number }[];
  readonly trainingFlops: number;
  readonly peakTrainingBytes: number;
  /** Convolutional input/output (HarDNet, arXiv 1909.00948): Σ input + output elements of convolutions. */
  readonly convolutionalInputOutput: number;
  readonly maddsPerConvolutionalInputOutput: number | null;
}

export interface UnsupportedOp {
  /** What the file calls it. */
  readonly type: string;
  readonly count: number;
  readonly layers: readonly string[];
  readonly reason: string | null;
}

/** What `archmeter analyze` finds. JSON, versioned; its JSON Schema: `archmeter/schemas/analysis.json`. */
export interface AnalysisResult {
  readonly schema: typeof ANALYSIS_SCHEMA;
  readonly archmeter: string;
  readonly model: {
    readonly name: string;
    readonly source: GraphSource | null;
    readonly inputs: readonly { readonly name: string; readonly shape: Shape; readonly dtype: DType }[];
    readonly outputs: readonly { readonly name: string; readonly shape: Shape; readonly dtype: DType }[];
  };
  readonly options: AnalysisOptions;
  readonly totals: AnalysisTotals;
  readonly layers: readonly LayerAnalysis[];
  /** Ops without a count. Where it is not empty, every total leaves them out. */
  readonly unsupportedOps: readonly UnsupportedOp[];
  readonly notes: readonly string[];
}
