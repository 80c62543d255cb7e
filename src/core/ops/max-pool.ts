import type { FromSchema } from 'json-schema-to-ts';
import { elementCount, type TensorType } from '../ir/tensor.js';
import { defineOp } from './define-op.js';
import { poolAttributes, poolFormulas, poolOutput, windowElements } from './pool.js';

/** Input [N, C, …] → [N, C, …smaller]. */
export default defineOp<FromSchema<typeof poolAttributes>>({
  name: 'maxPool',
  kind: 'pooling',
  summary: 'Maximum over a sliding window.',
  attributes: poolAttributes,
  inputs: [{ name: 'input' }],
  infer: ([input], a) => [poolOutput(input as TensorType, a)],
  arithmetic: ({ outputs, inputs, attributes: a }) => ({
    madds: 0,
    flops: elementCount((outputs[0] as TensorType).shape) * (windowElements(inputs[0] as TensorType, a) - 1),
  }),
  formulas: (call) => poolFormulas(call, 'E*(K-1)', 'K-1 comparisons per output element'),
});
