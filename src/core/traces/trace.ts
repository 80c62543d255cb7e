import type { Shape } from '../ir/tensor.js';
import type { DeviceInfo } from '../measurement.js';

/** An argument of an operator as a trace records it. */
export interface OperatorArgument {
  /** Of a tensor; of each tensor where it is a list of them. */
  readonly dims: Shape | readonly Shape[];
  /** In elements; empty where the trace has none. */
  readonly strides: Shape;
  /** As the framework calls it: `c10::BFloat16`, `float`, `Scalar`, `TensorList`; empty where it was not given. */
  readonly type: string;
  /** A number, list or text that was passed by value, as text. */
  readonly concrete: string;
}

/** What was called, with which arguments: calls alike share one object. */
export interface OperatorCall {
  /** e.g. `aten::addmm`. */
  readonly name: string;
  /** Empty where the trace has no shapes. */
  readonly arguments: readonly OperatorArgument[];
}

/** What takes time beside layers. */
export type OtherWork = 'copy' | 'communication' | 'optimizer' | 'backward' | 'layout' | 'graph' | 'unknown';

/** A node of a model file as the trace calls it. */
export interface TracedNode {
  readonly name: string;
  readonly operator?: string | undefined;
  /** With TensorFlow's scopes around it. */
  readonly isScoped?: true;
}

/** One piece of a model's work in one iteration: an operator with all that ran for it, or work without one. */
export interface TraceStep {
  /** What it is called where no layer is found: the operator, kernel, node or layer of the trace. */
  readonly name: string;
  /** From the outermost: `[call]`, then operators inside it down to the one that launched the work. */
  readonly calls: readonly OperatorCall[];
  /** Modules that it ran in, outermost first: `ViTLayer_3`. */
  readonly modules: readonly string[];
  /** Processor time of the device; summed over its kernels. */
  readonly deviceMs: number;
  readonly kernels: number;
  /** How many calls alike it stands for, where an iteration has too many to tell apart; one where undefined. */
  readonly repeats?: number | undefined;
  /** Set where it belongs to no layer of a forward pass. */
  readonly other?: OtherWork | undefined;
  /** What a model file calls the nodes that ran in it, and their ONNX operator, where the trace tells. */
  readonly nodes?: readonly TracedNode[] | undefined;
  /** `nodes` are the first and the last of a stretch of the file's nodes. */
  readonly nodesAreRange?: true | undefined;
}

export interface TraceIteration {
  /** In the order run. */
  readonly steps: readonly TraceStep[];
  /** From the first kernel's start to the last one's end; of the processor: from the first operator to the last. */
  readonly spanMs: number;
  /** Of `spanMs`, when nothing ran. */
  readonly idleMs: number;
  /** Of the sum of all steps, what ran at the same time as other work. */
  readonly overlapMs: number;
  /** Time of the host between the start and the end of the iteration; undefined where the trace does not tell. */
  readonly hostMs?: number | undefined;
}

/** A profile that others made, read: times are attributed to operators, not yet to layers. */
export interface Trace {
  /** Of the file that was read. */
  readonly file?: string | undefined;
  /** File name in `core/traces`. */
  readonly format: string;
  readonly title: string;
  readonly device: DeviceInfo;
  /** Versions and settings that the trace tells. */
  readonly software: Readonly<Record<string, string>>;
  /** Whose clock gives the times, and in words. */
  readonly clock: 'device' | 'wall';
  readonly clockSource: string;
  readonly clockQuantumMs: number;
  /** Those measured; warm-up is left out. */
  readonly iterations: readonly TraceIteration[];
  readonly warmUpIterations: number;
  /** Sum over all kernels of the file, and what of it lies in no iteration or in one left out. */
  readonly totalMs: number;
  readonly leftOutMs: number;
  /** Of the time in iterations, what an operator was found for; undefined where the format has no operators. */
  readonly attributedMs?: number | undefined;
  readonly startedAt?: string | undefined;
  /** What a reader of the figures should know. */
  readonly notes: readonly string[];
}
