import type { TensorType } from '../../ir/tensor.js';
import { defineOp } from '../define-op.js';
import { noArithmetic } from '../flops.js';

/** The input as it is: a view. */
export default defineOp<Readonly<Record<string, never>>>({
  name: 'identity',
  kind: 'view',
  summary: 'The input as it is.',
  attributes: { type: 'object', properties: {}, additionalProperties: false },
  inputs: [{ name: 'input' }],
  infer: ([input]) => [input as TensorType],
  memoryOrder: 'kept',
  axis: 'place',
  keepsRepetition: true,
  arithmetic: noArithmetic,
  savedForBackward: 'none',
  evaluate: (_, x) => x as number,
});
