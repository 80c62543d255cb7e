import type { FromSchema } from 'json-schema-to-ts';
import { elementCount, type TensorType } from '../ir/tensor.js';
import { defineOp } from './define-op.js';
import { channelsOf, layoutSchema } from './window.js';

const attributes = {
  type: 'object',
  properties: {
    affine: { type: 'boolean', description: 'Trained scale and shift; default true.' },
    scale: { type: 'boolean', description: 'With affine: the scale; default true (Keras can leave it out).' },
    epsilon: { type: 'number', minimum: 0 },
    layout: layoutSchema,
  },
  additionalProperties: false,
} as const;

/** Input [N, C, …] → the same. At inference it is one multiply-add per element with folded statistics: 2 flops. */
export default defineOp<FromSchema<typeof attributes>>({
  name: 'batchNorm',
  kind: 'normalization',
  summary: 'Batch normalisation with stored statistics.',
  attributes,
  inputs: [
    { name: 'input' },
    { name: 'scale', weight: 'parameter', optional: true },
    { name: 'shift', weight: 'parameter', optional: true },
    { name: 'mean', weight: 'buffer', optional: true },
    { name: 'variance', weight: 'buffer', optional: true },
  ],
  weights([input], a) {
    const shape = [channelsOf((input as TensorType).shape, a.layout)];
    const statistics = { mean: shape, variance: shape };
    if (a.affine === false) return statistics;
    return a.scale === false ? { shift: shape, ...statistics } : { scale: shape, shift: shape, ...statistics };
  },
  infer: ([input]) => [input as TensorType],
  arithmetic: ({ outputs }) => ({ madds: 0, flops: 2 * elementCount((outputs[0] as TensorType).shape) }),
  formulas({ inputs, outputs }) {
    const variables = { E: elementCount((outputs[0] as TensorType).shape) };
    return {
      flops: { expression: '2*E', variables, source: 'inference: one multiplication and one addition per element' },
      ...(inputs[1] && inputs[2]
        ? { params: { expression: '2*C', variables: { C: elementCount(inputs[1].shape) }, source: 'scale and shift' } }
        : {}),
    };
  },
});
