import type { FromSchema } from 'json-schema-to-ts';
import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { defineBlock } from '../define-block.js';
import { DENSENET } from '../facts/papers.js';
import { COUNT, LAYERS } from '../options.js';
import { concat } from '../parts/layers.js';
import { denseLayer, denseLayerProperties } from './dense-layer.js';
import { transition } from './transition.js';

const options = {
  type: 'object',
  properties: {
    layers: { ...LAYERS, description: 'Layers of the block.' },
    ...denseLayerProperties,
    transition: { ...COUNT, description: 'Output channels of a BN-ReLU-1x1 after the block; none where left out.' },
  },
  required: ['layers', 'growth'],
  additionalProperties: false,
} as const;

type Options = FromSchema<typeof options>;

/** Dense block: every layer reads the outputs of all before it. */
export default defineBlock<Options>({
  name: 'dense',
  title: 'Dense block',
  summary: 'n dense layers, each fed with the concatenation of all before it, and optionally a 1x1 transition.',
  paper: DENSENET,
  options,
  sizing: {
    width: 'growth rate of 10 layers with 1x1 bottlenecks, transition after them',
    options: (_, outChannels, width) => ({ layers: 10, growth: width, transition: outChannels }),
  },
  apply(builder, input, { layers, growth, bottleneck = 4, transition: outChannels }) {
    const x = denseBlock(builder, input, layers, growth, bottleneck);
    return outChannels === undefined ? x : builder.scope('transition', () => transition(builder, x, outChannels));
  },
});

/**
 * The layers. `copyFirst`: torchvision concatenates a list of one before the first layer, which copies the input.
 */
export function denseBlock(
  builder: GraphBuilder,
  input: Value,
  layers: number,
  growth: number,
  bottleneck: number,
  copyFirst = false,
): Value {
  const features = [input];
  for (let i = 1; i <= layers; i++) {
    const layer = builder.scope(`denselayer${i}`, () => {
      const joined = i === 1 && !copyFirst ? input : concat(builder, features);
      return denseLayer(builder, joined, growth, bottleneck);
    });
    features.push(layer);
  }
  return concat(builder, features);
}
