import type { Value } from '../../ir/graph.js';
import basic from '../blocks/basic.js';
import bottleneck from '../blocks/bottleneck.js';
import type { Paper } from '../define-block.js';
import { defineFamily } from '../define-family.js';
import { RESNET } from '../facts/papers.js';
import { torchvision } from '../facts/published.js';
import { classifierHead, convNorm } from '../parts/layers.js';

interface Settings {
  readonly block: 'basic' | 'bottleneck';
  readonly layers: readonly number[];
  readonly groups?: number;
  /** Channels of each group of the first stage's 3x3 convolutions. */
  readonly groupWidth?: number;
}

const RESNEXT: Paper = {
  title: 'Aggregated Residual Transformations for Deep Neural Networks',
  url: 'https://arxiv.org/abs/1611.05431',
  year: 2016,
};
const WIDE: Paper = { title: 'Wide Residual Networks', url: 'https://arxiv.org/abs/1605.07146', year: 2016 };

/** ResNet, ResNeXt and wide ResNet. Layer names are torchvision's, and timm's. */
export default defineFamily<Settings>({
  name: 'resnet',
  title: 'ResNet',
  paper: RESNET,
  variants: [
    {
      name: 'resnet18',
      published: torchvision(11689512, 1.814, 69.758),
      settings: { block: 'basic', layers: [2, 2, 2, 2] },
    },
    {
      name: 'resnet34',
      published: torchvision(21797672, 3.664, 73.314),
      settings: { block: 'basic', layers: [3, 4, 6, 3] },
    },
    {
      name: 'resnet50',
      published: torchvision(25557032, 4.089, 76.13),
      settings: { block: 'bottleneck', layers: [3, 4, 6, 3] },
    },
    {
      name: 'resnet101',
      published: torchvision(44549160, 7.801, 77.374),
      settings: { block: 'bottleneck', layers: [3, 4, 23, 3] },
    },
    {
      name: 'resnet152',
      published: torchvision(60192808, 11.514, 78.312),
      settings: { block: 'bottleneck', layers: [3, 8, 36, 3] },
    },
    {
      name: 'resnext50-32x4d',
      aliases: ['resnext50_32x4d', 'resnext50'],
      paper: RESNEXT,
      published: torchvision(25028904, 4.23, 77.618),
      settings: { block: 'bottleneck', layers: [3, 4, 6, 3], groups: 32, groupWidth: 4 },
    },
    {
      name: 'resnext101-32x8d',
      aliases: ['resnext101_32x8d'],
      paper: RESNEXT,
      published: torchvision(88791336, 16.414, 79.312),
      settings: { block: 'bottleneck', layers: [3, 4, 23, 3], groups: 32, groupWidth: 8 },
    },
    {
      name: 'resnext101-64x4d',
      aliases: ['resnext101_64x4d'],
      paper: RESNEXT,
      published: torchvision(83455272, 15.46, 83.246),
      settings: { block: 'bottleneck', layers: [3, 4, 23, 3], groups: 64, groupWidth: 4 },
    },
    {
      name: 'wide-resnet50-2',
      aliases: ['wide_resnet50_2', 'wide-resnet50'],
      paper: WIDE,
      published: torchvision(68883240, 11.398, 78.468),
      settings: { block: 'bottleneck', layers: [3, 4, 6, 3], groupWidth: 128 },
    },
    {
      name: 'wide-resnet101-2',
      aliases: ['wide_resnet101_2', 'wide-resnet101'],
      paper: WIDE,
      published: torchvision(126886696, 22.753, 78.848),
      settings: { block: 'bottleneck', layers: [3, 4, 23, 3], groupWidth: 128 },
    },
  ],
  build(builder, input, { block, layers, groups = 1, groupWidth = 64 }, { classes }) {
    let x: Value = convNorm(builder, input, ['conv1', 'bn1', 'relu'], 64, 7, { stride: 2, activation: 'relu' });
    x = builder.add('maxPool', [x], { kernel: 3, stride: 2, padding: 1 }, { name: 'maxpool' });
    layers.forEach((count, stage) => {
      const planes = 64 << stage;
      for (let i = 0; i < count; i++) {
        const stride = stage > 0 && i === 0 ? 2 : 1;
        x = builder.scope(`layer${stage + 1}.${i}`, () =>
          block === 'basic'
            ? basic.apply(builder, x, { outChannels: planes, stride })
            : bottleneck.apply(builder, x, {
                outChannels: 4 * planes,
                width: Math.floor((planes * groupWidth) / 64) * groups,
                stride,
                groups,
              }),
        );
      }
    });
    return classifierHead(builder, x, classes, { linear: 'fc' });
  },
});
