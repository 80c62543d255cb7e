import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { defineBlock } from '../define-block.js';
import { MOBILEONE } from '../facts/papers.js';
import { ACTIVATION, COUNT } from '../options.js';
import { add, batchNorm, channelsOf, conv, timmConvNorm } from '../parts/layers.js';
import { timmSqueezeExcitation } from './squeeze-excitation.js';

const options = {
  type: 'object',
  properties: {
    outChannels: { ...COUNT, description: 'Output channels.' },
    kernel: { ...COUNT, description: 'Default 3.' },
    stride: { ...COUNT, description: 'Default 1.' },
    groups: { ...COUNT, description: 'Default 1.' },
    branches: {
      type: 'integer',
      minimum: 0,
      maximum: 1024,
      description: 'Convolutions of the full kernel side by side; default 1.',
    },
    scale: { type: 'boolean', description: 'A 1x1 branch beside larger kernels; default true.' },
    squeeze: { ...COUNT, description: 'Squeeze-and-excitation through this many channels; none where left out.' },
    activation: { enum: [...ACTIVATION.enum, 'none'], description: 'Op name; default relu.' },
    deploy: { type: 'boolean', description: 'The form for inference: all branches folded into one; default false.' },
  },
  required: ['outChannels'],
  additionalProperties: false,
} as const;

export type MobileOneBlock = FromSchema<typeof options>;

/** Trained with several branches, each with batch norm; run as one convolution with bias. */
export default defineBlock<MobileOneBlock>({
  name: 'mobileone',
  title: 'MobileOne block',
  summary: 'Convolutions, 1x1 and identity added, each with batch norm; in the deploy form one convolution.',
  paper: MOBILEONE,
  options,
  apply: (builder, input, o) => mobileOneBlock(builder, input, o),
});

/** Layer names are timm's; squeeze-and-excitation in the scope `attention`. */
export function mobileOneBlock(builder: GraphBuilder, input: Value, o: MobileOneBlock, attention = 'attn'): Value {
  const { outChannels, kernel = 3, stride = 1, groups = 1, activation = 'relu' } = o;
  const folded = o.deploy
    ? conv(builder, input, 'reparam_conv', outChannels, kernel, { stride, groups, bias: true })
    : branches(builder, input, o);
  const { squeeze } = o;
  const x = squeeze === undefined ? folded : timmSqueezeExcitation(builder, folded, attention, squeeze);
  return activation === 'none' ? x : builder.add(activation, [x], {}, { name: 'act' });
}

function branches(builder: GraphBuilder, input: Value, o: MobileOneBlock): Value {
  const { outChannels, kernel = 3, stride = 1, groups = 1, branches: count = 1, scale = true } = o;
  const options = { stride, groups };
  const all: Value[] = [];
  if (scale && kernel > 1) all.push(timmConvNorm(builder, input, 'conv_scale', outChannels, 1, options));
  if (stride === 1 && channelsOf(input) === outChannels) all.push(batchNorm(builder, input, 'identity'));
  for (let i = 0; i < count; i++) {
    all.push(timmConvNorm(builder, input, `conv_kxk.${i}`, outChannels, kernel, options));
  }
  if (all.length === 0) {
    throw new ArchmeterError('a MobileOne block without a branch', "Give 'branches' of at least 1.");
  }
  return all.reduce((sum, branch) => add(builder, sum, branch));
}
