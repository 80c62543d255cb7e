import type { FromSchema } from 'json-schema-to-ts';
import { DTYPE_BITS, type DType, isFloat, type TensorType } from '../../ir/tensor.js';
import { defineOp } from '../define-op.js';
import { noArithmetic } from '../flops.js';

const attributes = {
  type: 'object',
  properties: { to: { enum: Object.keys(DTYPE_BITS) as DType[], description: 'Element type of the output.' } },
  required: ['to'],
  additionalProperties: false,
} as const;

/** Conversion to another element type: elements read and written, no arithmetic. */
export default defineOp<FromSchema<typeof attributes>>({
  name: 'cast',
  kind: 'elementwise',
  summary: 'Conversion to another element type.',
  attributes,
  inputs: [{ name: 'input' }],
  kernel: 'cast',
  infer: ([input], a) => [{ shape: (input as TensorType).shape, dtype: a.to }],
  arithmetic: noArithmetic,
  savedForBackward: 'none',
  evaluate({ to }, operand) {
    const x = operand as number;
    if (to === 'bool') return x === 0 ? 0 : 1;
    return isFloat(to) ? x : Math.trunc(x);
  },
});
