import type { FromSchema } from 'json-schema-to-ts';
import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { defineBlock } from '../define-block.js';
import { NAS_BENCH_201 } from '../facts/papers.js';
import { COUNT } from '../options.js';
import { add, batchNorm, conv } from '../parts/layers.js';

const options = {
  type: 'object',
  properties: { outChannels: { ...COUNT, description: 'Output channels.' } },
  required: ['outChannels'],
  additionalProperties: false,
} as const;

/** The residual block between the stages of NAS-Bench-201: halves the size, average pooling before the shortcut's 1x1. */
export default defineBlock<FromSchema<typeof options>>({
  name: 'nas-bench-201-reduction',
  title: 'NAS-Bench-201 reduction',
  summary: 'ReLU, 3x3, batch norm twice, at stride 2; average pooling and 1x1 on the shortcut.',
  paper: NAS_BENCH_201,
  options,
  apply(builder, input, { outChannels }) {
    const a = reluConvNorm(builder, input, 'conv_a', outChannels, 2);
    const b = reluConvNorm(builder, a, 'conv_b', outChannels, 1);
    const pooled = builder.add('avgPool', [input], { kernel: 2, stride: 2 }, { name: 'downsample.0' });
    return add(builder, conv(builder, pooled, 'downsample.1', outChannels, 1), b);
  },
});

function reluConvNorm(builder: GraphBuilder, input: Value, scope: string, outChannels: number, stride: number): Value {
  return builder.scope(`${scope}.op`, () => {
    const x = builder.add('relu', [input], {}, { name: '0' });
    return batchNorm(builder, conv(builder, x, '1', outChannels, 3, { stride }), '2');
  });
}
