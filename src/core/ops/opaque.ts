import type { FromSchema } from 'json-schema-to-ts';
import type { DType, TensorType } from '../ir/tensor.js';
import { defineOp } from './define-op.js';
import { noArithmetic } from './flops.js';

const attributes = {
  type: 'object',
  properties: {
    type: { type: 'string', description: 'What the file calls the op.' },
    reason: { type: 'string', description: 'Why archmeter cannot count it.' },
    outputs: {
      type: 'array',
      description: 'Output types, where the file tells them.',
      items: {
        type: 'object',
        properties: { shape: { type: 'array', items: { type: 'integer', minimum: 0 } }, dtype: { type: 'string' } },
        required: ['shape', 'dtype'],
        additionalProperties: false,
      },
    },
  },
  required: ['type', 'outputs'],
  additionalProperties: false,
} as const;

/** An op that archmeter does not know: it is listed under `unsupportedOps`, and totals say that they leave it out. */
export default defineOp<FromSchema<typeof attributes>>({
  name: 'opaque',
  kind: 'opaque',
  summary: 'An op that archmeter does not know; counted as unsupported, never as zero.',
  attributes,
  inputs: [{ name: 'inputs', variadic: true, optional: true }],
  infer: (_, a): TensorType[] => a.outputs.map(({ shape, dtype }) => ({ shape, dtype: dtype as DType })),
  arithmetic: noArithmetic,
});
