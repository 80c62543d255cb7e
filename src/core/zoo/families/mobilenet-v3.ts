import { invertedResidual } from '../blocks/inverted-residual.js';
import { defineFamily } from '../define-family.js';
import { torchvision } from '../facts/published.js';
import { channelsOf, flatten, globalPool, linear, roundChannels, sequentialConvNorm } from '../parts/layers.js';

/** Kernel, expanded channels, output channels, squeeze-and-excitation, activation, stride (paper, tables 1 and 2). */
type Row = readonly [number, number, number, boolean, 'relu' | 'hardSwish', number];

interface Settings {
  readonly rows: readonly Row[];
  /** Features of the classifier's first layer. */
  readonly head: number;
}

const LARGE: readonly Row[] = [
  [3, 16, 16, false, 'relu', 1],
  [3, 64, 24, false, 'relu', 2],
  [3, 72, 24, false, 'relu', 1],
  [5, 72, 40, true, 'relu', 2],
  [5, 120, 40, true, 'relu', 1],
  [5, 120, 40, true, 'relu', 1],
  [3, 240, 80, false, 'hardSwish', 2],
  [3, 200, 80, false, 'hardSwish', 1],
  [3, 184, 80, false, 'hardSwish', 1],
  [3, 184, 80, false, 'hardSwish', 1],
  [3, 480, 112, true, 'hardSwish', 1],
  [3, 672, 112, true, 'hardSwish', 1],
  [5, 672, 160, true, 'hardSwish', 2],
  [5, 960, 160, true, 'hardSwish', 1],
  [5, 960, 160, true, 'hardSwish', 1],
];

const SMALL: readonly Row[] = [
  [3, 16, 16, true, 'relu', 2],
  [3, 72, 24, false, 'relu', 2],
  [3, 88, 24, false, 'relu', 1],
  [5, 96, 40, true, 'hardSwish', 2],
  [5, 240, 40, true, 'hardSwish', 1],
  [5, 240, 40, true, 'hardSwish', 1],
  [5, 120, 48, true, 'hardSwish', 1],
  [5, 144, 48, true, 'hardSwish', 1],
  [5, 288, 96, true, 'hardSwish', 2],
  [5, 576, 96, true, 'hardSwish', 1],
  [5, 576, 96, true, 'hardSwish', 1],
];

/** MobileNetV3. Layer names are torchvision's. */
export default defineFamily<Settings>({
  name: 'mobilenet-v3',
  title: 'MobileNet V3',
  paper: { title: 'Searching for MobileNetV3', url: 'https://arxiv.org/abs/1905.02244', year: 2019 },
  variants: [
    {
      name: 'mobilenet-v3-large',
      aliases: ['mobilenet_v3_large', 'mobilenetv3_large_100', 'mobilenet-v3'],
      published: torchvision(5483032, 0.217, 74.042),
      settings: { rows: LARGE, head: 1280 },
    },
    {
      name: 'mobilenet-v3-small',
      aliases: ['mobilenet_v3_small', 'mobilenetv3_small_100'],
      published: torchvision(2542856, 0.057, 67.668),
      settings: { rows: SMALL, head: 1024 },
    },
  ],
  build(builder, input, { rows, head }, { classes }) {
    const hardSwish = { activation: 'hardSwish' } as const;
    let x = builder.scope('features', () => {
      let y = sequentialConvNorm(builder, input, '0', 16, 3, { stride: 2, ...hardSwish });
      rows.forEach(([kernel, expanded, outChannels, squeeze, activation, stride], i) => {
        const se = {
          channels: roundChannels(Math.floor(expanded / 4)),
          activation: 'relu',
          gate: 'hardSigmoid',
        } as const;
        y = builder.scope(String(i + 1), () =>
          invertedResidual(builder, y, {
            expanded,
            outChannels,
            kernel,
            stride,
            activation,
            ...(squeeze ? { squeeze: se } : {}),
          }),
        );
      });
      return sequentialConvNorm(builder, y, String(rows.length + 1), 6 * channelsOf(y), 1, hardSwish);
    });
    x = flatten(builder, globalPool(builder, x));
    return builder.scope('classifier', () => {
      x = linear(builder, x, '0', head);
      x = builder.add('hardSwish', [x], {}, { name: '1' });
      return linear(builder, x, '3', classes);
    });
  },
});
