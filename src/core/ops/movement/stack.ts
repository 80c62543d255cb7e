import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import { formatShape, type TensorType } from '../../ir/tensor.js';
import { normalizeAxis } from '../axis.js';
import { defineOp } from '../define-op.js';
import { noArithmetic } from '../flops.js';

const attributes = {
  type: 'object',
  properties: { axis: { type: 'integer', description: 'Where the new axis stands in the output.', default: 0 } },
  additionalProperties: false,
} as const;

/** Tensors of one shape joined along a new axis: every element read and written once. */
export default defineOp<FromSchema<typeof attributes>>({
  name: 'stack',
  kind: 'movement',
  summary: 'Tensors joined along a new axis.',
  attributes,
  inputs: [{ name: 'inputs', variadic: true }],
  infer(inputs, a) {
    const all = inputs as readonly TensorType[];
    const { shape, dtype } = all[0] as TensorType;
    const axis = normalizeAxis(a.axis, shape.length + 1);
    const other = all.find((input) => formatShape(input.shape) !== formatShape(shape));
    if (other !== undefined) {
      throw new ArchmeterError(
        `stack needs inputs of one shape, not ${formatShape(shape)} and ${formatShape(other.shape)}`,
        'Use concat to join along an axis that is there.',
      );
    }
    return [{ shape: shape.toSpliced(axis, 0, all.length), dtype }];
  },
  kernel: 'concat',
  arithmetic: noArithmetic,
  savedForBackward: 'none',
});
