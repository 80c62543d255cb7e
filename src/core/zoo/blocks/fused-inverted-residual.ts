import type { FromSchema } from 'json-schema-to-ts';
import { defineBlock } from '../define-block.js';
import { add, channelsOf, sequentialConvNorm } from '../layers.js';
import { EFFICIENTNET_V2 } from '../papers.js';

const options = {
  type: 'object',
  properties: {
    outChannels: { type: 'integer', minimum: 1, description: 'Output channels.' },
    expandedChannels: {
      type: 'integer',
      minimum: 1,
      description: 'Channels of the full convolution; default 4 x input.',
    },
    kernel: { type: 'integer', minimum: 1, description: 'Default 3.' },
    stride: { type: 'integer', minimum: 1, description: 'Default 1.' },
    activation: { type: 'string', description: 'Op name; default silu.' },
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
    options: (_, outChannels, width) => ({ outChannels, expandedChannels: width }),
  },
  apply(builder, input, { outChannels, expandedChannels, kernel = 3, stride = 1, activation = 'silu' }) {
    const expanded = expandedChannels ?? 4 * channelsOf(input);
    const body = builder.scope('block', () => {
      if (expanded === channelsOf(input)) {
        return sequentialConvNorm(builder, input, '0', outChannels, kernel, { stride, activation });
      }
      const x = sequentialConvNorm(builder, input, '0', expanded, kernel, { stride, activation });
      return sequentialConvNorm(builder, x, '1', outChannels, 1);
    });
    return stride === 1 && channelsOf(input) === outChannels ? add(builder, body, input) : body;
  },
});
