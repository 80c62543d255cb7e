import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { defineBlock } from '../define-block.js';
import { SHUFFLENET_V2 } from '../facts/papers.js';
import { COUNT } from '../options.js';
import { channelsOf, concat, convNorm } from '../parts/layers.js';

const options = {
  type: 'object',
  properties: {
    outChannels: {
      ...COUNT,
      minimum: 2,
      description: 'Output channels, even; both branches give half of them.',
    },
    width: { ...COUNT, description: 'Channels of the depthwise convolution; default half of outChannels.' },
    stride: { ...COUNT, description: 'Default 1.' },
  },
  required: ['outChannels'],
  additionalProperties: false,
} as const;

/**
 * At stride 1 with channels kept, half of the channels pass untouched; otherwise both branches read the whole input.
 * The channels of both are shuffled at the end.
 */
export default defineBlock<FromSchema<typeof options>>({
  name: 'shufflenet-v2-unit',
  title: 'ShuffleNetV2 unit',
  summary: 'Channel split, 1x1, depthwise 3x3, 1x1 on one half, concatenation, channel shuffle.',
  paper: SHUFFLENET_V2,
  options,
  sizing: {
    width: 'channels of the depthwise convolution',
    options: (_, outChannels, width) => ({ outChannels, width }),
  },
  apply(builder, input, { outChannels, width = outChannels >> 1, stride = 1 }) {
    if (outChannels % 2 !== 0) {
      throw new ArchmeterError(`a ShuffleNetV2 unit cannot halve ${outChannels} channels`, 'Give an even number.');
    }
    const half = outChannels / 2;
    const branch2 = (x: Value) =>
      builder.scope('branch2', () => {
        let y = convNorm(builder, x, ['0', '1', '2'], width, 1, RELU);
        y = convNorm(builder, y, ['3', '4', ''], width, 3, { stride, groups: width });
        return convNorm(builder, y, ['5', '6', '7'], half, 1, RELU);
      });
    if (stride === 1 && channelsOf(input) === outChannels) {
      const [kept, changed] = builder.addAll('split', [input], { axis: 1, sizes: [half, half] }) as [Value, Value];
      return channelShuffle(builder, concat(builder, [kept, branch2(changed)]), 2);
    }
    const left = builder.scope('branch1', () => {
      const inChannels = channelsOf(input);
      const y = convNorm(builder, input, ['0', '1', ''], inChannels, 3, { stride, groups: inChannels });
      return convNorm(builder, y, ['2', '3', '4'], half, 1, RELU);
    });
    return channelShuffle(builder, concat(builder, [left, branch2(input)]), 2);
  },
});

const RELU = { activation: 'relu' } as const;

/** Channels of `groups` groups interleaved: reshape, transpose, reshape. */
export function channelShuffle(builder: GraphBuilder, input: Value, groups: number): Value {
  const [batch, channels, height, width] = input.shape as [number, number, number, number];
  const grouped = builder.add('reshape', [input], { shape: [batch, groups, channels / groups, height, width] });
  const swapped = builder.add('transpose', [grouped], { permutation: [0, 2, 1, 3, 4] });
  return builder.add('reshape', [swapped], { shape: [batch, channels, height, width] });
}
