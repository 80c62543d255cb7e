import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import { elementCount, type TensorType } from '../../ir/tensor.js';
import { normalizeAxis } from '../axis.js';
import { defineOp } from '../define-op.js';
import { noArithmetic } from '../flops.js';

const attributes = {
  type: 'object',
  properties: {
    startAxis: { type: 'integer', description: 'First axis to join; 1 keeps the batch.', default: 1 },
    endAxis: { type: 'integer', description: 'Last axis to join.', default: -1 },
  },
  additionalProperties: false,
} as const;

/** Joins neighbouring axes into one: a view. A scalar becomes one element. */
export default defineOp<FromSchema<typeof attributes>>({
  name: 'flatten',
  work: 'reshape',
  kind: 'view',
  summary: 'Neighbouring axes joined into one.',
  attributes,
  inputs: [{ name: 'input' }],
  infer([input], a) {
    const { shape, dtype } = input as TensorType;
    if (shape.length === 0) return [{ shape: [1], dtype }];
    const start = normalizeAxis(a.startAxis, shape.length);
    const end = normalizeAxis(a.endAxis, shape.length);
    if (start > end) throw new ArchmeterError(`flatten starts at axis ${start}, after its end at axis ${end}`);
    const joined = elementCount(shape.slice(start, end + 1));
    return [{ shape: [...shape.slice(0, start), joined, ...shape.slice(end + 1)], dtype }];
  },
  memoryOrder: 'view',
  axis: 'place',
  keepsRepetition: false,
  arithmetic: noArithmetic,
  savedForBackward: 'none',
});
