import type { Shape } from '../ir/tensor.js';
import type { BlockStep } from './build-block.js';

/** One configuration: a stack of blocks. */
export interface MatchedArm {
  readonly name: string;
  /** [C, H, W]. */
  readonly input: Shape;
  readonly steps: readonly BlockStep[];
}

/** Configurations that are compared with each other. */
export interface MatchedGroup {
  readonly id: string;
  readonly title: string;
  /** What the configurations have in common, and what to keep in mind when reading the figures. */
  readonly note: string;
  readonly arms: readonly MatchedArm[];
}

const step = (block: string, options: Readonly<Record<string, unknown>>, repeat = 1): BlockStep =>
  repeat === 1 ? { block, options } : { block, options, repeat };

const osa = (width: number, outChannels: number, extra = {}) =>
  step('osa', { layers: 5, width, outChannels, ...extra });
const dense = (growth: number, layers: number, transition: number, bottleneck = 4) =>
  step('dense', { layers, growth, bottleneck, transition });
const bottleneck = (outChannels: number, width: number, repeat = 1) =>
  step('bottleneck', { outChannels, width }, repeat);
const basic = (outChannels: number, repeat = 1) => step('basic', { outChannels }, repeat);
const conv = (outChannels: number, kernel: number, repeat = 1) =>
  step('conv-norm-act', { outChannels, kernel }, repeat);

const arms = (input: Shape, list: Readonly<Record<string, readonly BlockStep[]>>): MatchedArm[] =>
  Object.entries(list).map(([name, steps]) => ({ name, input, steps }));

/** ShuffleNetV2's G1: ten pairs of convolutions c1→c2→c1, multiply-adds kept. */
const ratios = (kernel: number): MatchedArm[] =>
  [
    [128, 128],
    [90, 180],
    [52, 312],
    [36, 432],
  ].map(([narrow, wide]) => ({
    name: `${kernel}x${kernel} ${narrow}:${wide}`,
    input: [narrow as number, 56, 56],
    steps: Array.from({ length: 10 }, () => [conv(wide as number, kernel), conv(narrow as number, kernel)]).flat(),
  }));

/**
 * The block comparison of `archmeter blocks`: configurations that do the same at (nearly) equal weights, or that real
 * networks use at the same place. Transitions keep the image size so that weights and multiply-adds are in proportion.
 */
export const MATCHED_BLOCKS: readonly MatchedGroup[] = [
  {
    id: 'A',
    title: '56x56, 256 to 256 channels',
    note: 'Budget: the 1.114 M weights of an OSA module of 5x128.',
    arms: arms([256, 56, 56], {
      'OSA 5x128 ->256': [osa(128, 256)],
      'ResNet bottleneck 256/64 x16': [bottleneck(256, 64, 16)],
      'ResNet bottleneck 256/128 x4 (208,896 each)': [bottleneck(256, 128, 4)],
      'ResNet basic 256 x1': [basic(256)],
      'Dense-B k=32 n=11 trans->256': [dense(32, 11, 256)],
      'Dense-B k=32 n=10 trans->256': [dense(32, 10, 256)],
      'Dense (no bott) k=32 n=9 trans->256': [dense(32, 9, 256, 0)],
      'OSA 5x128 + 1x1 half bottleneck': [osa(128, 256, { bottleneck: 0.5 })],
      'plain 3x3 256 x2': [conv(256, 3, 2)],
    }),
  },
  {
    id: 'B',
    title: '28x28, 256 to 512 channels',
    note: 'Stage 3 of VoVNet-39; the basic block has twice the weights.',
    arms: arms([256, 28, 28], {
      'OSA 5x160 ->512 (VoVNet-39 stage3)': [osa(160, 512)],
      'Dense-B k=32 n=14 ->512': [dense(32, 14, 512)],
      'Dense-B k=32 n=13 ->512': [dense(32, 13, 512)],
      'Dense(no bott) k=32 n=12 ->512': [dense(32, 12, 512, 0)],
      'ResNet bott: 1x1 proj 256->512 + 512/128 x6': [bottleneck(512, 128, 6)],
      'ResNet basic proj + 256->512,512': [basic(512)],
    }),
  },
  {
    id: 'C',
    title: '28x28, 128 to 256 channels',
    note: 'Stage 3 of VoVNet-27-slim.',
    arms: arms([128, 28, 28], {
      'OSA 5x80 ->256': [osa(80, 256)],
      'OSA 5x80 ->256 + half bottleneck': [osa(80, 256, { bottleneck: 0.5 })],
      'Dense-B k=16 n=12 ->256': [dense(16, 12, 256)],
      'Dense-B k=32 n=5 ->256': [dense(32, 5, 256)],
      'Dense-B k=32 n=6 ->256': [dense(32, 6, 256)],
      'Dense(no bott) k=20 n=10': [dense(20, 10, 256, 0)],
    }),
  },
  {
    id: 'D',
    title: '56x56, first stages of real networks',
    note: 'Not matched: what each network does first at this resolution.',
    arms: [
      ...arms([64, 56, 56], {
        'DenseNet-121 block1 (6 layers k32)+trans128': [dense(32, 6, 128)],
        'DenseNet-201/169 block1 same': [dense(32, 6, 128)],
      }),
      ...arms([96, 56, 56], { 'DenseNet-161 block1 k48 96-> trans192': [dense(48, 6, 192)] }),
      ...arms([64, 56, 56], {
        'ResNet-50 layer1': [bottleneck(256, 64, 3)],
        'ResNet-18 layer1': [basic(64, 2)],
      }),
      ...arms([128, 56, 56], {
        'VoVNet-27-slim stage2': [osa(64, 128)],
        'VoVNet-39 stage2': [osa(128, 256)],
      }),
    ],
  },
  {
    id: 'E',
    title: '56x56, ratio of input to output channels, 1x1',
    note: 'ShuffleNetV2 (arXiv 1807.11164) G1, table 1: ten pairs c1 to c2 to c1 at equal multiply-adds.',
    arms: ratios(1),
  },
  {
    id: 'E2',
    title: '56x56, ratio of input to output channels, 3x3',
    note: 'The same with 3x3 convolutions.',
    arms: ratios(3),
  },
];
