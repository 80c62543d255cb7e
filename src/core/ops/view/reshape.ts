import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import { elementCount, formatShape, type TensorType } from '../../ir/tensor.js';
import { defineOp } from '../define-op.js';
import { noArithmetic } from '../flops.js';

const attributes = {
  type: 'object',
  properties: {
    shape: {
      type: 'array',
      items: { type: 'integer', minimum: -1 },
      description: '0 copies the size of the same input axis; one -1 is inferred.',
    },
    allowZero: { type: 'boolean', description: '0 means size 0 instead.', default: false },
  },
  required: ['shape'],
  additionalProperties: false,
} as const;

/** The same elements in the same order under another shape: a view. */
export default defineOp<FromSchema<typeof attributes>>({
  name: 'reshape',
  kind: 'view',
  summary: 'Another shape for the same elements.',
  attributes,
  inputs: [{ name: 'input' }],
  infer([input], a) {
    const x = input as TensorType;
    const shape = a.shape.map((size, axis) => {
      if (size !== 0 || a.allowZero) return size;
      const copied = x.shape[axis];
      if (copied === undefined) {
        throw new ArchmeterError(
          `0 on axis ${axis} copies a size that the input ${formatShape(x.shape)} does not have`,
        );
      }
      return copied;
    });
    const open = shape.indexOf(-1);
    if (open !== shape.lastIndexOf(-1)) {
      throw new ArchmeterError(`reshape to [${a.shape.join(', ')}] leaves two sizes open`, 'Give at most one -1.');
    }
    const elements = elementCount(x.shape);
    if (open >= 0) {
      const rest = elementCount(shape.with(open, 1));
      if (rest === 0 || elements % rest !== 0) throw misfit(x, a.shape);
      shape[open] = elements / rest;
    }
    if (elementCount(shape) !== elements) throw misfit(x, a.shape);
    return [{ shape, dtype: x.dtype }];
  },
  memoryOrder: 'view',
  axis: 'elements',
  keepsRepetition: false,
  arithmetic: noArithmetic,
  savedForBackward: 'none',
});

function misfit(input: TensorType, shape: readonly number[]): ArchmeterError {
  return new ArchmeterError(
    `${elementCount(input.shape)} elements of ${formatShape(input.shape)} do not fit into [${shape.join(', ')}]`,
    'Give a shape with as many elements, or -1 for the size to infer.',
  );
}
