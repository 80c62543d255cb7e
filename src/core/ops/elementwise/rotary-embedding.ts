import type { FromSchema } from 'json-schema-to-ts';
import type { TensorType } from '../../ir/tensor.js';
import { defineOp } from '../define-op.js';
import { perOutputElement } from '../flops.js';

const attributes = {
  type: 'object',
  properties: { interleaved: { type: 'boolean', description: 'Pairs are neighbours, not halves.', default: false } },
  additionalProperties: false,
} as const;

/** Input of any shape, cosines and sines, positions → the same shape: pairs of features turned by position (arXiv 2104.09864). */
export default defineOp<FromSchema<typeof attributes>>({
  name: 'rotaryEmbedding',
  kind: 'elementwise',
  summary: 'Pairs of features turned by an angle that grows with the position.',
  attributes,
  inputs: [{ name: 'input' }, { name: 'cosine' }, { name: 'sine' }, { name: 'positions', optional: true }],
  infer: ([input]) => {
    const { shape, dtype } = input as TensorType;
    return [{ shape, dtype }];
  },
  ...perOutputElement(3, 'operations per element: two products and their sum'),
});
