import fusedInvertedResidual from '../blocks/fused-inverted-residual.js';
import { invertedResidual } from '../blocks/inverted-residual.js';
import { defineFamily } from '../define-family.js';
import { EFFICIENTNET_V2 } from '../facts/papers.js';
import { torchvision } from '../facts/published.js';
import { channelsOf, classifierHead, roundChannels, sequentialConvNorm } from '../parts/layers.js';

/** Fused, expansion, stride, output channels, layers (paper, table 4; all kernels 3x3). */
type Stage = readonly [fused: boolean, expansion: number, stride: number, channels: number, layers: number];

const SMALL: readonly Stage[] = [
  [true, 1, 1, 24, 2],
  [true, 4, 2, 48, 4],
  [true, 4, 2, 64, 4],
  [false, 4, 2, 128, 6],
  [false, 6, 1, 160, 9],
  [false, 6, 2, 256, 15],
];

const MEDIUM: readonly Stage[] = [
  [true, 1, 1, 24, 3],
  [true, 4, 2, 48, 5],
  [true, 4, 2, 80, 5],
  [false, 4, 2, 160, 7],
  [false, 6, 1, 176, 14],
  [false, 6, 2, 304, 18],
  [false, 6, 1, 512, 5],
];

const LARGE: readonly Stage[] = [
  [true, 1, 1, 32, 4],
  [true, 4, 2, 64, 7],
  [true, 4, 2, 96, 7],
  [false, 4, 2, 192, 10],
  [false, 6, 1, 224, 19],
  [false, 6, 2, 384, 25],
  [false, 6, 1, 640, 7],
];

const SWISH = { activation: 'silu' } as const;

/** EfficientNetV2: early stages fused. Layer names are torchvision's. */
export default defineFamily<readonly Stage[]>({
  name: 'efficientnet-v2',
  title: 'EfficientNetV2',
  paper: EFFICIENTNET_V2,
  variants: [
    {
      name: 'efficientnet-v2-s',
      aliases: ['efficientnet_v2_s', 'efficientnetv2_s'],
      resolution: 384,
      published: torchvision(21458488, 8.366, 84.228),
      settings: SMALL,
    },
    {
      name: 'efficientnet-v2-m',
      aliases: ['efficientnet_v2_m', 'efficientnetv2_m'],
      resolution: 480,
      published: torchvision(54139356, 24.582, 85.112),
      settings: MEDIUM,
    },
    {
      name: 'efficientnet-v2-l',
      aliases: ['efficientnet_v2_l', 'efficientnetv2_l'],
      resolution: 480,
      published: torchvision(118515272, 56.08, 85.808),
      settings: LARGE,
    },
  ],
  build(builder, input, stages, { classes }) {
    const features = builder.scope('features', () => {
      let x = sequentialConvNorm(builder, input, '0', (stages[0] as Stage)[3], 3, { stride: 2, ...SWISH });
      stages.forEach(([fused, expansion, firstStride, outChannels, layers], stage) => {
        for (let i = 0; i < layers; i++) {
          const inChannels = channelsOf(x);
          const expanded = roundChannels(inChannels * expansion);
          const stride = i === 0 ? firstStride : 1;
          const squeeze = { channels: Math.max(1, inChannels >> 2), gate: 'sigmoid' as const, ...SWISH };
          x = builder.scope(`${stage + 1}.${i}`, () =>
            fused
              ? fusedInvertedResidual.apply(builder, x, { outChannels, expandedChannels: expanded, stride })
              : invertedResidual(builder, x, { expanded, outChannels, kernel: 3, stride, squeeze, ...SWISH }),
          );
        }
      });
      return sequentialConvNorm(builder, x, String(stages.length + 1), 1280, 1, SWISH);
    });
    return classifierHead(builder, features, classes, { linear: 'classifier.1' });
  },
});
