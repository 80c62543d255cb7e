import { type InvertedResidualNaming, invertedResidual } from '../blocks/inverted-residual.js';
import { defineFamily } from '../define-family.js';
import { torchvision } from '../facts/published.js';
import { channelsOf, convNorm, linear, roundChannels } from '../parts/layers.js';

/** Output channels, kernel, stride, expansion, layers of the six stacks. */
const STACKS = [
  [24, 3, 2, 3, 3],
  [40, 5, 2, 3, 3],
  [80, 5, 2, 6, 3],
  [96, 3, 1, 6, 2],
  [192, 5, 2, 6, 4],
  [320, 3, 1, 6, 1],
] as const;

/** One flat sequence: conv, norm, activation three times, the last without activation. */
const NAMING: InvertedResidualNaming = {
  scope: 'layers',
  part: (index) => ({ names: [String(3 * index), String(3 * index + 1), String(3 * index + 2)] }),
};

/** MNASNet-B1. Layer names are torchvision's. */
export default defineFamily<number>({
  name: 'mnasnet',
  title: 'MNASNet',
  paper: {
    title: 'MnasNet: Platform-Aware Neural Architecture Search for Mobile',
    url: 'https://arxiv.org/abs/1807.11626',
    year: 2018,
  },
  variants: [
    {
      name: 'mnasnet1-0',
      aliases: ['mnasnet1_0', 'mnasnet_100', 'mnasnet'],
      published: torchvision(4383312, 0.314, 73.456),
      settings: 1,
    },
    {
      name: 'mnasnet0-5',
      aliases: ['mnasnet0_5', 'mnasnet_050'],
      published: torchvision(2218512, 0.104, 67.734),
      settings: 0.5,
    },
    {
      name: 'mnasnet0-75',
      aliases: ['mnasnet0_75', 'mnasnet_075'],
      published: torchvision(3170208, 0.215, 71.18),
      settings: 0.75,
    },
    {
      name: 'mnasnet1-3',
      aliases: ['mnasnet1_3'],
      published: torchvision(6282256, 0.526, 76.506),
      settings: 1.3,
    },
    {
      name: 'mnasnet1-4',
      aliases: ['mnasnet_140'],
      published: { params: 7115728, madds: 0.589e9, source: 'timm mnasnet_140, counted' },
      settings: 1.4,
    },
  ],
  build(builder, input, width, { classes }) {
    const scaled = (channels: number) => roundChannels(channels * width);
    const relu = { activation: 'relu' } as const;
    const features = builder.scope('layers', () => {
      const stem = scaled(32);
      let x = convNorm(builder, input, ['0', '1', '2'], stem, 3, { stride: 2, ...relu });
      x = convNorm(builder, x, ['3', '4', '5'], stem, 3, { groups: stem, ...relu });
      x = convNorm(builder, x, ['6', '7', ''], scaled(16), 1);
      STACKS.forEach(([channels, kernel, stride, expansion, layers], stack) => {
        for (let i = 0; i < layers; i++) {
          x = builder.scope(`${8 + stack}.${i}`, () =>
            invertedResidual(builder, x, {
              expanded: channelsOf(x) * expansion,
              outChannels: scaled(channels),
              kernel,
              stride: i === 0 ? stride : 1,
              activation: 'relu',
              residual: i > 0,
              naming: NAMING,
            }),
          );
        }
      });
      return convNorm(builder, x, ['14', '15', '16'], 1280, 1, relu);
    });
    const pooled = builder.add('globalAvgPool', [features], { keepDims: false }, { name: 'mean' });
    return linear(builder, pooled, 'classifier.1', classes);
  },
});
