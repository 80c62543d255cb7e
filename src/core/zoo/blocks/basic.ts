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
    width: { ...COUNT, description: 'Channels between the two convolutions; default outChannels.' },
    stride: { ...COUNT, description: 'Of the first convolution and the shortcut; default 1.' },
  },
  required: ['outChannels'],
  additionalProperties: false,
} as const;

/** ResNet's block of two 3x3 convolutions. Where shapes differ the shortcut is a 1x1 convolution. */
export default defineBlock<FromSchema<typeof options>>({
  name: 'basic',
  title: 'ResNet basic block',
  summary: 'Two 3x3 convolutions and an identity (or 1x1) shortcut.',
  paper: RESNET,
  options,
  sizing: {
    width: 'channels between the two 3x3 convolutions',
    options: (_, outChannels, width) => ({ outChannels, width }),
  },
  apply(builder, input, { outChannels, width = outChannels, stride = 1 }) {
    const inner = convNorm(builder, input, ['conv1', 'bn1', 'relu'], width, 3, { stride, activation: 'relu' });
    const x = convNorm(builder, inner, ['conv2', 'bn2', ''], outChannels, 3);
    const y = add(builder, x, shortcut(builder, input, outChannels, stride));
    return builder.add('relu', [y], {}, { name: 'relu' });
  },
});
