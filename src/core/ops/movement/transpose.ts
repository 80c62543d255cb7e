import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import type { TensorType } from '../../ir/tensor.js';
import { normalizeAxis } from '../axis.js';
import { defineOp } from '../define-op.js';
import { noArithmetic } from '../flops.js';

const attributes = {
  type: 'object',
  properties: {
    permutation: {
      type: 'array',
      items: { type: 'integer' },
      description: 'Input axis of each output axis; default: all reversed.',
    },
  },
  additionalProperties: false,
} as const;

type Attributes = FromSchema<typeof attributes>;

/** Input axis of each output axis, counted from the front. */
function permutationOf({ permutation }: Attributes, rank: number): number[] {
  return permutation?.map((axis) => normalizeAxis(axis, rank)) ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);
}

/**
 * Axes in another order. Counted as movement: every element read and written once, as runtimes without strides do it
 * (ONNX, tfjs) and as torch does at the next op that wants the data in order.
 */
export default defineOp<Attributes>({
  name: 'transpose',
  kind: 'movement',
  summary: 'Axes in another order.',
  attributes,
  inputs: [{ name: 'input' }],
  infer([input], a) {
    const x = input as TensorType;
    const rank = x.shape.length;
    const axes = permutationOf(a, rank);
    if (axes.length !== rank || new Set(axes).size !== rank) {
      throw new ArchmeterError(
        `permutation [${(a.permutation ?? axes).join(', ')}] does not name each of the input's ${rank} axes once`,
      );
    }
    return [{ shape: axes.map((axis) => x.shape[axis] as number), dtype: x.dtype }];
  },
  // A view with its strides in another order.
  kernel: 'none',
  memoryOrder: (strides, { attributes: a }) => permutationOf(a, strides.length).map((axis) => strides[axis] as number),
  axis: (axis, { inputs, attributes: a }) => permutationOf(a, (inputs[0] as TensorType).shape.length).indexOf(axis),
  arithmetic: noArithmetic,
  savedForBackward: 'none',
});
