import type { FromSchema } from 'json-schema-to-ts';
import type { TensorType } from '../../ir/tensor.js';
import { defineOp } from '../define-op.js';
import { onlyFlops, outputElements } from '../flops.js';
import { poolAttributes, poolFormulas, poolOutput, type Strided, windowElements } from './pool.js';

const attributes = {
  ...poolAttributes,
  properties: { ...poolAttributes.properties, p: { type: 'number', exclusiveMinimum: 0, default: 2 } },
} as const;

/** Input [N, C, …] → [N, C, …smaller]. */
export default defineOp<Strided<FromSchema<typeof attributes>>>({
  name: 'lpPool',
  kind: 'pooling',
  summary: 'p-norm over a sliding window.',
  attributes,
  defaultsFrom: { stride: 'kernel' },
  inputs: [{ name: 'input' }],
  infer: ([input], a) => [poolOutput(input as TensorType, a)],
  arithmetic: (call) =>
    onlyFlops(2 * outputElements(call) * windowElements(call.inputs[0] as TensorType, call.attributes)),
  formulas: (call) => poolFormulas(call, '2*E*K', 'K powers, K-1 additions and 1 root per output element'),
});
