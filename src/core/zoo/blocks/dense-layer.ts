import type { FromSchema } from 'json-schema-to-ts';
import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { defineBlock } from '../define-block.js';
import { DENSENET } from '../facts/papers.js';
import { COUNT } from '../options.js';
import { batchNorm, concat, conv } from '../parts/layers.js';

export const denseLayerProperties = {
  growth: { ...COUNT, description: 'Growth rate k: channels that each layer adds.' },
  bottleneck: {
    type: 'integer',
    minimum: 0,
    maximum: 1024,
    description: 'Channels of the 1x1 convolution before each 3x3, in multiples of k; 0: none; default 4.',
  },
} as const;

const options = {
  type: 'object',
  properties: denseLayerProperties,
  required: ['growth'],
  additionalProperties: false,
} as const;

/** One layer of a dense block and the concatenation that hands its output on. */
export default defineBlock<FromSchema<typeof options>>({
  name: 'dense-layer',
  title: 'Dense layer',
  summary: 'BN-ReLU-1x1, BN-ReLU-3x3, output concatenated to the input.',
  paper: DENSENET,
  options,
  apply: (builder, input, { growth, bottleneck = 4 }) =>
    concat(builder, [input, denseLayer(builder, input, growth, bottleneck)]),
});

/** The k new channels. */
export function denseLayer(builder: GraphBuilder, input: Value, growth: number, bottleneck: number): Value {
  let x = builder.add('relu', [batchNorm(builder, input, 'norm1')], {}, { name: 'relu1' });
  if (bottleneck === 0) return conv(builder, x, 'conv1', growth, 3);
  x = conv(builder, x, 'conv1', bottleneck * growth, 1);
  x = builder.add('relu', [batchNorm(builder, x, 'norm2')], {}, { name: 'relu2' });
  return conv(builder, x, 'conv2', growth, 3);
}
