import type { FromSchema } from 'json-schema-to-ts';
import { defineBlock } from '../define-block.js';
import { RESNET } from '../facts/papers.js';
import { COUNT } from '../options.js';
import { add, convNorm } from '../parts/layers.js';
import { shortcut } from '../parts/shortcut.js';

const options = {
  type: 'object',
  properties: {
    outChannels: { ...COUNT, description: 'Output channels.' },
    width: { ...COUNT, description: 'Channels of the 3x3 convolution; default a quarter of outChannels.' },
    stride: { ...COUNT, description: 'Of the 3x3 convolution and the shortcut; default 1.' },
    groups: { ...COUNT, description: 'Of the 3x3 convolution (ResNeXt); default 1.' },
  },
  required: ['outChannels'],
  additionalProperties: false,
} as const;

/** ResNet's block of 1x1, 3x3, 1x1, stride in the 3x3 (as in torchvision). Where shapes differ the shortcut is a 1x1. */
export default defineBlock<FromSchema<typeof options>>({
  name: 'bottleneck',
  title: 'ResNet bottleneck block',
  summary: '1x1, 3x3, 1x1 convolution and an identity (or 1x1) shortcut; with groups the block of ResNeXt.',
  paper: RESNET,
  options,
  sizing: {
    width: 'channels of the 3x3 convolution',
    options: (_, outChannels, width) => ({ outChannels, width }),
  },
  apply(builder, input, { outChannels, width = Math.max(1, outChannels >> 2), stride = 1, groups = 1 }) {
    let x = convNorm(builder, input, ['conv1', 'bn1', 'relu'], width, 1, RELU);
    x = convNorm(builder, x, ['conv2', 'bn2', 'relu'], width, 3, { stride, groups, ...RELU });
    x = convNorm(builder, x, ['conv3', 'bn3', ''], outChannels, 1);
    const y = add(builder, x, shortcut(builder, input, outChannels, stride));
    return builder.add('relu', [y], {}, { name: 'relu' });
  },
});

const RELU = { activation: 'relu' } as const;
