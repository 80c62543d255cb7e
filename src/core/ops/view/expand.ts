import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import { formatShape, type TensorType } from '../../ir/tensor.js';
import { defineOp } from '../define-op.js';
import { broadcast } from '../elementwise/broadcast.js';
import { noArithmetic } from '../flops.js';

const attributes = {
  type: 'object',
  properties: {
    shape: {
      type: 'array',
      items: { type: 'integer', minimum: -1 },
      description: 'Aligned at the last axis; -1 or 1 keeps the size of the input.',
    },
  },
  required: ['shape'],
  additionalProperties: false,
} as const;

/** Axes of size 1 repeated by broadcasting: a view with stride 0. */
export default defineOp<FromSchema<typeof attributes>>({
  name: 'expand',
  kind: 'view',
  summary: 'Axes of size 1 repeated, by broadcasting.',
  attributes,
  inputs: [{ name: 'input' }],
  infer([input], a) {
    const x = input as TensorType;
    const added = a.shape.length - x.shape.length;
    const shape = a.shape.map((size, axis) => {
      if (size !== -1) return size;
      const kept = x.shape[axis - added];
      if (kept === undefined) {
        throw new ArchmeterError(
          `-1 on axis ${axis} keeps a size that the input ${formatShape(x.shape)} does not have`,
          'Give the size of an axis that expand adds.',
        );
      }
      return kept;
    });
    return [{ shape: broadcast(x.shape, shape), dtype: x.dtype }];
  },
  memoryOrder: 'contiguous',
  axis: (axis, { inputs, outputs }) =>
    axis + (outputs[0] as TensorType).shape.length - (inputs[0] as TensorType).shape.length,
  keepsRepetition: true,
  arithmetic: noArithmetic,
  savedForBackward: 'none',
});
