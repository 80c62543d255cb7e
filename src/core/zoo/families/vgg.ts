import { defineFamily, type Published } from '../define-family.js';
import { torchvision } from '../facts/published.js';
import { batchNorm, conv, flatten, linear } from '../parts/layers.js';

interface Settings {
  /** Convolutions at each of the five resolutions. */
  readonly depths: readonly number[];
  readonly batchNorm: boolean;
}

const pair = (depth: number, depths: readonly number[], plain: Published, normalized: Published) => [
  { name: `vgg${depth}`, published: plain, settings: { depths, batchNorm: false } },
  { name: `vgg${depth}-bn`, aliases: [`vgg${depth}_bn`], published: normalized, settings: { depths, batchNorm: true } },
];

/** VGG. Layer names are torchvision's. */
export default defineFamily<Settings>({
  name: 'vgg',
  title: 'VGG',
  paper: {
    title: 'Very Deep Convolutional Networks for Large-Scale Image Recognition',
    url: 'https://arxiv.org/abs/1409.1556',
    year: 2014,
  },
  variants: [
    ...pair(11, [1, 1, 2, 2, 2], torchvision(132863336, 7.609, 69.02), torchvision(132868840, 7.609, 70.37)),
    ...pair(13, [2, 2, 2, 2, 2], torchvision(133047848, 11.308, 69.928), torchvision(133053736, 11.308, 71.586)),
    ...pair(16, [2, 2, 3, 3, 3], torchvision(138357544, 15.47, 71.592), torchvision(138365992, 15.47, 73.36)),
    ...pair(19, [2, 2, 4, 4, 4], torchvision(143667240, 19.632, 72.376), torchvision(143678248, 19.632, 74.218)),
  ],
  build(builder, input, { depths, batchNorm: normalized }, { classes }) {
    let x = builder.scope('features', () => {
      let y = input;
      let index = 0;
      depths.forEach((depth, stage) => {
        for (let i = 0; i < depth; i++) {
          y = conv(builder, y, String(index++), 64 << Math.min(stage, 3), 3, { bias: true });
          if (normalized) y = batchNorm(builder, y, String(index++));
          y = builder.add('relu', [y], {}, { name: String(index++) });
        }
        y = builder.add('maxPool', [y], { kernel: 2, stride: 2 }, { name: String(index++) });
      });
      return y;
    });
    x = flatten(builder, builder.add('adaptiveAvgPool', [x], { outputSize: 7 }, { name: 'avgpool' }));
    return builder.scope('classifier', () => {
      x = builder.add('relu', [linear(builder, x, '0', 4096)], {}, { name: '1' });
      x = builder.add('relu', [linear(builder, x, '3', 4096)], {}, { name: '4' });
      return linear(builder, x, '6', classes);
    });
  },
});
