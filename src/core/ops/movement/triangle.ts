import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import { formatShape, type TensorType } from '../../ir/tensor.js';
import { defineOp } from '../define-op.js';
import { noArithmetic } from '../flops.js';

const attributes = {
  type: 'object',
  properties: {
    upper: { type: 'boolean', description: 'Keep the upper triangle or the lower.', default: true },
    diagonal: { type: 'integer', description: 'Where the triangle begins; 0 is the main diagonal.', default: 0 },
  },
  additionalProperties: false,
} as const;

/** Input […, M, N] → the same with zeros outside the triangle (torch triu and tril, ONNX Trilu). */
export default defineOp<FromSchema<typeof attributes>>({
  name: 'triangle',
  kind: 'movement',
  summary: 'The upper or lower triangle of a matrix.',
  attributes,
  inputs: [{ name: 'input' }],
  infer([input]) {
    const { shape, dtype } = input as TensorType;
    if (shape.length < 2)
      throw new ArchmeterError(`triangle takes an input with at least two axes, not shape ${formatShape(shape)}`);
    return [{ shape, dtype }];
  },
  arithmetic: noArithmetic,
  savedForBackward: 'none',
});
