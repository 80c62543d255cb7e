import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import type { TensorType } from '../../ir/tensor.js';
import { normalizeAxis } from '../axis.js';
import { defineOp } from '../define-op.js';
import { perOutputElement } from '../flops.js';

const attributes = {
  type: 'object',
  properties: { axis: { type: 'integer', description: 'Axis that is halved.', default: -1 } },
  additionalProperties: false,
} as const;

/** Input […, 2C, …] → […, C, …]: the first half times the sigmoid of the second (arXiv 1612.08083). */
export default defineOp<FromSchema<typeof attributes>>({
  name: 'glu',
  kind: 'activation',
  summary: 'Gated linear unit: first half · sigmoid(second half)',
  attributes,
  inputs: [{ name: 'input' }],
  infer([input], a) {
    const x = input as TensorType;
    const axis = normalizeAxis(a.axis, x.shape.length);
    const size = x.shape[axis] as number;
    if (size % 2 !== 0) {
      throw new ArchmeterError(`glu halves axis ${axis}, whose size ${size} is odd`, 'Choose an axis of even size.');
    }
    return [{ shape: x.shape.with(axis, size / 2), dtype: x.dtype }];
  },
  ...perOutputElement(5, 'operations per output element: a·sigmoid(b)'),
});
