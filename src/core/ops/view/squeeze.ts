import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import type { TensorType } from '../../ir/tensor.js';
import { normalizeAxes } from '../axis.js';
import { defineOp } from '../define-op.js';
import { noArithmetic } from '../flops.js';

const attributes = {
  type: 'object',
  properties: {
    axes: { type: 'array', items: { type: 'integer' }, description: 'Default: every axis of size 1.' },
  },
  additionalProperties: false,
} as const;

/** Axes of size 1 left out: a view. */
export default defineOp<FromSchema<typeof attributes>>({
  name: 'squeeze',
  work: 'reshape',
  kind: 'view',
  summary: 'Axes of size 1 left out.',
  attributes,
  inputs: [{ name: 'input' }],
  infer([input], a) {
    const x = input as TensorType;
    if (a.axes === undefined) return [{ shape: x.shape.filter((size) => size !== 1), dtype: x.dtype }];
    const axes = new Set(normalizeAxes(a.axes, x.shape.length));
    for (const axis of axes) {
      if (x.shape[axis] !== 1) {
        throw new ArchmeterError(`axis ${axis} has size ${x.shape[axis]}`, 'Squeeze only axes of size 1.');
      }
    }
    return [{ shape: x.shape.filter((_, axis) => !axes.has(axis)), dtype: x.dtype }];
  },
  memoryOrder: 'view',
  axis: 'place',
  keepsRepetition: true,
  arithmetic: noArithmetic,
  savedForBackward: 'none',
});
