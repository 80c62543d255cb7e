import osa from '../blocks/osa.js';
import { defineFamily } from '../define-family.js';
import { VOVNET } from '../facts/papers.js';
import { conv, flatten, globalPool, timmConvNorm } from '../parts/layers.js';

/** [channels of each convolution, output channels] of the four OSA modules: VoVNet-27-slim's. */
const MODULES = [
  [64, 128],
  [80, 256],
  [96, 384],
  [112, 512],
] as const;

/**
 * The VoVNet-27 that archmeter grew from: VoVNet-27-slim with 2x2 max pools and a convolutional head of 1280 channels.
 */
export default defineFamily<null>({
  name: 'vovnet-seed',
  title: 'VoVNet of the seed',
  paper: VOVNET,
  variants: [
    {
      name: 'vovnet27-seed',
      aliases: ['vovnet27'],
      published: { params: 4951656, madds: 2.21e9, source: 'the seed, counted by torch' },
      settings: null,
    },
  ],
  build(builder, input, _, { classes }) {
    const relu = { activation: 'relu' } as const;
    let x = timmConvNorm(builder, input, 'stem.0', 64, 3, { stride: 2, ...relu });
    x = timmConvNorm(builder, x, 'stem.1', 64, 3, relu);
    x = timmConvNorm(builder, x, 'stem.2', 128, 3, { stride: 2, ...relu });
    MODULES.forEach(([width, outChannels], i) => {
      builder.scope(`stages.${i}`, () => {
        if (i > 0) x = builder.add('maxPool', [x], { kernel: 2, stride: 2 }, { name: 'pool' });
        x = builder.scope('blocks.0', () => osa.apply(builder, x, { layers: 5, width, outChannels }));
      });
    });
    return builder.scope('head', () => {
      x = timmConvNorm(builder, x, 'conv', 1280, 1, relu);
      x = globalPool(builder, x, 'pool');
      return flatten(builder, conv(builder, x, 'classifier', classes, 1, { bias: true }));
    });
  },
});
