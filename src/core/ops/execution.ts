import type { Graph, Node, Value } from '../ir/graph.js';
import type { Shape, TensorType } from '../ir/tensor.js';
import type { AnyOp, OpCall, OpKind } from './define-op.js';
import type { Moments } from './moments.js';

/** How ops run: what the latency model, runtimes and random weights ask of each, and what holds by its kind. */

/** Kernels that behave alike: one efficiency and one traffic factor each. */
export const COMPUTE_CLASSES = [
  'conv',
  'pointwiseConv',
  'groupedConv',
  'depthwiseConv',
  'largeDepthwiseConv',
  'linear',
  'matmul',
  'attention',
  'maskedAttention',
  'recurrent',
] as const;

export const MEMORY_CLASSES = [
  'normalization',
  'batchNorm',
  'softmax',
  'activation',
  'elementwise',
  'broadcast',
  'reduction',
  'pooling',
  'resize',
  'concat',
  'gather',
  'copy',
  'transposition',
  'cast',
] as const;

export type ComputeClass = (typeof COMPUTE_CLASSES)[number];
export type MemoryClass = (typeof MEMORY_CLASSES)[number];
export type KernelClass = ComputeClass | MemoryClass;

/** `groups` matrix products of rows x depth by depth x width. */
export interface ContractionShape {
  readonly rows: number;
  readonly depth: number;
  readonly width: number;
  readonly groups: number;
}

/** Loads that each thread makes one after the other, and how many threads there are. */
export interface SerialLoads {
  readonly serialLoads: number;
  readonly threads: number;
}

/** Element types under torch's autocast to float16 (https://pytorch.org/docs/2.4/amp.html#cuda-op-specific-behavior). */
export type Autocast =
  | 'float16'
  | 'float32'
  /** That of the first input. */
  | 'first'
  /** The widest of its inputs. */
  | 'widest';

/** Distance in memory between neighbours along each axis, in elements; 0 along a repeated axis. */
export type Strides = readonly number[];

/**
 * How the result lies in memory when torch runs op by op, and which inputs are copied in order first:
 * `contiguous` in order, inputs are read as they lie; `ordered` likewise, but the first input is copied;
 * `operand` as the first operand of its shape (TensorIterator); `image` channels last where the input's are, else the
 * input is copied; `sameImage` likewise, in the very strides of the input; `channelsLast` where all inputs are so;
 * `rows` and `product` what a matrix product of rows, or of batches, cannot walk is copied; `heads` those of attention,
 * side by side; `view` the same memory where another shape allows it, else a copy; `kept` as the input lies.
 */
export type MemoryOrder =
  | 'contiguous'
  | 'ordered'
  | 'operand'
  | 'image'
  | 'sameImage'
  | 'channelsLast'
  | 'rows'
  | 'product'
  | 'heads'
  | 'view'
  | 'kept';

/** What is asked of an op beside its shapes and counts. */
export interface ExecutionSlots<A> {
  /** A contraction as matrix products; convolutions as the implicit products that libraries make of them. */
  contraction(call: OpCall<A>): ContractionShape;
  /** The kernel that it runs in; none for what moves nothing or is done as the program is compiled. */
  readonly kernel: KernelClass | 'none' | ((call: OpCall<A>) => KernelClass | 'none');
  /** Kernels that wait for each other: steps of a recurrent layer. */
  steps(call: OpCall<A>): number;
  /** Where each thread of its kernel walks alone; undefined where work is spread out. */
  serialLoads(call: OpCall<A>): SerialLoads | undefined;
  readonly autocast: Autocast;
  readonly memoryOrder: MemoryOrder | ((strides: Strides, call: OpCall<A>) => Strides);
  /**
   * Where an axis of the first input lies in the output: at its `place` (where ranks differ: where as many elements lie
   * before it), by `elements` always, or told.
   */
  readonly axis: 'place' | 'elements' | ((axis: number, call: OpCall<A>) => number);
  /** A view of elements that the input repeats without storing them repeats them too. */
  readonly keepsRepetition: boolean;
  /** One element in, one out, in the order of its input: it can join the kernel before it. */
  readonly pointwise: boolean;
  /** Its part in x·scale + shift, which torch computes in one kernel (torch.addcmul); `channels`: both, a pair a channel. */
  readonly affine: 'scale' | 'shift' | 'channels';
  /** Scales and shifts of its output channels can go into its weight, whose first axis they are, and its bias. */
  readonly absorbs: boolean;
  /** Its inputs lie side by side in its output. */
  readonly joins: boolean;
  /** Products summed into one output element, from the shape of the weight in slot 1; none where slot 1 is no factor. */
  readonly fanIn: 'none' | ((weight: Shape, attributes: A) => number);
  /** Moments of the outputs of random inputs (a mean of 0 and E[x²] of 1 for one left out); `product`: by `fanIn`. */
  readonly moments: 'kept' | 'product' | ((inputs: readonly Moments[], call: OpCall<A>) => Moments);
}

