import { type DType, elementCount, type Shape, type TensorType } from '../ir/tensor.js';
import type { ResolvedAttributes } from '../ops/define-op.js';
import type { OpName } from '../ops/op-attributes.js';

/** A dense row-major tensor in float64; integers and booleans are held as numbers. */
export interface Tensor {
  readonly shape: Shape;
  readonly data: Float64Array;
}

/** One op applied: what a reference kernel gets. A missing optional input is `undefined`. */
export interface KernelCall<N extends OpName = OpName> {
  readonly op: N;
  readonly inputs: readonly (Tensor | undefined)[];
  readonly inputTypes: readonly (DType | undefined)[];
  readonly attributes: ResolvedAttributes<N>;
  /** Inferred from the inputs. */
  readonly outputs: readonly TensorType[];
}

/** Computes the outputs of one op in float64. */
export type Kernel<N extends OpName = OpName> = (call: KernelCall<N>) => Tensor[];

/** Kernels by op name; an op that is left out has no values here. */
export type Kernels = { readonly [N in OpName]?: Kernel<N> };

export function tensor(shape: Shape, data: Float64Array = new Float64Array(elementCount(shape))): Tensor {
  return { shape, data };
}

export function inputOf(call: KernelCall, slot: number): Tensor {
  const input = call.inputs[slot];
  if (input === undefined) throw new Error(`${call.op} lacks input ${slot}`);
  return input;
}

export function outputShape(call: KernelCall, index = 0): Shape {
  return (call.outputs[index] as TensorType).shape;
}

/** Elements between neighbours along each axis. */
export function strides(shape: Shape): number[] {
  const result = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    result[axis] = step;
    step *= shape[axis] as number;
  }
  return result;
}

/** Strides for reading `shape` as if broadcast to `target`: 0 along stretched axes. */
export function broadcastStrides(shape: Shape, target: Shape): number[] {
  const own = strides(shape);
  const lead = target.length - shape.length;
  return target.map((_, axis) => (axis < lead || shape[axis - lead] === 1 ? 0 : (own[axis - lead] as number)));
}

/**
 * Copies into a new tensor of `shape`, reading element (i₀, i₁, …) at `offset + Σ iₖ·steps[k]`: every op that only
 * moves data is one of these.
 */
export function gatherStrided(source: Float64Array, shape: Shape, steps: readonly number[], offset = 0): Tensor {
  const result = tensor(shape);
  const rank = shape.length;
  if (result.data.length === 0) return result;
  if (rank === 0) {
    result.data[0] = source[offset] as number;
    return result;
  }
  const inner = shape[rank - 1] as number;
  const innerStep = steps[rank - 1] as number;
  const index = new Array<number>(rank).fill(0);
  let from = offset;
  for (let to = 0; to < result.data.length; to += inner) {
    for (let i = 0, p = from; i < inner; i++, p += innerStep) result.data[to + i] = source[p] as number;
    for (let axis = rank - 2; axis >= 0; axis--) {
      index[axis] = (index[axis] as number) + 1;
      from += steps[axis] as number;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      from -= (index[axis] as number) * (steps[axis] as number);
      index[axis] = 0;
    }
  }
  return result;
}

export function permuted(x: Tensor, permutation: readonly number[]): Tensor {
  const own = strides(x.shape);
  return gatherStrided(
    x.data,
    permutation.map((axis) => x.shape[axis] as number),
    permutation.map((axis) => own[axis] as number),
  );
}

/** Axis order that brings the last axis to position 1, and back. */
const toChannelsFirst = (rank: number) => [0, rank - 1, ...range(1, rank - 1)];
const toChannelsLast = (rank: number) => [0, ...range(2, rank), 1];

export const isChannelsLast = ({ attributes }: KernelCall) =>
  'layout' in attributes && attributes.layout === 'channelsLast';

/** Runs a channels-first kernel on either layout. */
export function channelsFirst(call: KernelCall, x: Tensor, compute: (x: Tensor) => Tensor): Tensor {
  if (!isChannelsLast(call)) return compute(x);
  const rank = x.shape.length;
  return permuted(compute(permuted(x, toChannelsFirst(rank))), toChannelsLast(rank));
}

export function range(start: number, end: number): number[] {
  return Array.from({ length: Math.max(0, end - start) }, (_, i) => start + i);
}

/** Applies `compute` to every row along one axis. */
export function alongAxis(x: Tensor, axis: number, compute: (row: Float64Array) => Float64Array): Tensor {
  const rank = x.shape.length;
  if (rank === 0) return tensor(x.shape, compute(x.data));
  const order = [...range(0, rank).filter((i) => i !== axis), axis];
  const rows = permuted(x, order);
  const length = x.shape[axis] as number;
  const results: Float64Array[] = [];
  for (let start = 0; start < rows.data.length; start += length) {
    results.push(compute(rows.data.subarray(start, start + length)));
  }
  const size = results[0]?.length ?? length;
  const data = new Float64Array(results.length * size);
  results.forEach((row, i) => {
    data.set(row, i * size);
  });
  const shape = [...order.slice(0, -1).map((i) => x.shape[i] as number), size];
  return permuted(
    tensor(shape, data),
    range(0, rank).map((i) => order.indexOf(i)),
  );
}
