import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import type { TensorType } from '../../ir/tensor.js';
import { defineOp } from '../define-op.js';
import { noArithmetic } from '../flops.js';

const attributes = {
  type: 'object',
  properties: {
    repeats: {
      type: 'array',
      items: { type: 'integer', minimum: 0 },
      description: 'For each axis; more entries than axes add axes in front.',
    },
  },
  required: ['repeats'],
  additionalProperties: false,
} as const;

/** The tensor repeated along its axes, copied. */
export default defineOp<FromSchema<typeof attributes>>({
  name: 'tile',
  kind: 'movement',
  summary: 'The tensor repeated along its axes.',
  attributes,
  inputs: [{ name: 'input' }],
  infer([input], a) {
    const x = input as TensorType;
    const added = a.repeats.length - x.shape.length;
    if (added < 0) {
      throw new ArchmeterError(
        `repeats has ${a.repeats.length} entries for ${x.shape.length} axes`,
        'Give one for each axis, 1 where nothing is repeated.',
      );
    }
    return [{ shape: a.repeats.map((times, axis) => times * (x.shape[axis - added] ?? 1)), dtype: x.dtype }];
  },
  arithmetic: noArithmetic,
  savedForBackward: 'none',
});