type ByKind = { readonly [S in keyof ExecutionSlots<unknown>]: ExecutionSlots<unknown>[S] | null | undefined };

const PLAIN = {
  contraction: null,
  steps: null,
  serialLoads: null,
  autocast: 'widest',
  memoryOrder: 'contiguous',
  axis: 'place',
  keepsRepetition: false,
  pointwise: false,
  affine: null,
  absorbs: false,
  joins: false,
  fanIn: 'none',
  moments: 'kept',
} as const;

const CONTRACTION = { ...PLAIN, contraction: undefined, autocast: 'float16' } as const;

const FACTOR = { fanIn: undefined, moments: 'product' } as const;

/** What holds of every op of a kind that does not say otherwise: `null` is none; what is undefined each op must say. */
export const EXECUTION_BY_KIND: Readonly<Record<OpKind, ByKind>> = {
  convolution: { ...CONTRACTION, ...FACTOR, kernel: undefined, memoryOrder: 'image' },
  linear: { ...CONTRACTION, ...FACTOR, kernel: 'linear', memoryOrder: 'rows' },
  matmul: { ...CONTRACTION, ...FACTOR, kernel: 'matmul', memoryOrder: 'product' },
  attention: { ...CONTRACTION, kernel: undefined, memoryOrder: 'heads', moments: undefined },
  recurrent: { ...CONTRACTION, kernel: 'recurrent', memoryOrder: 'ordered', steps: undefined },
  normalization: { ...PLAIN, kernel: 'normalization', memoryOrder: 'ordered', autocast: undefined, moments: undefined },
  activation: { ...PLAIN, kernel: 'activation', memoryOrder: 'operand', pointwise: true },
  elementwise: { ...PLAIN, kernel: 'elementwise', memoryOrder: 'operand', pointwise: true },
  pooling: { ...PLAIN, kernel: 'pooling', memoryOrder: 'image' },
  reduction: { ...PLAIN, kernel: 'reduction' },
  embedding: { ...PLAIN, kernel: 'gather', moments: undefined },
  movement: { ...PLAIN, kernel: 'gather' },
  view: { ...PLAIN, kernel: 'none', memoryOrder: undefined, axis: undefined, keepsRepetition: undefined },
  opaque: { ...PLAIN, kernel: 'none' },
};

/** What an op says of a slot, or its kind; null is none. */
export function slotOf<S extends keyof ExecutionSlots<unknown>>(op: AnyOp, slot: S): ExecutionSlots<unknown>[S] | null {
  const said = op[slot] ?? EXECUTION_BY_KIND[op.kind][slot];
  if (said === undefined) throw new Error(`op '${op.name}' does not say its '${slot}', nor does its kind`);
  return said as ExecutionSlots<unknown>[S] | null;
}

/** The class of the kernel that a call runs in. */
export function kernelOf(op: AnyOp, call: OpCall<unknown>): KernelClass | 'none' {
  const kernel = slotOf(op, 'kernel') ?? 'none';
  return typeof kernel === 'function' ? kernel(call) : kernel;
}

export function isPointwise(op: AnyOp): boolean {
  return slotOf(op, 'pointwise') === true;
}

/** The call that a node stands for: types of its inputs and outputs. */
export function callOf(graph: Graph, node: Node): OpCall<Record<string, unknown>> {
  const inputs: (TensorType | undefined)[] = new Array(node.inputs.length);
  for (let i = 0; i < inputs.length; i++) inputs[i] = graph.values[node.inputs[i] as number];
  return { inputs, outputs: node.outputs.map((id) => graph.values[id] as Value), attributes: node.attributes };
}
