import type { FromSchema } from 'json-schema-to-ts';
import type { TensorType } from '../../ir/tensor.js';
import { normalizeAxis } from '../axis.js';
import { defineOp } from '../define-op.js';
import { noArithmetic } from '../flops.js';

const attributes = {
  type: 'object',
  properties: { repeats: { type: 'integer', minimum: 0 }, axis: { type: 'integer' } },
  required: ['repeats', 'axis'],
  additionalProperties: false,
} as const;

/** Each element repeated in place along one axis, copied. */
export default defineOp<FromSchema<typeof attributes>>({
  name: 'repeatInterleave',
  kind: 'movement',
  summary: 'Each element of an axis repeated in place.',
  attributes,
  inputs: [{ name: 'input' }],
  infer([input], a) {
    const x = input as TensorType;
    const axis = normalizeAxis(a.axis, x.shape.length);
    return [{ shape: x.shape.with(axis, (x.shape[axis] as number) * a.repeats), dtype: x.dtype }];
  },
  arithmetic: noArithmetic,
  savedForBackward: 'none',
});
