import type { FromSchema } from 'json-schema-to-ts';
import { defineBlock } from '../define-block.js';
import { REPVGG } from '../facts/papers.js';
import { COUNT } from '../options.js';
import { add, batchNorm, channelsOf, conv, timmConvNorm } from '../parts/layers.js';

const options = {
  type: 'object',
  properties: {
    outChannels: { ...COUNT, description: 'Output channels.' },
    stride: { ...COUNT, description: 'Default 1.' },
    groups: { ...COUNT, description: 'Default 1.' },
    deploy: {
      type: 'boolean',
      description: 'The form for inference: all branches folded into one 3x3; default false.',
    },
  },
  required: ['outChannels'],
  additionalProperties: false,
} as const;

/** Trained with three branches (3x3, 1x1, identity, each with batch norm), run as one 3x3 convolution with bias. */
export default defineBlock<FromSchema<typeof options>>({
  name: 'repvgg',
  title: 'RepVGG block',
  summary: '3x3, 1x1 and identity branch added before the activation; in the deploy form one 3x3 convolution.',
  paper: REPVGG,
  options,
  apply(builder, input, { outChannels, stride = 1, groups = 1, deploy = false }) {
    let x = input;
    if (deploy) {
      x = conv(builder, input, 'reparam_conv', outChannels, 3, { stride, groups, bias: true });
    } else {
      const identity = stride === 1 && channelsOf(input) === outChannels ? batchNorm(builder, input, 'identity') : null;
      const pointwise = timmConvNorm(builder, input, 'conv_1x1', outChannels, 1, { stride, groups });
      x = add(builder, pointwise, timmConvNorm(builder, input, 'conv_kxk', outChannels, 3, { stride, groups }));
      if (identity) x = add(builder, x, identity);
    }
    return builder.add('relu', [x], {}, { name: 'act' });
  },
});
