import { elementCount, type Shape, type TensorType } from '../ir/tensor.js';
import { opOf } from '../ops/index.js';
import type { OpName } from '../ops/op-attributes.js';
import { resolveAttributes } from '../ops/resolve.js';
import { kernelOf } from './kernels.js';
import { rounded } from './rounded.js';
import type { KernelCall } from './tensor.js';

/** Tensors of more elements are not worked out while a file is read: they are work of the model. */
export const FOLD_LIMIT = 2 ** 14;

/** A small tensor whose contents are known, row-major. */
export interface KnownTensor extends TensorType {
  readonly data: readonly number[];
}

export function isSmall(shape: Shape): boolean {
  return shape.every((size) => size >= 0) && elementCount(shape) <= FOLD_LIMIT;
}

/**
 * The outputs of an op on tensors whose contents are known, in the numbers that their element types hold.
 *
 * @returns undefined where the op has no values that can be told so, or gives more than `FOLD_LIMIT` elements
 * @throws ArchmeterError where inputs or attributes do not fit the op
 */
export function evaluate(
  op: string,
  inputs: readonly (KnownTensor | undefined)[],
  attributes: Readonly<Record<string, unknown>>,
): KnownTensor[] | undefined {
  const kernel = kernelOf(op);
  if (kernel === undefined) return undefined;
  const definition = opOf(op);
  const all = resolveAttributes(definition, attributes);
  const outputs = definition.infer(inputs, all);
  if (!outputs.every(({ shape }) => isSmall(shape))) return undefined;
  const results = kernel({
    op: op as OpName,
    inputs: inputs.map((input) => input && { shape: input.shape, data: Float64Array.from(input.data) }),
    inputTypes: inputs.map((input) => input?.dtype),
    attributes: all as KernelCall['attributes'],
    outputs,
  });
  return results.map(({ shape, data }, i) => {
    const { dtype } = outputs[i] as TensorType;
    return { shape, dtype, data: Array.from(data, (value) => rounded(value, dtype)) };
  });
}
