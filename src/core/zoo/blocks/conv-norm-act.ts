import type { FromSchema } from 'json-schema-to-ts';
import { defineBlock } from '../define-block.js';
import { BATCH_NORM } from '../facts/papers.js';
import { ACTIVATION, COUNT } from '../options.js';
import { convNorm } from '../parts/layers.js';

const options = {
  type: 'object',
  properties: {
    outChannels: { ...COUNT, description: 'Output channels.' },
    kernel: { ...COUNT, description: 'Side of the square kernel; default 3.' },
    stride: { ...COUNT, description: 'Default 1.' },
    groups: { ...COUNT, description: 'Default 1.' },
    activation: { enum: [...ACTIVATION.enum, 'none'], description: 'Default relu.' },
  },
  required: ['outChannels'],
  additionalProperties: false,
} as const;

/** The plain layer that everything else is compared with. */
export default defineBlock<FromSchema<typeof options>>({
  name: 'conv-norm-act',
  title: 'Convolution',
  summary: 'Convolution, batch norm, activation.',
  paper: BATCH_NORM,
  options,
  apply: (builder, input, { outChannels, kernel = 3, stride = 1, groups = 1, activation = 'relu' }) =>
    convNorm(builder, input, ['conv', 'bn', 'act'], outChannels, kernel, {
      stride,
      groups,
      activation: activation === 'none' ? undefined : activation,
    }),
});
