import type { FromSchema } from 'json-schema-to-ts';
import { defineBlock } from '../define-block.js';
import { EFFICIENTNET_V2 } from '../facts/papers.js';
import { ACTIVATION, COUNT } from '../options.js';
import { add, channelsOf, sequentialConvNorm } from '../parts/layers.js';

const options = {
  type: 'object',
  properties: {
    outChannels: { ...COUNT, description: 'Output channels.' },
    expandedChannels: { ...COUNT, description: 'Channels of the full convolution; default 4 x input.' },
    expand: { type: 'boolean', description: 'Keeps the 1x1 projection where nothing was widened; default false.' },
    kernel: { ...COUNT, description: 'Default 3.' },
    stride: { ...COUNT, description: 'Default 1.' },
    activation: { ...ACTIVATION, description: 'Op name; default silu.' },
  },
  required: ['outChannels'],
  additionalProperties: false,
} as const;

/** The inverted residual with expansion and depthwise convolution fused into one full convolution (Fused-MBConv). */
export default defineBlock<FromSchema<typeof options>>({
  name: 'fused-inverted-residual',
  title: 'Fused inverted residual',
  summary: 'EfficientNetV2: full convolution that expands, linear 1x1 projection, identity where shapes agree.',
  paper: EFFICIENTNET_V2,
  options,
  sizing: {
    width: 'channels of the full convolution',
    options: (_, outChannels, width) => ({ outChannels, expandedChannels: width, expand: true }),
  },
  apply(builder, input, { outChannels, expandedChannels, expand, kernel = 3, stride = 1, activation = 'silu' }) {
    const expanded = expandedChannels ?? 4 * channelsOf(input);
    const body = builder.scope('block', () => {
      if (expanded === channelsOf(input) && !expand) {
        return sequentialConvNorm(builder, input, '0', outChannels, kernel, { stride, activation });
      }
      const x = sequentialConvNorm(builder, input, '0', expanded, kernel, { stride, activation });
      return sequentialConvNorm(builder, x, '1', outChannels, 1);
    });
    return stride === 1 && channelsOf(input) === outChannels ? add(builder, body, input) : body;
  },
});
