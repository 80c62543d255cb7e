import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { defineBlock } from '../define-block.js';
import { VOVNET } from '../facts/papers.js';
import { COUNT, LAYERS, RATIO } from '../options.js';
import { add, channelsOf, concat, conv, timmConvNorm, timmNorm } from '../parts/layers.js';
import eca from './eca.js';
import ese from './ese.js';

const options = {
  type: 'object',
  properties: {
    layers: { ...LAYERS, description: 'Convolutions of the chain; the paper takes 5.' },
    width: { ...COUNT, description: 'Output channels of each of them.' },
    outChannels: { ...COUNT, description: 'Output channels of the 1x1 convolution on the concatenation.' },
    identity: { type: 'boolean', description: 'Adds the input to the output (V2); default false.' },
    ese: { type: 'boolean', description: 'Effective squeeze-and-excitation before the identity (V2); default false.' },
    eca: { type: 'boolean', description: 'Efficient channel attention in place of eSE (timm); default false.' },
    depthwise: { type: 'boolean', description: 'Depthwise 3x3 and 1x1 instead of each 3x3; default false.' },
    bottleneck: {
      ...RATIO,
      description:
        "A 1x1 before each 3x3, with this share of its input's channels (the paper's ablation, table 3: 0.5).",
    },
  },
  required: ['layers', 'width', 'outChannels'],
  additionalProperties: false,
} as const;

type Options = FromSchema<typeof options>;

/** One-shot aggregation: a chain of convolutions whose outputs are concatenated once, at the end. */
export default defineBlock<Options>({
  name: 'osa',
  title: 'OSA module',
  summary:
    'One-shot aggregation: n 3x3 convolutions in a chain, input and all outputs concatenated once, 1x1 convolution.',
  paper: VOVNET,
  options,
  sizing: {
    width: 'channels of each 3x3 convolution, 5 in a chain',
    options: (_, outChannels, width) => ({ layers: 5, width, outChannels }),
  },
  apply(
    builder,
    input,
    { layers, width, outChannels, identity, ese: attention, eca: channelAttention, depthwise, bottleneck },
  ) {
    if (identity && channelsOf(input) !== outChannels) {
      throw new ArchmeterError(
        `an OSA module with identity cannot go from ${channelsOf(input)} to ${outChannels} channels`,
        'Make them equal, or leave the identity out.',
      );
    }
    const features = [input];
    let x = input;
    if (depthwise && channelsOf(input) !== width) x = timmConvNorm(builder, x, 'conv_reduction', width, 1, RELU);
    for (let i = 0; i < layers; i++) {
      x = builder.scope(`conv_mid.${i}`, () => {
        if (depthwise) return separable(builder, x, width);
        const narrow = bottleneck === undefined ? x : reduce(builder, x, bottleneck);
        return timmNorm(builder, conv(builder, narrow, 'conv', width, 3), 'relu');
      });
      features.push(x);
    }
    const joined = builder.scope('conv_mid', () => concat(builder, features));
    x = timmConvNorm(builder, joined, 'conv_concat', outChannels, 1, RELU);
    if (attention) x = builder.scope('attn', () => ese.apply(builder, x, {}));
    if (channelAttention) x = builder.scope('attn', () => eca.apply(builder, x, {}));
    return identity ? add(builder, x, input) : x;
  },
});

const RELU = { activation: 'relu' } as const;

function reduce(builder: GraphBuilder, input: Value, ratio: number): Value {
  const width = Math.max(1, Math.round(channelsOf(input) * ratio));
  return timmConvNorm(builder, input, 'reduce', width, 1, RELU);
}

/** Depthwise 3x3 and pointwise 1x1; norm and activation after the second alone, as in vovnet-detectron2 and timm. */
export function separable(builder: GraphBuilder, input: Value, outChannels: number, stride = 1): Value {
  const depthwise = conv(builder, input, 'conv_dw', channelsOf(input), 3, { stride, groups: channelsOf(input) });
  return timmNorm(builder, conv(builder, depthwise, 'conv_pw', outChannels, 1), 'relu');
}
