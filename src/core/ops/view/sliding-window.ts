import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import type { TensorType } from '../../ir/tensor.js';
import { normalizeAxis } from '../axis.js';
import { defineOp } from '../define-op.js';
import { noArithmetic } from '../flops.js';

const attributes = {
  type: 'object',
  properties: {
    axis: { type: 'integer' },
    size: { type: 'integer', minimum: 1, description: 'Elements of a window.' },
    step: { type: 'integer', minimum: 1, default: 1 },
  },
  required: ['axis', 'size'],
  additionalProperties: false,
} as const;

/** Input […, n, …] → […, windows, …, size]: overlapping windows along one axis, a view (torch.Tensor.unfold). */
export default defineOp<FromSchema<typeof attributes>>({
  name: 'slidingWindow',
  kind: 'view',
  summary: 'Windows along an axis as a new last axis.',
  attributes,
  inputs: [{ name: 'input' }],
  infer([input], a) {
    const x = input as TensorType;
    const axis = normalizeAxis(a.axis, x.shape.length);
    const length = x.shape[axis] as number;
    if (a.size > length) {
      throw new ArchmeterError(`windows of ${a.size} do not fit into ${length} elements of axis ${axis}`);
    }
    const windows = Math.floor((length - a.size) / a.step) + 1;
    return [{ shape: [...x.shape.with(axis, windows), a.size], dtype: x.dtype }];
  },
  memoryOrder: 'contiguous',
  axis: 'place',
  keepsRepetition: false,
  arithmetic: noArithmetic,
  savedForBackward: 'none',
});
