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

/**
 * Axes in another order. Counted as movement: every element read and written once, as runtimes without strides do it
 * (ONNX, tfjs) and as torch does at the next op that wants the data in order.
 */
export default defineOp<FromSchema<typeof attributes>>({
  name: 'transpose',
  kind: 'movement',
  summary: 'Axes in another order.',
  attributes,
  inputs: [{ name: 'input' }],
  infer([input], a) {
    const x = input as TensorType;
    const rank = x.shape.length;
    if (a.permutation === undefined) return [{ shape: x.shape.toReversed(), dtype: x.dtype }];
    const axes = a.permutation.map((axis) => normalizeAxis(axis, rank));
    if (axes.length !== rank || new Set(axes).size !== rank) {
      throw new ArchmeterError(
        `permutation [${a.permutation.join(', ')}] does not name each of the input's ${rank} axes once`,
      );
    }
    return [{ shape: axes.map((axis) => x.shape[axis] as number), dtype: x.dtype }];
  },
  arithmetic: noArithmetic,
  savedForBackward: 'none',
});
