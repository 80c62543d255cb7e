import type { FromSchema } from 'json-schema-to-ts';
import type { TensorType } from '../../ir/tensor.js';
import { channelsOf, layoutSchema, withChannels } from '../convolution/window.js';
import { defineOp } from '../define-op.js';
import { NORMALIZED } from '../moments.js';
import { checkPerChannel, epsilonSchema, normArithmetic, normFormulas } from './norm.js';

const attributes = {
  type: 'object',
  properties: {
    affine: { type: 'boolean', description: 'Trained scale and shift.', default: true },
    epsilon: epsilonSchema,
    layout: layoutSchema,
  },
  additionalProperties: false,
} as const;

type Attributes = FromSchema<typeof attributes>;

const rows = (input: TensorType, a: Attributes) => (input.shape[0] as number) * channelsOf(input.shape, a.layout);

/** Input [N, C, …] → the same, each channel of each item normalised (arXiv 1607.08022); scale and shift [C]. */
export default defineOp<Attributes>({
  name: 'instanceNorm',
  kind: 'normalization',
  summary: 'Instance normalisation.',
  attributes,
  inputs: [
    { name: 'input' },
    { name: 'scale', weight: 'parameter', optional: true },
    { name: 'shift', weight: 'parameter', optional: true },
  ],
  weights([input], a) {
    const shape = [channelsOf(withChannels(input as TensorType, 'instanceNorm').shape, a.layout)];
    return !a.affine ? {} : { scale: shape, shift: shape };
  },
  infer([input, ...weights], a) {
    const { shape, dtype } = withChannels(input as TensorType, 'instanceNorm');
    const channels = channelsOf(shape, a.layout);
    checkPerChannel(weights, channels, channels, 'instanceNorm');
    return [{ shape, dtype }];
  },
  autocast: 'first',
  moments: () => NORMALIZED,
  arithmetic: (call) => normArithmetic(call, rows(call.inputs[0] as TensorType, call.attributes), true),
  formulas: (call) => normFormulas(call, rows(call.inputs[0] as TensorType, call.attributes), true),
});
