import type { FromSchema } from 'json-schema-to-ts';
import type { TensorType } from '../../ir/tensor.js';
import { layoutSchema, withChannels } from '../convolution/window.js';
import { defineOp } from '../define-op.js';
import { flopsFormula, onlyFlops, outputElements } from '../flops.js';

const attributes = {
  type: 'object',
  properties: {
    size: { type: 'integer', minimum: 1, description: 'Neighbouring channels that are summed.' },
    alpha: { type: 'number', default: 1e-4 },
    beta: { type: 'number', default: 0.75 },
    k: { type: 'number', default: 1 },
    layout: layoutSchema,
  },
  required: ['size'],
  additionalProperties: false,
} as const;

/** Input [N, C, …] → the same: x / (k + alpha/size·Σ squares of neighbouring channels)^beta (AlexNet). */
export default defineOp<FromSchema<typeof attributes>>({
  name: 'localResponseNorm',
  kind: 'normalization',
  summary: 'Normalisation by neighbouring channels.',
  attributes,
  inputs: [{ name: 'input' }],
  infer([input]) {
    const { shape, dtype } = withChannels(input as TensorType, 'localResponseNorm');
    return [{ shape, dtype }];
  },
  autocast: 'widest',
  moments: 'kept',
  arithmetic: (call) => onlyFlops((call.attributes.size + 4) * outputElements(call)),
  formulas: (call) =>
    flopsFormula(
      '(S+4)*E',
      { S: call.attributes.size, E: outputElements(call) },
      'per element: square 1, window sum S-1, product, addition, power, division 4',
    ),
});
