import { type InvertedResidualNaming, invertedResidual } from '../blocks/inverted-residual.js';
import { defineFamily, type Published } from '../define-family.js';
import { MOBILENET_V2 } from '../facts/papers.js';
import { torchvision } from '../facts/published.js';
import { channelsOf, classifierHead, roundChannels, sequentialConvNorm } from '../parts/layers.js';

/** Expansion, output channels, layers, stride of the first (paper, table 2). */
const STAGES = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

/** torchvision: expansion and depthwise part are modules, the projection's layers stand in the sequence itself. */
const NAMING: InvertedResidualNaming = {
  scope: 'conv',
  part: (index, projection) =>
    projection ? { names: [String(index), String(index + 1), ''] } : { scope: String(index), names: ['0', '1', '2'] },
};

const authors = (millions: number, madds: number, top1: number): Published => ({
  params: millions * 1e6,
  madds: madds * 1e6,
  top1,
  source: 'github.com/tensorflow/models, slim/nets/mobilenet',
});

/** MobileNetV2: inverted residuals. Layer names are torchvision's. */
export default defineFamily<number>({
  name: 'mobilenet-v2',
  title: 'MobileNet V2',
  paper: MOBILENET_V2,
  variants: [
    {
      name: 'mobilenet-v2',
      aliases: ['mobilenet_v2', 'mobilenetv2_100'],
      published: torchvision(3504872, 0.301, 71.878),
      settings: 1,
    },
    { name: 'mobilenet-v2-1.4', aliases: ['mobilenetv2_140'], published: authors(6.06, 582, 75), settings: 1.4 },
    { name: 'mobilenet-v2-0.75', aliases: ['mobilenetv2_075'], published: authors(2.61, 209, 69.8), settings: 0.75 },
    { name: 'mobilenet-v2-0.5', aliases: ['mobilenetv2_050'], published: authors(1.95, 97, 65.4), settings: 0.5 },
    { name: 'mobilenet-v2-0.35', aliases: ['mobilenetv2_035'], published: authors(1.66, 59, 60.3), settings: 0.35 },
  ],
  build(builder, input, width, { classes }) {
    const activation = 'relu6';
    const features = builder.scope('features', () => {
      let x = sequentialConvNorm(builder, input, '0', roundChannels(32 * width), 3, { stride: 2, activation });
      let index = 1;
      for (const [expansion, channels, layers, stride] of STAGES) {
        for (let i = 0; i < layers; i++) {
          x = builder.scope(String(index++), () =>
            invertedResidual(builder, x, {
              expanded: Math.round(channelsOf(x) * expansion),
              outChannels: roundChannels(channels * width),
              kernel: 3,
              stride: i === 0 ? stride : 1,
              activation,
              naming: NAMING,
            }),
          );
        }
      }
      return sequentialConvNorm(builder, x, '18', roundChannels(1280 * Math.max(1, width)), 1, { activation });
    });
    return classifierHead(builder, features, classes, { linear: 'classifier.1' });
  },
});
