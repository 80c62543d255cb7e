import type { FromSchema } from 'json-schema-to-ts';
import type { TensorType } from '../../ir/tensor.js';
import { defineOp } from '../define-op.js';
import { flopsFormula, onlyFlops, outputElements } from '../flops.js';
import { rectified } from '../moments.js';
import { erf } from './erf.js';

const attributes = {
  type: 'object',
  properties: {
    approximate: { enum: ['none', 'tanh'], description: 'With the error function.', default: 'none' },
  },
  additionalProperties: false,
} as const;

type Attributes = FromSchema<typeof attributes>;

const TANH_SCALE = Math.sqrt(2 / Math.PI);

/** x/2·(1 + erf(x/√2)): 5 operations; with tanh x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))): 9 (arXiv 1606.08415). */
const operations = (a: Attributes) => (a.approximate === 'tanh' ? 9 : 5);

export default defineOp<Attributes>({
  name: 'gelu',
  kind: 'activation',
  summary: 'x/2·(1 + erf(x/√2))',
  attributes,
  inputs: [{ name: 'input' }],
  infer: ([input]) => [input as TensorType],
  moments: rectified,
  arithmetic: (call) => onlyFlops(operations(call.attributes) * outputElements(call)),
  formulas: (call) =>
    flopsFormula(
      'F*E',
      { F: operations(call.attributes), E: outputElements(call) },
      call.attributes.approximate === 'tanh'
        ? 'operations per element: x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³)))'
        : 'operations per element: x/2·(1 + erf(x/√2))',
    ),
  evaluate: (a, operand) => {
    const x = operand as number;
    const bend = a.approximate === 'tanh' ? Math.tanh(TANH_SCALE * (x + 0.044715 * x ** 3)) : erf(x / Math.SQRT2);
    return (x / 2) * (1 + bend);
  },
});
