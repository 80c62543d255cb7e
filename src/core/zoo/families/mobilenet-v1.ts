import { defineFamily, type Published } from '../define-family.js';
import { channelsOf, classifierHead, convNorm, roundChannels } from '../parts/layers.js';

/** [output channels, stride] of the thirteen depthwise separable layers, by stage. */
const STAGES: readonly (readonly (readonly [number, number])[])[] = [
  [[64, 1]],
  [
    [128, 2],
    [128, 1],
  ],
  [
    [256, 2],
    [256, 1],
  ],
  [[512, 2], ...Array.from({ length: 5 }, () => [512, 1] as const)],
  [
    [1024, 2],
    [1024, 1],
  ],
];

const paper = (millions: number, madds: number, top1: number): Published => ({
  params: millions * 1e6,
  madds: madds * 1e6,
  top1,
  source: 'paper, table 6',
});

/** MobileNet: depthwise separable convolutions. Layer names are timm's. */
export default defineFamily<number>({
  name: 'mobilenet-v1',
  title: 'MobileNet V1',
  paper: {
    title: 'MobileNets: Efficient Convolutional Neural Networks for Mobile Vision Applications',
    url: 'https://arxiv.org/abs/1704.04861',
    year: 2017,
  },
  variants: [
    { name: 'mobilenet-v1', aliases: ['mobilenetv1_100', 'mobilenet'], published: paper(4.2, 569, 70.6), settings: 1 },
    { name: 'mobilenet-v1-0.75', aliases: ['mobilenetv1_075'], published: paper(2.6, 325, 68.4), settings: 0.75 },
    { name: 'mobilenet-v1-0.5', aliases: ['mobilenetv1_050'], published: paper(1.3, 149, 63.7), settings: 0.5 },
    { name: 'mobilenet-v1-0.25', aliases: ['mobilenetv1_025'], published: paper(0.5, 41, 50.6), settings: 0.25 },
  ],
  build(builder, input, width, { classes }) {
    const relu6 = { activation: 'relu6' } as const;
    const stem = ['conv_stem', 'bn1', 'act1'] as const;
    let x = convNorm(builder, input, stem, roundChannels(32 * width), 3, { stride: 2, ...relu6 });
    STAGES.forEach((layers, stage) => {
      layers.forEach(([channels, stride], i) => {
        x = builder.scope(`blocks.${stage}.${i}`, () => {
          const groups = channelsOf(x);
          const y = convNorm(builder, x, ['conv_dw', 'bn1', 'act1'], groups, 3, { stride, groups, ...relu6 });
          return convNorm(builder, y, ['conv_pw', 'bn2', 'act2'], roundChannels(channels * width), 1, relu6);
        });
      });
    });
    return classifierHead(builder, x, classes, { pool: 'global_pool', linear: 'classifier' });
  },
});
