import type { FromSchema } from 'json-schema-to-ts';
import type { TensorType } from '../../ir/tensor.js';
import { defineOp } from '../define-op.js';
import { onlyFlops, outputElements } from '../flops.js';
import { type Moments, varianceOf } from '../moments.js';
import { poolAttributes, poolFormulas, poolOutput, type Strided, windowElements } from './pool.js';

const attributes = {
  ...poolAttributes,
  properties: {
    ...poolAttributes.properties,
    indices: { type: 'boolean', description: 'A second output: where each maximum stood.', default: false },
  },
} as const;

/** Input [N, C, …] → [N, C, …smaller], and the same again as int64 with `indices`. */
export default defineOp<Strided<FromSchema<typeof attributes>>>({
  name: 'maxPool',
  kind: 'pooling',
  summary: 'Maximum over a sliding window.',
  attributes,
  defaultsFrom: { stride: 'kernel' },
  inputs: [{ name: 'input' }],
  infer([input], a) {
    const output = poolOutput(input as TensorType, a);
    return a.indices ? [output, { shape: output.shape, dtype: 'int64' }] : [output];
  },
  // The greatest of a window lies about one deviation above the mean.
  moments: ([x]) => {
    const deviation = Math.sqrt(varianceOf(x as Moments));
    const mean = (x as Moments).mean + deviation;
    return { mean, second: mean ** 2 + deviation ** 2 / 2 };
  },
  arithmetic: (call) =>
    onlyFlops(outputElements(call) * (windowElements(call.inputs[0] as TensorType, call.attributes) - 1)),
  formulas: (call) => poolFormulas(call, 'E*(K-1)', 'K-1 comparisons per output element'),
});
