import { ghostBottleneck } from '../blocks/ghost-bottleneck.js';
import type { Paper } from '../define-block.js';
import { defineFamily } from '../define-family.js';
import { conv, convNorm, flatten, globalPool, linear, roundChannels } from '../layers.js';
import { GHOSTNET } from '../papers.js';
import { timm } from '../published.js';

/** Kernel, expanded channels, output channels, squeeze-and-excitation, stride. */
type Row = readonly [number, number, number, boolean, number];

/** By stage (paper, table 7). */
const STAGES: readonly (readonly Row[])[] = [
  [[3, 16, 16, false, 1]],
  [[3, 48, 24, false, 2]],
  [[3, 72, 24, false, 1]],
  [[5, 72, 40, true, 2]],
  [[5, 120, 40, true, 1]],
  [[3, 240, 80, false, 2]],
  [
    [3, 200, 80, false, 1],
    [3, 184, 80, false, 1],
    [3, 184, 80, false, 1],
    [3, 480, 112, true, 1],
    [3, 672, 112, true, 1],
  ],
  [[5, 672, 160, true, 2]],
  [
    [5, 960, 160, false, 1],
    [5, 960, 160, true, 1],
    [5, 960, 160, false, 1],
    [5, 960, 160, true, 1],
  ],
];

interface Settings {
  readonly width: number;
  /** GhostNetV2: long-range attention on the first ghost module of all but the first two blocks. */
  readonly attention?: boolean;
}

const V2: Paper = {
  title: 'GhostNetV2: Enhance Cheap Operation with Long-Range Attention',
  url: 'https://arxiv.org/abs/2211.12905',
  year: 2022,
};

/** GhostNet: MobileNetV3's layout with ghost modules for the 1x1 convolutions. Layer names are timm's. */
export default defineFamily<Settings>({
  name: 'ghostnet',
  title: 'GhostNet',
  paper: GHOSTNET,
  variants: [
    {
      name: 'ghostnet',
      aliases: ['ghostnet_100'],
      published: timm(5182508, 73.958, 'ghostnet_100.in1k'),
      settings: { width: 1 },
    },
    {
      name: 'ghostnet-0.5',
      aliases: ['ghostnet_050'],
      published: { params: 2.6e6, madds: 42e6, top1: 66.2, source: 'paper, table 7' },
      settings: { width: 0.5 },
    },
    {
      name: 'ghostnet-1.3',
      aliases: ['ghostnet_130'],
      published: { params: 7.3e6, madds: 226e6, top1: 75.7, source: 'paper, table 7' },
      settings: { width: 1.3 },
    },
    {
      name: 'ghostnet-v2',
      aliases: ['ghostnetv2_100'],
      paper: V2,
      published: timm(6156908, 75.186, 'ghostnetv2_100.in1k'),
      settings: { width: 1, attention: true },
    },
    {
      name: 'ghostnet-v2-1.3',
      aliases: ['ghostnetv2_130'],
      paper: V2,
      published: timm(8.96e6, 76.746, 'ghostnetv2_130.in1k'),
      settings: { width: 1.3, attention: true },
    },
    {
      name: 'ghostnet-v2-1.6',
      aliases: ['ghostnetv2_160'],
      paper: V2,
      published: timm(12.39e6, 77.836, 'ghostnetv2_160.in1k'),
      settings: { width: 1.6, attention: true },
    },
  ],
  build(builder, input, { width, attention = false }, { classes }) {
    const scaled = (channels: number) => roundChannels(channels * width, 4);
    const relu = { activation: 'relu' } as const;
    let x = convNorm(builder, input, ['conv_stem', 'bn1', 'act1'], scaled(16), 3, { stride: 2, ...relu });
    let index = 0;
    STAGES.forEach((rows, stage) => {
      rows.forEach(([kernel, expanded, channels, squeeze, stride], i) => {
        const attend = attention && index++ > 1;
        x = builder.scope(`blocks.${stage}.${i}`, () =>
          ghostBottleneck(builder, x, {
            expandedChannels: scaled(expanded),
            outChannels: scaled(channels),
            kernel,
            stride,
            ...(squeeze ? { squeeze: roundChannels(scaled(expanded) / 4, 4) } : {}),
            attention: attend,
          }),
        );
      });
    });
    x = builder.scope(`blocks.${STAGES.length}.0`, () =>
      convNorm(builder, x, ['conv', 'bn1', 'act1'], scaled(960), 1, relu),
    );
    x = globalPool(builder, x, 'global_pool');
    x = conv(builder, x, 'conv_head', 1280, 1, { bias: true });
    x = builder.add('relu', [x], {}, { name: 'act2' });
    return linear(builder, flatten(builder, x), 'classifier', classes);
  },
});
