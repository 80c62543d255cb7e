import cspStage, { residualBlock } from '../blocks/csp-stage.js';
import type { Paper } from '../define-block.js';
import { defineFamily } from '../define-family.js';
import { CSPNET } from '../facts/papers.js';
import { timm } from '../facts/published.js';
import { classifierHead, timmConvNorm } from '../parts/layers.js';

interface Stage {
  readonly outChannels: number;
  readonly depth: number;
  readonly stride: number;
  readonly expandRatio?: number;
  readonly blockRatio?: number;
  readonly bottleRatio?: number;
}

interface Settings {
  /** Kernel, channels, and whether it has stride 2 and a 3x3 max pool of stride 2 after it. */
  readonly stem: readonly [kernel: number, channels: number, pool: boolean];
  readonly stages: readonly Stage[];
  /** DarkNet blocks (1x1, 3x3), and a downsampling convolution that widens. */
  readonly dark?: boolean;
  /** Without the split: plain DarkNet. */
  readonly plain?: boolean;
  readonly groups?: number;
}

const stages = (depths: readonly number[], channels: number, of: (stage: number) => Partial<Stage>): Stage[] =>
  depths.map((depth, i) => ({ depth, outChannels: channels << i, stride: 2, ...of(i) }));

const DARKNET: Paper = {
  title: 'YOLOv3: An Incremental Improvement',
  url: 'https://arxiv.org/abs/1804.02767',
  year: 2018,
};

/** Cross stage partial networks and the DarkNet they come from. Layer names are timm's. */
export default defineFamily<Settings>({
  name: 'cspnet',
  title: 'CSPNet',
  paper: CSPNET,
  variants: [
    {
      name: 'cspresnet50',
      aliases: ['cspresnet-50'],
      published: timm(21616168, 79.578, 'cspresnet50.ra_in1k'),
      resolution: 256,
      settings: {
        stem: [7, 64, true],
        stages: stages([3, 3, 5, 2], 128, (i) => ({ stride: i === 0 ? 1 : 2 })),
      },
    },
    {
      name: 'cspresnext50',
      published: timm(20.57e6, 80.548, 'cspresnext50.ra_in1k'),
      resolution: 256,
      settings: {
        stem: [7, 64, true],
        groups: 32,
        stages: stages([3, 3, 5, 2], 256, (i) => ({
          stride: i === 0 ? 1 : 2,
          expandRatio: 1,
          blockRatio: 0.5,
          bottleRatio: 1,
        })),
      },
    },
    {
      name: 'cspdarknet53',
      published: timm(27642184, 80.078, 'cspdarknet53.ra_in1k'),
      resolution: 256,
      settings: {
        stem: [3, 32, false],
        dark: true,
        stages: stages([1, 2, 8, 8, 4], 64, (i) =>
          i === 0 ? { expandRatio: 2 } : { expandRatio: 1, blockRatio: 0.5, bottleRatio: 1 },
        ),
      },
    },
    {
      name: 'darknet53',
      paper: DARKNET,
      published: timm(41609928, 80.008, 'darknet53.c2ns_in1k'),
      resolution: 256,
      settings: { stem: [3, 32, false], dark: true, plain: true, stages: stages([1, 2, 8, 8, 4], 64, () => ({})) },
    },
  ],
  build(builder, input, settings, { classes }) {
    const { stem, dark = false, plain = false, groups = 1 } = settings;
    const activation = 'leakyRelu';
    const [kernel, channels, pool] = stem;
    let x = builder.scope('stem', () => {
      const y = timmConvNorm(builder, input, 'conv1', channels, kernel, { stride: pool ? 2 : 1, activation });
      return pool ? builder.add('maxPool', [y], { kernel: 3, stride: 2, padding: 1 }, { name: 'pool' }) : y;
    });
    settings.stages.forEach((stage, i) => {
      x = builder.scope(`stages.${i}`, () => {
        if (!plain) {
          return cspStage.apply(builder, x, { ...stage, groups, dark, downGrowth: dark, crossLinear: !dark });
        }
        const { outChannels, stride } = stage;
        let y = timmConvNorm(builder, x, 'conv_down', outChannels, 3, { stride, activation });
        for (let block = 0; block < stage.depth; block++) {
          y = builder.scope(`blocks.${block}`, () =>
            residualBlock(builder, y, outChannels, outChannels >> 1, { groups, activation, dark }),
          );
        }
        return y;
      });
    });
    return builder.scope('head', () => classifierHead(builder, x, classes, { pool: 'global_pool', linear: 'fc' }));
  },
});
