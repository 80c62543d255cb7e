import { invertedResidual } from '../blocks/inverted-residual.js';
import { defineFamily } from '../define-family.js';
import { torchvision } from '../facts/published.js';
import { channelsOf, classifierHead, roundChannels, sequentialConvNorm } from '../parts/layers.js';

/** Expansion, kernel, stride, output channels, layers (paper, table 1). */
const STAGES = [
  [1, 3, 1, 16, 1],
  [6, 3, 2, 24, 2],
  [6, 5, 2, 40, 2],
  [6, 3, 2, 80, 3],
  [6, 5, 1, 112, 3],
  [6, 5, 2, 192, 4],
  [6, 3, 1, 320, 1],
] as const;

/** Width and depth multipliers. */
type Settings = readonly [width: number, depth: number];

const SWISH = { activation: 'silu' } as const;

/** EfficientNet: MobileNet's block with squeeze-and-excitation, scaled in width, depth and resolution. Names: torchvision. */
export default defineFamily<Settings>({
  name: 'efficientnet',
  title: 'EfficientNet',
  paper: {
    title: 'EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks',
    url: 'https://arxiv.org/abs/1905.11946',
    year: 2019,
  },
  variants: [
    {
      name: 'efficientnet-b0',
      aliases: ['efficientnet_b0'],
      published: torchvision(5288548, 0.386, 77.692),
      settings: [1, 1],
    },
    {
      name: 'efficientnet-b1',
      aliases: ['efficientnet_b1'],
      resolution: 240,
      published: torchvision(7794184, 0.687, 78.642),
      settings: [1, 1.1],
    },
    {
      name: 'efficientnet-b2',
      aliases: ['efficientnet_b2'],
      resolution: 288,
      published: torchvision(9109994, 1.088, 80.608),
      settings: [1.1, 1.2],
    },
    {
      name: 'efficientnet-b3',
      aliases: ['efficientnet_b3'],
      resolution: 300,
      published: torchvision(12233232, 1.827, 82.008),
      settings: [1.2, 1.4],
    },
    {
      name: 'efficientnet-b4',
      aliases: ['efficientnet_b4'],
      resolution: 380,
      published: torchvision(19341616, 4.394, 83.384),
      settings: [1.4, 1.8],
    },
    {
      name: 'efficientnet-b5',
      aliases: ['efficientnet_b5'],
      resolution: 456,
      published: torchvision(30389784, 10.266, 83.444),
      settings: [1.6, 2.2],
    },
    {
      name: 'efficientnet-b6',
      aliases: ['efficientnet_b6'],
      resolution: 528,
      published: torchvision(43040704, 19.068, 84.008),
      settings: [1.8, 2.6],
    },
    {
      name: 'efficientnet-b7',
      aliases: ['efficientnet_b7'],
      resolution: 600,
      published: torchvision(66347960, 37.746, 84.122),
      settings: [2, 3.1],
    },
  ],
  build(builder, input, [width, depth], { classes }) {
    const scaled = (channels: number) => roundChannels(channels * width);
    const features = builder.scope('features', () => {
      let x = sequentialConvNorm(builder, input, '0', scaled(32), 3, { stride: 2, ...SWISH });
      STAGES.forEach(([expansion, kernel, stride, channels, layers], stage) => {
        const count = Math.ceil(layers * depth);
        for (let i = 0; i < count; i++) {
          const inChannels = channelsOf(x);
          x = builder.scope(`${stage + 1}.${i}`, () =>
            invertedResidual(builder, x, {
              expanded: roundChannels(inChannels * expansion),
              outChannels: scaled(channels),
              kernel,
              stride: i === 0 ? stride : 1,
              squeeze: { channels: Math.max(1, inChannels >> 2), gate: 'sigmoid', ...SWISH },
              ...SWISH,
            }),
          );
        }
      });
      return sequentialConvNorm(builder, x, '8', 4 * channelsOf(x), 1, SWISH);
    });
    return classifierHead(builder, features, classes, { linear: 'classifier.1' });
  },
});
