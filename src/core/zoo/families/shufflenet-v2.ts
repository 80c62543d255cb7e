import unit from '../blocks/shufflenet-v2-unit.js';
import { defineFamily } from '../define-family.js';
import { SHUFFLENET_V2 } from '../facts/papers.js';
import { torchvision } from '../facts/published.js';
import { linear, sequentialConvNorm } from '../parts/layers.js';

/** Output channels of stages 2 to 4 and of conv5 (paper, table 5). */
type Settings = readonly [number, number, number, number];

const REPEATS = [4, 8, 4] as const;

/** ShuffleNetV2. Layer names are torchvision's. */
export default defineFamily<Settings>({
  name: 'shufflenet-v2',
  title: 'ShuffleNetV2',
  paper: SHUFFLENET_V2,
  variants: [
    {
      name: 'shufflenet-v2-x1.0',
      aliases: ['shufflenet_v2_x1_0', 'shufflenet-v2'],
      published: torchvision(2278604, 0.145, 69.362),
      settings: [116, 232, 464, 1024],
    },
    {
      name: 'shufflenet-v2-x0.5',
      aliases: ['shufflenet_v2_x0_5'],
      published: torchvision(1366792, 0.04, 60.552),
      settings: [48, 96, 192, 1024],
    },
    {
      name: 'shufflenet-v2-x1.5',
      aliases: ['shufflenet_v2_x1_5'],
      published: torchvision(3503624, 0.296, 72.996),
      settings: [176, 352, 704, 1024],
    },
    {
      name: 'shufflenet-v2-x2.0',
      aliases: ['shufflenet_v2_x2_0'],
      published: torchvision(7393996, 0.583, 76.23),
      settings: [244, 488, 976, 2048],
    },
  ],
  build(builder, input, settings, { classes }) {
    const relu = { activation: 'relu' } as const;
    let x = sequentialConvNorm(builder, input, 'conv1', 24, 3, { stride: 2, ...relu });
    x = builder.add('maxPool', [x], { kernel: 3, stride: 2, padding: 1 }, { name: 'maxpool' });
    REPEATS.forEach((count, stage) => {
      const outChannels = settings[stage] as number;
      for (let i = 0; i < count; i++) {
        x = builder.scope(`stage${stage + 2}.${i}`, () =>
          unit.apply(builder, x, { outChannels, stride: i === 0 ? 2 : 1 }),
        );
      }
    });
    x = sequentialConvNorm(builder, x, 'conv5', settings[3], 1, relu);
    x = builder.add('globalAvgPool', [x], { keepDims: false }, { name: 'mean' });
    return linear(builder, x, 'fc', classes);
  },
});
