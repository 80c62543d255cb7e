import type { FromSchema } from 'json-schema-to-ts';
import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { defineBlock } from '../define-block.js';
import { DENSENET } from '../facts/papers.js';
import { COUNT } from '../options.js';
import { batchNorm, conv } from '../parts/layers.js';

const options = {
  type: 'object',
  properties: {
    outChannels: { ...COUNT, description: 'Output channels.' },
    pool: { type: 'boolean', description: 'Halves the image by 2x2 average pooling; default true.' },
  },
  required: ['outChannels'],
  additionalProperties: false,
} as const;

/** What stands between two dense blocks. */
export default defineBlock<FromSchema<typeof options>>({
  name: 'transition',
  title: 'Dense transition',
  summary: 'BN-ReLU-1x1 and 2x2 average pooling.',
  paper: DENSENET,
  options,
  apply(builder, input, { outChannels, pool = true }) {
    const x = transition(builder, input, outChannels);
    return pool ? builder.add('avgPool', [x], { kernel: 2, stride: 2 }, { name: 'pool' }) : x;
  },
});

/** BN-ReLU-1x1 without the pooling. */
export function transition(builder: GraphBuilder, input: Value, outChannels: number): Value {
  const x = builder.add('relu', [batchNorm(builder, input, 'norm')], {}, { name: 'relu' });
  return conv(builder, x, 'conv', outChannels, 1);
}
