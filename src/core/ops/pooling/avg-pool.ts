import type { FromSchema } from 'json-schema-to-ts';
import type { TensorType } from '../../ir/tensor.js';
import { defineOp } from '../define-op.js';
import { onlyFlops, outputElements } from '../flops.js';
import { poolAttributes, poolFormulas, poolOutput, type Strided, windowElements } from './pool.js';

const attributes = {
  ...poolAttributes,
  properties: {
    ...poolAttributes.properties,
    countIncludePad: {
      type: 'boolean',
      description: 'Whether padding counts in the divisor, as in torch; ONNX and TensorFlow: false.',
      default: true,
    },
    divisor: { type: 'integer', minimum: 1, description: 'Divisor instead of the window size.' },
  },
} as const;

/** Input [N, C, …] → [N, C, …smaller]. Windows at the border count in full, as they do in torch with `countIncludePad`. */
export default defineOp<Strided<FromSchema<typeof attributes>>>({
  name: 'avgPool',
  kind: 'pooling',
  summary: 'Mean over a sliding window.',
  attributes,
  defaultsFrom: { stride: 'kernel' },
  inputs: [{ name: 'input' }],
  infer: ([input], a) => [poolOutput(input as TensorType, a)],
  arithmetic: (call) => onlyFlops(outputElements(call) * windowElements(call.inputs[0] as TensorType, call.attributes)),
  savedForBackward: 'none',
  formulas: (call) => poolFormulas(call, 'E*K', 'K-1 additions and 1 division per output element'),
});
