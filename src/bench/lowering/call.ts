import type { Tensor } from '@tensorflow/tfjs-core';
import type { Node } from '../../core/ir/graph.js';
import type { Shape, TensorType } from '../../core/ir/tensor.js';
import type { ResolvedAttributes } from '../../core/ops/define-op.js';
import type { OpName } from '../../core/ops/op-attributes.js';
import type { Folded } from './folding.js';
import { transposed } from './kernels.js';
import type { Register, Tfjs } from './program.js';

/**
 * How a tensor lies in memory: `logical` as the graph has it, `channelsLast` with axis 1 moved to the end (NCHW values
 * held as NHWC).
 */
export type Form = 'logical' | 'channelsLast';

/** One node to be lowered: what a lowering reads, and where it puts its steps. */
export interface Call<N extends OpName = OpName> {
  readonly tf: Tfjs;
  readonly node: Node;
  readonly attributes: ResolvedAttributes<N>;
  /** Batch norm and activation that run inside this node. */
  readonly folded: Folded | undefined;
  has(slot: number): boolean;
  type(slot: number): TensorType;
  outputType(index?: number): TensorType;
  /** Whether the input lies channels last already. */
  isChannelsLast(slot: number): boolean;
  /** Whether the input is a weight or a constant. */
  isStored(slot: number): boolean;
  /** Contents of a stored input. */
  contents(slot: number): Float32Array;
  /** The input's register in a form; a transposition is added where it lies in the other. */
  input(slot: number, form: Form): Register;
  /** A stored input brought into another shape once, or a computed one at every run. */
  prepared(slot: number, transform: (x: Tensor) => Tensor): Register;
  /** A tensor that stays. */
  resident(make: () => Tensor): Register;
  /** Adds a step whose tensors are the node's outputs. */
  emit(inputs: readonly Register[], run: (inputs: readonly Tensor[]) => Tensor | readonly Tensor[], form?: Form): void;
  /** Adds no step: the node's output is a tensor that is already there. */
  alias(register: Register, form: Form): void;
  /** Throws: this runtime cannot do what the node asks. */
  refuse(reason: string): never;
}

export type Lowering<N extends OpName = OpName> = (call: Call<N>) => void;

/** Lowerings by op name; an op that is left out cannot run. */
export type Lowerings = { readonly [N in OpName]?: Lowering<N> };

/** Axes of a channels-first tensor in channels-last order. */
export function channelsLastOrder(rank: number): number[] {
  return [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1];
}

/** Axes of a channels-last tensor in channels-first order. */
export function channelsFirstOrder(rank: number): number[] {
  return [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, i) => i + 1)];
}

export function permute(shape: Shape, order: readonly number[]): number[] {
  return order.map((axis) => shape[axis] as number);
}

/** Transposes; where only axes of size 1 change place, the elements keep theirs and a reshape does. */
export function reorder(tf: Tfjs, x: Tensor, order: readonly number[]): Tensor {
  const moving = order.filter((axis) => x.shape[axis] !== 1);
  const inOrder = moving.every((axis, i) => i === 0 || axis > (moving[i - 1] as number));
  return inOrder ? tf.reshape(x, permute(x.shape, order)) : transposed(tf, x, [...order]);
}

/** The form of an image input for an op with a `layout`: the graph's own where that is channels last. */
export function imageForm(call: Call): Form {
  return 'layout' in call.attributes && call.attributes.layout === 'channelsLast' ? 'logical' : 'channelsLast';
}

/** Shape of a value as it lies in a form. */
export function shapeIn(form: Form, shape: Shape): number[] {
  return form === 'logical' ? [...shape] : permute(shape, channelsLastOrder(shape.length));
}
