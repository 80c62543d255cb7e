import type { FromSchema } from 'json-schema-to-ts';
import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { defineBlock } from '../define-block.js';
import { HARDNET } from '../facts/papers.js';
import { COUNT, LAYERS } from '../options.js';
import { channelsOf, concat, convNorm } from '../parts/layers.js';

const options = {
  type: 'object',
  properties: {
    layers: { ...LAYERS, description: 'Layers of the block, a power of two in the paper.' },
    growth: { ...COUNT, description: 'Growth rate k.' },
    multiplier: {
      type: 'number',
      minimum: 1,
      maximum: 8,
      description: 'Channel weight m of layers with many links; default 1.7.',
    },
    depthwise: {
      type: 'boolean',
      description: '1x1 and depthwise 3x3 instead of each 3x3 (the DS variants); default false.',
    },
    outChannels: { ...COUNT, description: 'Output channels of a 1x1 transition; none where left out.' },
  },
  required: ['layers', 'growth'],
  additionalProperties: false,
} as const;

/** Harmonic dense block: layer l reads layer l - 2^i for every power of two that divides l. */
export default defineBlock<FromSchema<typeof options>>({
  name: 'hardnet',
  title: 'HarDNet block',
  summary: 'Dense block with the links of a harmonic wave; odd layers and the last are concatenated at the end.',
  paper: HARDNET,
  options,
  sizing: {
    width: 'growth rate of 8 layers, 1x1 transition after them',
    options: (_, outChannels, width) => ({ layers: 8, growth: width, outChannels }),
  },
  apply(builder, input, { layers, growth, multiplier = 1.7, depthwise = false, outChannels }) {
    const x = hardBlock(builder, input, layers, growth, multiplier, depthwise);
    if (outChannels === undefined) return x;
    return builder.scope('transition', () => hardConv(builder, x, outChannels, 1));
  },
});

export function hardBlock(
  builder: GraphBuilder,
  input: Value,
  layers: number,
  growth: number,
  multiplier: number,
  depthwise: boolean,
): Value {
  const values = [input];
  for (let layer = 1; layer <= layers; layer++) {
    const links = linksOf(layer);
    const linked = links.map((index) => values[index] as Value);
    const channels = channelsFor(links.length, growth, multiplier);
    values.push(
      builder.scope(`layers.${layer - 1}`, () => {
        const x = linked.length === 1 ? (linked[0] as Value) : concat(builder, linked);
        if (!depthwise) return hardConv(builder, x, channels, 3);
        const pointwise = builder.scope('layer1', () => hardConv(builder, x, channels, 1));
        return builder.scope('layer2', () => hardDepthwise(builder, pointwise, 1));
      }),
    );
  }
  return concat(
    builder,
    values.filter((_, index) => index > 0 && (index % 2 === 1 || index === layers)),
  );
}

/** Layers that `layer` reads, nearest first; 0 is the block's input. */
function linksOf(layer: number): number[] {
  const links: number[] = [];
  for (let step = 1; step <= layer && layer % step === 0; step *= 2) links.push(layer - step);
  return links;
}

/** k·m^(links - 1), made even as the authors' code does. */
function channelsFor(links: number, growth: number, multiplier: number): number {
  let channels = growth;
  for (let i = 1; i < links; i++) channels *= multiplier;
  return Math.floor(Math.floor(channels + 1) / 2) * 2;
}

/** Convolution, batch norm, ReLU6. */
export function hardConv(builder: GraphBuilder, input: Value, outChannels: number, kernel: number, stride = 1): Value {
  return convNorm(builder, input, ['conv', 'norm', 'relu'], outChannels, kernel, { stride, activation: 'relu6' });
}

/** Depthwise 3x3 and batch norm, no activation. */
export function hardDepthwise(builder: GraphBuilder, input: Value, stride: number): Value {
  const channels = channelsOf(input);
  return convNorm(builder, input, ['dwconv', 'norm', ''], channels, 3, { stride, groups: channels });
}
