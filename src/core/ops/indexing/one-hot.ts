import type { FromSchema } from 'json-schema-to-ts';
import { DTYPE_BITS, type DType, type TensorType } from '../../ir/tensor.js';
import { normalizeAxis } from '../axis.js';
import { defineOp } from '../define-op.js';
import { noArithmetic } from '../flops.js';

const attributes = {
  type: 'object',
  properties: {
    depth: { type: 'integer', minimum: 0, description: 'Number of classes.' },
    axis: { type: 'integer', description: 'Where the classes stand in the output.', default: -1 },
    to: { enum: Object.keys(DTYPE_BITS) as DType[], description: 'Element type of the output.', default: 'float32' },
  },
  required: ['depth'],
  additionalProperties: false,
} as const;

/** Indices […] → […, depth]: 1 at each index, 0 elsewhere. */
export default defineOp<FromSchema<typeof attributes>>({
  name: 'oneHot',
  kind: 'movement',
  summary: '1 at each index, 0 elsewhere.',
  attributes,
  inputs: [{ name: 'indices' }],
  infer([indices], a) {
    const { shape } = indices as TensorType;
    const axis = normalizeAxis(a.axis, shape.length + 1);
    return [{ shape: shape.toSpliced(axis, 0, a.depth), dtype: a.to }];
  },
  arithmetic: noArithmetic,
  savedForBackward: 'none',
});
