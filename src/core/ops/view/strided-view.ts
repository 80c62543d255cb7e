import type { FromSchema } from 'json-schema-to-ts';
import { DTYPE_BITS, type DType, type TensorType } from '../../ir/tensor.js';
import { defineOp } from '../define-op.js';
import { noArithmetic } from '../flops.js';

const attributes = {
  type: 'object',
  properties: {
    shape: { type: 'array', items: { type: 'integer', minimum: 0 } },
    to: { enum: Object.keys(DTYPE_BITS) as DType[], description: 'Element type that the bits are read as.' },
  },
  required: ['shape'],
  additionalProperties: false,
} as const;

/** The memory of a tensor seen with other strides or as another type: torch as_strided, view_as_complex. */
export default defineOp<FromSchema<typeof attributes>>({
  name: 'stridedView',
  kind: 'view',
  summary: 'A tensor seen in another shape over the same memory.',
  attributes,
  inputs: [{ name: 'input' }],
  infer: ([input], a) => [{ shape: [...a.shape], dtype: a.to ?? (input as TensorType).dtype }],
  memoryOrder: 'contiguous',
  axis: 'place',
  keepsRepetition: false,
  arithmetic: noArithmetic,
  savedForBackward: 'none',
});
