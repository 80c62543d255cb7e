import type { FromSchema } from 'json-schema-to-ts';
import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { defineBlock } from '../define-block.js';
import { GHOSTNET } from '../facts/papers.js';
import { ACTIVATION, COUNT } from '../options.js';
import { channelsOf, concat, sequentialConvNorm } from '../parts/layers.js';

const options = {
  type: 'object',
  properties: {
    outChannels: { ...COUNT, description: 'Output channels.' },
    kernel: { ...COUNT, description: 'Of the primary convolution; default 1.' },
    cheapKernel: { ...COUNT, description: 'Of the cheap depthwise convolution; default 3.' },
    ratio: { type: 'integer', minimum: 2, maximum: 1024, description: 'Output over primary channels; default 2.' },
    stride: { ...COUNT, description: 'Of the primary convolution; default 1.' },
    activation: { enum: [...ACTIVATION.enum, 'none'], description: 'Default relu.' },
  },
  required: ['outChannels'],
  additionalProperties: false,
} as const;

type Options = FromSchema<typeof options>;

/** A few channels by a full convolution, the rest from those by a depthwise one. */
export default defineBlock<Options>({
  name: 'ghost-module',
  title: 'Ghost module',
  summary:
    'Primary convolution for 1/ratio of the channels, depthwise convolution of them for the rest, concatenation.',
  paper: GHOSTNET,
  options,
  apply: (builder, input, o) => ghostModule(builder, input, o),
});

export function ghostModule(builder: GraphBuilder, input: Value, o: Options): Value {
  const activation = o.activation === 'none' ? undefined : (o.activation ?? 'relu');
  const ratio = o.ratio ?? 2;
  const primaryChannels = Math.ceil(o.outChannels / ratio);
  const primary = sequentialConvNorm(builder, input, 'primary_conv', primaryChannels, o.kernel ?? 1, {
    stride: o.stride ?? 1,
    activation,
  });
  const cheap = sequentialConvNorm(
    builder,
    primary,
    'cheap_operation',
    primaryChannels * (ratio - 1),
    o.cheapKernel ?? 3,
    {
      groups: primaryChannels,
      activation,
    },
  );
  const all = concat(builder, [primary, cheap]);
  if (channelsOf(all) === o.outChannels) return all;
  return builder.add('slice', [all], { axes: [1], starts: [0], ends: [o.outChannels] });
}
