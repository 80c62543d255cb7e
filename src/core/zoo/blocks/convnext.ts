import type { FromSchema } from 'json-schema-to-ts';
import type { Value } from '../../ir/graph.js';
import { defineBlock } from '../define-block.js';
import { CONVNEXT } from '../facts/papers.js';
import { COUNT } from '../options.js';
import { add, channelsOf, conv, linear } from '../parts/layers.js';

const options = {
  type: 'object',
  properties: {
    kernel: { ...COUNT, description: 'Of the depthwise convolution; default 7.' },
    width: { ...COUNT, description: 'Hidden features of the pointwise pair; default 4 x input channels.' },
    layerScale: {
      type: 'boolean',
      description: 'A trained factor for each channel before the addition; default true.',
    },
  },
  additionalProperties: false,
} as const;

/** Depthwise 7x7, layer norm, two pointwise layers with GELU between them on channels-last data, layer scale, identity. */
export default defineBlock<FromSchema<typeof options>>({
  name: 'convnext',
  title: 'ConvNeXt block',
  summary: 'Depthwise 7x7, layer norm, linear C→4C, GELU, linear 4C→C, layer scale, identity.',
  paper: CONVNEXT,
  options,
  sizing: {
    width: 'hidden features of the pointwise pair',
    options: (_, __, width) => ({ width }),
  },
  apply(builder, input, { kernel = 7, width, layerScale = true }) {
    const channels = channelsOf(input);
    const body = builder.scope('block', () => {
      let x: Value = conv(builder, input, '0', channels, kernel, { groups: channels, bias: true });
      x = builder.add('transpose', [x], { permutation: [0, 2, 3, 1] }, { name: '1' });
      x = builder.add('layerNorm', [x], {}, { name: '2' });
      x = linear(builder, x, '3', width ?? 4 * channels);
      x = builder.add('gelu', [x], {}, { name: '4' });
      x = linear(builder, x, '5', channels);
      return builder.add('transpose', [x], { permutation: [0, 3, 1, 2] }, { name: '6' });
    });
    const scaled = layerScale
      ? builder.add('mul', [builder.parameter('layer_scale', [channels, 1, 1]), body], {}, { name: 'scale' })
      : body;
    return add(builder, scaled, input);
  },
});
