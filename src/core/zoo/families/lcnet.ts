import { squeezeExcitation, TIMM_SE_NAMES } from '../blocks/squeeze-excitation.js';
import { defineFamily } from '../define-family.js';
import { channelsOf, conv, convNorm, flatten, globalPool, linear, roundChannels, timmNorm } from '../parts/layers.js';
import { timmVariant } from '../timm-variant.js';

/** By stage: kernel, stride, channels, squeeze-and-excitation (paper, table 1). */
type Row = readonly [kernel: number, stride: number, channels: number, squeeze?: boolean];

const STAGES: readonly (readonly Row[])[] = [
  [[3, 1, 32]],
  [
    [3, 2, 64],
    [3, 1, 64],
  ],
  [
    [3, 2, 128],
    [3, 1, 128],
  ],
  [
    [3, 2, 256],
    [5, 1, 256],
  ],
  [
    [5, 1, 256],
    [5, 1, 256],
    [5, 1, 256],
    [5, 1, 256],
  ],
  [
    [5, 2, 512, true],
    [5, 1, 512, true],
  ],
];

const HARD_SWISH = { activation: 'hardSwish' } as const;

/** PP-LCNet: MobileNetV1's blocks with hard swish, for processors. Settings: width. Layer names are timm's. */
export default defineFamily<number>({
  name: 'lcnet',
  title: 'PP-LCNet',
  paper: {
    title: 'PP-LCNet: A Lightweight CPU Convolutional Neural Network',
    url: 'https://arxiv.org/abs/2109.15099',
    year: 2021,
  },
  variants: [
    timmVariant('lcnet_100', 1),
    timmVariant('lcnet_035', 0.35),
    timmVariant('lcnet_050', 0.5),
    timmVariant('lcnet_075', 0.75),
    timmVariant('lcnet_150', 1.5),
  ],
  build(builder, input, width, { classes }) {
    let x = conv(builder, input, 'conv_stem', roundChannels(16 * width), 3, { stride: 2 });
    x = timmNorm(builder, x, 'hardSwish', 'bn1');
    STAGES.forEach((rows, stage) => {
      rows.forEach(([kernel, stride, channels, squeeze], i) => {
        builder.scope(`blocks.${stage}.${i}`, () => {
          const groups = channelsOf(x);
          const options = { stride, groups, ...HARD_SWISH };
          x = convNorm(builder, x, ['conv_dw', 'bn1', 'act1'], groups, kernel, options);
          if (squeeze) {
            const se = { channels: Math.round(groups / 4), activation: 'relu', gate: 'hardSigmoid' } as const;
            x = builder.scope('se', () => squeezeExcitation(builder, x, { ...se, names: TIMM_SE_NAMES }));
          }
          x = convNorm(builder, x, ['conv_pw', 'bn2', 'act2'], roundChannels(channels * width), 1, HARD_SWISH);
        });
      });
    });
    x = conv(builder, globalPool(builder, x, 'global_pool'), 'conv_head', 1280, 1, { bias: true });
    x = builder.add('hardSwish', [x], {}, { name: 'act2' });
    return linear(builder, flatten(builder, x), 'classifier', classes);
  },
});
