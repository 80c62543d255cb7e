import type { Value } from '../../ir/graph.js';
import type { DType, Shape } from '../../ir/tensor.js';
import type { StoredTensor } from './stored-tensor.js';

/**
 * A tensor while the nodes are walked. It is computed (`value`), stored (`stored`, perhaps seen through a transposition
 * or a cast), or folded (`data` alone); small contents are in `data` wherever they are known.
 */
export interface Tensor {
  readonly kind: 'tensor';
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
  /** Row-major; read from the file when first needed. */
  data?: readonly number[];
  readonly value?: Value;
  readonly stored?: StoredView;
  /** Made of stored tensors alone, such as a weight that is normalised before it is used. */
  readonly isWeight?: boolean;
}

export interface StoredView {
  readonly tensor: StoredTensor;
  /** Axis of the stored tensor for each axis; left out where the order of the elements is that of the file. */
  readonly permutation?: readonly number[];
}

/** A list of tensors (ONNX sequence). */
export interface TensorList {
  readonly kind: 'list';
  readonly items: readonly Tensor[];
}

/** A tensor whose shape depends on data of the run. */
export interface UnknownTensor {
  readonly kind: 'unknown';
  readonly name: string;
  readonly reason: string;
}

/** What a name of the graph stands for. */
export type Entry = Tensor | TensorList | UnknownTensor;

/** The tensor without what is known of its contents: for layers that stand for the work alone, not for the values. */
export function unread({ data: _, ...tensor }: Tensor): Tensor {
  return tensor;
}

/** Thrown where an op's output size depends on contents that are known only at run time. */
export class RuntimeContents extends Error {
  constructor(readonly input: string) {
    super(`the contents of '${input}' are known only at run time`);
  }
}
