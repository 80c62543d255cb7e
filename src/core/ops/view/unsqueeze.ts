import type { FromSchema } from 'json-schema-to-ts';
import type { TensorType } from '../../ir/tensor.js';
import { normalizeAxes } from '../axis.js';
import { defineOp } from '../define-op.js';
import { noArithmetic } from '../flops.js';

const attributes = {
  type: 'object',
  properties: {
    axes: { type: 'array', items: { type: 'integer' }, description: 'Axes of the output that are new.' },
  },
  required: ['axes'],
  additionalProperties: false,
} as const;

/** New axes of size 1: a view. */
export default defineOp<FromSchema<typeof attributes>>({
  name: 'unsqueeze',
  work: 'reshape',
  kind: 'view',
  summary: 'New axes of size 1.',
  attributes,
  inputs: [{ name: 'input' }],
  infer([input], a) {
    const x = input as TensorType;
    const rank = x.shape.length + a.axes.length;
    const added = new Set(normalizeAxes(a.axes, rank));
    const sizes = x.shape.values();
    return [
      {
        shape: Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : (sizes.next().value as number))),
        dtype: x.dtype,
      },
    ];
  },
  memoryOrder: 'view',
  axis: 'place',
  keepsRepetition: true,
  arithmetic: noArithmetic,
  savedForBackward: 'none',
});
