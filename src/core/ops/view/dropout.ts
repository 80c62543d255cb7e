import type { TensorType } from '../../ir/tensor.js';
import { defineOp } from '../define-op.js';
import { noArithmetic } from '../flops.js';

const attributes = {
  type: 'object',
  properties: { rate: { type: 'number', minimum: 0, maximum: 1 } },
  additionalProperties: false,
} as const;

/** Dropout, drop path and noise layers: nothing at inference, a view. */
export default defineOp<{ readonly rate?: number }>({
  name: 'dropout',
  kind: 'view',
  summary: 'Dropout of any kind: nothing at inference.',
  attributes,
  inputs: [{ name: 'input' }],
  infer: ([input]) => [input as TensorType],
  memoryOrder: 'kept',
  axis: 'place',
  keepsRepetition: true,
  arithmetic: noArithmetic,
  savedForBackward: 'none',
  evaluate: (_, x) => x as number,
});
