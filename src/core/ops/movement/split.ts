import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import type { TensorType } from '../../ir/tensor.js';
import { normalizeAxis } from '../axis.js';
import { defineOp } from '../define-op.js';
import { noArithmetic } from '../flops.js';

const attributes = {
  type: 'object',
  properties: {
    axis: { type: 'integer', description: 'The channels of NCHW.', default: 1 },
    sizes: {
      type: 'array',
      items: { type: 'integer', minimum: 0 },
      minItems: 1,
      description: 'Size of each part along the axis; together the whole axis.',
    },
  },
  required: ['sizes'],
  additionalProperties: false,
} as const;

/**
 * One output for each part. Counted as movement: every element read and written once, as ONNX and tfjs do it (in torch
 * the parts are views until an op wants them in order).
 */
export default defineOp<FromSchema<typeof attributes>>({
  name: 'split',
  kind: 'movement',
  summary: 'Parts of a tensor along an axis.',
  attributes,
  inputs: [{ name: 'input' }],
  infer([input], a) {
    const x = input as TensorType;
    const axis = normalizeAxis(a.axis, x.shape.length);
    const size = x.shape[axis] as number;
    const sum = a.sizes.reduce((total, part) => total + part, 0);
    if (sum !== size) {
      throw new ArchmeterError(
        `parts of sizes ${a.sizes.join(' + ')} make ${sum}, axis ${axis} has ${size}`,
        'Give sizes that make up the axis.',
      );
    }
    return a.sizes.map((part) => ({ shape: x.shape.with(axis, part), dtype: x.dtype }));
  },
  // The parts are views until something wants them in order.
  kernel: 'none',
  memoryOrder: (strides) => strides,
  arithmetic: noArithmetic,
  savedForBackward: 'none',
});
