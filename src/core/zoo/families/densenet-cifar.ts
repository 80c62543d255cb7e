import { denseBlock } from '../blocks/dense.js';
import osa from '../blocks/osa.js';
import transition from '../blocks/transition.js';
import { defineFamily } from '../define-family.js';
import { DENSENET, VOVNET } from '../facts/papers.js';
import { batchNorm, channelsOf, classifierHead, conv, timmConvNorm } from '../parts/layers.js';

interface Settings {
  readonly kind: 'dense' | 'osa';
  readonly layers: number;
  /** Growth rate, or channels of each OSA convolution. */
  readonly width: number;
}

/**
 * The paper's ablation on CIFAR-10 (section 3.1, figure 2): DenseNet-40 without bottlenecks, and OSA networks of equal
 * multiply-adds. Three stages at 32x32, 16x16 and 8x8; all channels kept between them.
 */
export default defineFamily<Settings>({
  name: 'densenet-cifar',
  title: 'DenseNet and OSA for CIFAR-10',
  paper: VOVNET,
  variants: [
    {
      name: 'densenet40-cifar',
      aliases: ['densenet40', 'densenet-40-12'],
      paper: DENSENET,
      published: { params: 1.0e6, source: 'paper, table 2' },
      resolution: 32,
      classes: 10,
      settings: { kind: 'dense', layers: 12, width: 12 },
    },
    {
      name: 'osa5x43-cifar',
      resolution: 32,
      classes: 10,
      settings: { kind: 'osa', layers: 5, width: 43 },
    },
    {
      name: 'osa12x20-cifar',
      resolution: 32,
      classes: 10,
      settings: { kind: 'osa', layers: 12, width: 20 },
    },
  ],
  build(builder, input, { kind, layers, width }, { classes }) {
    let x =
      kind === 'dense'
        ? builder.scope('features', () => conv(builder, input, 'conv0', 16, 3))
        : timmConvNorm(builder, input, 'features.conv0', 16, 3, { activation: 'relu' });
    builder.scope('features', () => {
      for (let stage = 1; stage <= 3; stage++) {
        if (kind === 'dense') {
          x = builder.scope(`denseblock${stage}`, () => denseBlock(builder, x, layers, width, 0));
          if (stage === 3) continue;
          x = builder.scope(`transition${stage}`, () => transition.apply(builder, x, { outChannels: channelsOf(x) }));
        } else {
          const outChannels = channelsOf(x) + layers * width;
          x = builder.scope(`osa${stage}`, () => osa.apply(builder, x, { layers, width, outChannels }));
          if (stage < 3) x = builder.add('avgPool', [x], { kernel: 2, stride: 2 }, { name: `pool${stage}` });
        }
      }
      if (kind === 'dense') x = builder.add('relu', [batchNorm(builder, x, 'norm')], {}, { name: 'relu' });
    });
    return classifierHead(builder, x, classes, { linear: 'classifier' });
  },
});
