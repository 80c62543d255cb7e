import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import type { TensorType } from '../../ir/tensor.js';
import { channelsOf, layoutSchema, withChannels } from '../convolution/window.js';
import { defineOp } from '../define-op.js';
import { NORMALIZED } from '../moments.js';
import { checkPerChannel, epsilonSchema, normArithmetic, normFormulas } from './norm.js';

const attributes = {
  type: 'object',
  properties: {
    groups: { type: 'integer', minimum: 1 },
    affine: { type: 'boolean', description: 'Trained scale and shift.', default: true },
    bias: { type: 'boolean', description: 'With affine: the shift.', default: true },
    epsilon: epsilonSchema,
    layout: layoutSchema,
  },
  required: ['groups'],
  additionalProperties: false,
} as const;

type Attributes = FromSchema<typeof attributes>;

const rows = (input: TensorType, a: Attributes) => (input.shape[0] as number) * a.groups;

/** Input [N, C, …] → the same, normalised over each group of channels (arXiv 1803.08494); scale and shift [C]. */
export default defineOp<Attributes>({
  name: 'groupNorm',
  kind: 'normalization',
  shortName: 'norm',
  summary: 'Group normalisation.',
  attributes,
  inputs: [
    { name: 'input' },
    { name: 'scale', weight: 'parameter', optional: true },
    { name: 'shift', weight: 'parameter', optional: true },
  ],
  weights([input], a) {
    const shape = [channelsOf(withChannels(input as TensorType, 'groupNorm').shape, a.layout)];
    if (!a.affine) return {};
    return a.bias ? { scale: shape, shift: shape } : { scale: shape };
  },
  infer([input, ...weights], a) {
    const { shape, dtype } = withChannels(input as TensorType, 'groupNorm');
    const channels = channelsOf(shape, a.layout);
    if (channels % a.groups !== 0) {
      throw new ArchmeterError(
        `${a.groups} groups do not divide ${channels} channels`,
        'Choose a number of groups that divides the channels.',
      );
    }
    checkPerChannel(weights, channels, a.groups, 'groupNorm');
    return [{ shape, dtype }];
  },
  autocast: 'float32',
  moments: () => NORMALIZED,
  arithmetic: (call) => normArithmetic(call, rows(call.inputs[0] as TensorType, call.attributes), true),
  formulas: (call) => normFormulas(call, rows(call.inputs[0] as TensorType, call.attributes), true),
});
