import { denseBlock } from '../blocks/dense.js';
import transition from '../blocks/transition.js';
import { defineFamily } from '../define-family.js';
import { DENSENET } from '../facts/papers.js';
import { timm, torchvision } from '../facts/published.js';
import { batchNorm, channelsOf, classifierHead, convNorm } from '../parts/layers.js';

interface Settings {
  readonly growth: number;
  readonly layers: readonly number[];
  /** Output channels of the stem's convolutions: one 7x7, or three 3x3 (timm's `d` variants). */
  readonly stem: readonly number[];
}

const settings = (growth: number, layers: readonly number[], stem = [2 * growth]): Settings => ({
  growth,
  layers,
  stem,
});

/** DenseNet with 1x1 bottlenecks and transitions that halve the channels. Layer names are torchvision's. */
export default defineFamily<Settings>({
  name: 'densenet',
  title: 'DenseNet',
  paper: DENSENET,
  variants: [
    {
      name: 'densenet121',
      published: torchvision(7978856, 2.834, 74.434),
      settings: settings(32, [6, 12, 24, 16]),
    },
    {
      name: 'densenet161',
      published: torchvision(28681000, 7.728, 77.138),
      settings: settings(48, [6, 12, 36, 24]),
    },
    {
      name: 'densenet169',
      published: torchvision(14149480, 3.36, 75.6),
      settings: settings(32, [6, 12, 32, 32]),
    },
    {
      name: 'densenet201',
      published: torchvision(20013928, 4.291, 76.896),
      settings: settings(32, [6, 12, 48, 32]),
    },
    {
      name: 'densenet264d',
      published: timm(72736216),
      settings: settings(48, [6, 12, 64, 48], [48, 48, 96]),
    },
  ],
  build(builder, input, { growth, layers, stem }, { classes }) {
    const features = builder.scope('features', () => {
      let x = input;
      stem.forEach((channels, i) => {
        const names = [`conv${i}`, `norm${i}`, i === 0 ? 'relu0' : `norm${i}.act`] as const;
        const kernel = stem.length === 1 ? 7 : 3;
        x = convNorm(builder, x, names, channels, kernel, { stride: i === 0 ? 2 : 1, activation: 'relu' });
      });
      x = builder.add('maxPool', [x], { kernel: 3, stride: 2, padding: 1 }, { name: 'pool0' });
      layers.forEach((count, i) => {
        x = builder.scope(`denseblock${i + 1}`, () => denseBlock(builder, x, count, growth, 4, true));
        if (i === layers.length - 1) return;
        const outChannels = Math.floor(channelsOf(x) / 2);
        x = builder.scope(`transition${i + 1}`, () => transition.apply(builder, x, { outChannels }));
      });
      return batchNorm(builder, x, 'norm5');
    });
    const x = builder.add('relu', [features], {}, { name: 'relu' });
    return classifierHead(builder, x, classes, { linear: 'classifier' });
  },
});
