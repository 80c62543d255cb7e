import type { FromSchema } from 'json-schema-to-ts';
import type { TensorType } from '../../ir/tensor.js';
import { channelsOf, layoutSchema, withChannels } from '../convolution/window.js';
import { defineOp } from '../define-op.js';
import { perOutputElement } from '../flops.js';
import { BATCH_NORMALIZED } from '../moments.js';
import { affineParams, checkPerChannel, epsilonSchema } from './norm.js';

const attributes = {
  type: 'object',
  properties: {
    affine: { type: 'boolean', description: 'Trained scale and shift.', default: true },
    scale: { type: 'boolean', description: 'With affine: the scale (Keras can leave it out).', default: true },
    shift: { type: 'boolean', description: 'With affine: the shift (Keras can leave it out).', default: true },
    epsilon: epsilonSchema,
    layout: layoutSchema,
  },
  additionalProperties: false,
} as const;

const count = perOutputElement(2, 'inference: one multiplication and one addition per element');

/** Input [N, C, …] → the same. At inference it is one multiply-add per element with folded statistics: 2 flops. */
export default defineOp<FromSchema<typeof attributes>>({
  name: 'batchNorm',
  kind: 'normalization',
  shortName: 'norm',
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
    const shape = [channelsOf(withChannels(input as TensorType, 'batchNorm').shape, a.layout)];
    const { affine } = a;
    return {
      ...(affine && a.scale ? { scale: shape } : {}),
      ...(affine && a.shift ? { shift: shape } : {}),
      mean: shape,
      variance: shape,
    };
  },
  infer([input, ...weights], a) {
    const { shape, dtype } = withChannels(input as TensorType, 'batchNorm');
    const channels = channelsOf(shape, a.layout);
    checkPerChannel(weights, channels, channels, 'batchNorm');
    return [{ shape, dtype }];
  },
  ...count,
  kernel: 'batchNorm',
  memoryOrder: 'sameImage',
  autocast: 'first',
  pointwise: true,
  affine: 'channels',
  moments: () => BATCH_NORMALIZED,
  formulas: (call) => ({ ...count.formulas(call), ...affineParams(call) }),
});
