import type { FromSchema } from 'json-schema-to-ts';
import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { defineBlock } from '../define-block.js';
import { MOBILENET_V4 } from '../facts/papers.js';
import { ACTIVATION, COUNT, RATIO } from '../options.js';
import { layerScale } from '../parts/layer-scale.js';
import { add, channelsOf, roundChannels, timmConvNorm } from '../parts/layers.js';

const kernel = { type: 'integer', minimum: 0, maximum: 1 << 20 } as const;

const options = {
  type: 'object',
  properties: {
    outChannels: { ...COUNT, description: 'Output channels.' },
    expansion: { ...RATIO, description: 'Expanded over input channels; default 4.' },
    start: { ...kernel, description: 'Kernel of the depthwise convolution before the expansion; default 0: none.' },
    middle: { ...kernel, description: 'Kernel of the depthwise convolution between the 1x1; default 3; 0: none.' },
    stride: { ...COUNT, description: 'Of the last of the two depthwise convolutions; default 1.' },
    activation: { ...ACTIVATION, description: 'Op name; default relu.' },
    layerScale: { type: 'boolean', description: 'A trained factor for each channel; default false.' },
  },
  required: ['outChannels'],
  additionalProperties: false,
} as const;

type Options = FromSchema<typeof options>;

/** MobileNetV4's block: inverted bottleneck, ConvNeXt block, feed-forward or ExtraDW, by which depthwise layers it has. */
export default defineBlock<Options>({
  name: 'universal-inverted-bottleneck',
  title: 'Universal inverted bottleneck',
  summary: 'Optional depthwise, 1x1 expansion, optional depthwise, linear 1x1 projection, identity where shapes agree.',
  paper: MOBILENET_V4,
  options,
  apply: (builder, input, o) => universalInvertedBottleneck(builder, input, o),
});

/** Layer names are timm's. */
export function universalInvertedBottleneck(builder: GraphBuilder, input: Value, o: Options): Value {
  const { outChannels, expansion = 4, start = 0, middle = 3, stride = 1, activation = 'relu' } = o;
  const inChannels = channelsOf(input);
  const expanded = roundChannels(inChannels * expansion);
  let x = input;
  if (start > 0) {
    const startStride = middle > 0 ? 1 : stride;
    x = timmConvNorm(builder, x, 'dw_start', inChannels, start, { stride: startStride, groups: inChannels });
  }
  x = timmConvNorm(builder, x, 'pw_exp', expanded, 1, { activation });
  if (middle > 0) x = timmConvNorm(builder, x, 'dw_mid', expanded, middle, { stride, groups: expanded, activation });
  x = timmConvNorm(builder, x, 'pw_proj', outChannels, 1);
  if (o.layerScale) x = layerScale(builder, x, 'layer_scale.gamma');
  return stride === 1 && inChannels === outChannels ? add(builder, x, input) : x;
}
