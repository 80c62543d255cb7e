import type { FromSchema } from 'json-schema-to-ts';
import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { squeezeExcitation } from '../blocks/squeeze-excitation.js';
import { type CommonOptions, defineFamily, type FamilyStep, type Published } from '../define-family.js';
import { timm, torchvision } from '../facts/published.js';
import { add, channelsOf, classifierHead, roundHalfEven, sequentialConvNorm, timmConvNorm } from '../parts/layers.js';
import { type RegNetSettings, type RegNetStage, stagesOf } from '../parts/regnet-widths.js';

const options = {
  type: 'object',
  properties: {
    naming: { enum: ['torchvision', 'timm'], description: 'Whose layer names; timm also runs the shortcut last.' },
  },
  additionalProperties: false,
} as const;

type Options = Required<FromSchema<typeof options>>;

type Numbers = readonly [depth: number, initial: number, slope: number, multiplier: number, groupWidth: number];

/** A model of torchvision, and timm's of the same architecture. */
const both = (name: string, timmName: string, numbers: Numbers, squeeze: boolean, published: Published) => ({
  name: `regnet-${name.replaceAll('_', '-')}`,
  aliases: [`regnet_${name}`, { name: timmName, options: { naming: 'timm' as const } }],
  published,
  settings: settings(numbers, squeeze, 'near'),
  options: { naming: 'torchvision' as const },
});

/** A model that timm alone has, or whose widths it rounds differently. */
const timmOnly = (name: string, numbers: Numbers, squeeze: boolean, published: Published) => ({
  name,
  published,
  settings: settings(numbers, squeeze, 'nearest'),
  options: { naming: 'timm' as const },
});

const settings = (
  [depth, initial, slope, multiplier, groupWidth]: Numbers,
  squeeze: boolean,
  rounding: 'near' | 'nearest',
) => ({
  depth,
  initial,
  slope,
  multiplier,
  groupWidth,
  squeeze,
  rounding,
});

/** RegNetX, and RegNetY with squeeze-and-excitation. */
export default defineFamily<RegNetSettings & { readonly squeeze: boolean }, Options>({
  name: 'regnet',
  title: 'RegNet',
  paper: { title: 'Designing Network Design Spaces', url: 'https://arxiv.org/abs/2003.13678', year: 2020 },
  options,
  variants: [
    both('x_400mf', 'regnetx_004_tv', [22, 24, 24.48, 2.54, 16], false, torchvision(5495976, 0.414, 72.834)),
    both('x_800mf', 'regnetx_008', [16, 56, 35.73, 2.28, 16], false, torchvision(7259656, 0.8, 75.212)),
    both('x_1_6gf', 'regnetx_016', [18, 80, 34.01, 2.25, 24], false, torchvision(9190136, 1.603, 77.04)),
    both('x_3_2gf', 'regnetx_032', [25, 88, 26.31, 2.25, 48], false, torchvision(15296552, 3.177, 78.364)),
    both('x_8gf', 'regnetx_080', [23, 80, 49.56, 2.88, 120], false, torchvision(39572648, 7.995, 79.344)),
    both('x_16gf', 'regnetx_160', [22, 216, 55.59, 2.1, 128], false, torchvision(54278536, 15.941, 80.058)),
    both('x_32gf', 'regnetx_320', [23, 320, 69.86, 2.0, 168], false, torchvision(107811560, 31.736, 80.622)),
    both('y_400mf', 'regnety_004', [16, 48, 27.89, 2.09, 8], true, torchvision(4344144, 0.402, 74.046)),
    both('y_800mf', 'regnety_008_tv', [14, 56, 38.84, 2.4, 16], true, torchvision(6432512, 0.834, 76.42)),
    both('y_1_6gf', 'regnety_016', [27, 48, 20.71, 2.65, 24], true, torchvision(11202430, 1.612, 77.95)),
    both('y_3_2gf', 'regnety_032', [21, 80, 42.63, 2.66, 24], true, torchvision(19436338, 3.176, 78.948)),
    both('y_8gf', 'regnety_080_tv', [17, 192, 76.82, 2.19, 56], true, torchvision(39381472, 8.473, 80.032)),
    both('y_16gf', 'regnety_160', [18, 200, 106.23, 2.48, 112], true, torchvision(83590140, 15.912, 80.424)),
    both('y_32gf', 'regnety_320', [20, 232, 115.89, 2.53, 232], true, torchvision(145046770, 32.28, 80.878)),
    both(
      'y_128gf',
      'regnety_1280',
      [27, 456, 160.83, 2.52, 264],
      true,
      torchvision(644812894, 127.518, 86.068, 'IMAGENET1K_SWAG_LINEAR_V1'),
    ),
    timmOnly('regnetx_002', [13, 24, 36.44, 2.49, 8], false, timm(2684792, 68.758, 'regnetx_002.pycls_in1k')),
    timmOnly('regnetx_004', [22, 24, 24.48, 2.54, 16], false, timm(5157512, 72.482, 'regnetx_004.pycls_in1k')),
    timmOnly('regnetx_006', [16, 48, 36.97, 2.24, 24], false, timm(6196040, 73.904, 'regnetx_006.pycls_in1k')),
    timmOnly('regnetx_040', [23, 96, 38.65, 2.43, 40], false, timm(22118248, 78.486, 'regnetx_040.pycls_in1k')),
    timmOnly('regnetx_064', [17, 184, 60.83, 2.07, 56], false, timm(26209256, 79.062, 'regnetx_064.pycls_in1k')),
    timmOnly('regnetx_120', [19, 168, 73.36, 2.37, 112], false, timm(46106056, 79.608, 'regnetx_120.pycls_in1k')),
    timmOnly('regnety_002', [13, 24, 36.44, 2.49, 8], true, timm(3162996, 70.288, 'regnety_002.pycls_in1k')),
    timmOnly('regnety_006', [15, 48, 32.54, 2.32, 16], true, timm(6055160, 75.274, 'regnety_006.pycls_in1k')),
    timmOnly('regnety_008', [14, 56, 38.84, 2.4, 16], true, timm(6263168, 76.334, 'regnety_008.pycls_in1k')),
    timmOnly('regnety_040', [22, 96, 31.41, 2.24, 64], true, timm(20646656)),
    timmOnly('regnety_064', [25, 112, 33.22, 2.27, 72], true, timm(30583252)),
    timmOnly('regnety_080', [17, 192, 76.82, 2.19, 56], true, timm(39180068)),
    timmOnly('regnety_120', [19, 168, 73.36, 2.37, 112], true, timm(51822544)),
  ],
  steps: (options) => {
    const { stem, head, blockOf } = stepsOf(options);
    return (variant, take) => {
      take(stem, 1);
      for (const stage of stagesOf(variant)) {
        take(blockOf(stage, 2, variant.squeeze), 1);
        take(blockOf(stage, 1, variant.squeeze), stage.depth - 1);
      }
      take(head, 1);
    };
  },
  build(builder, input, variant, options) {
    const { stem, head, blockOf } = stepsOf(options);
    const inTimm = options.naming === 'timm';
    let x = stem.build(builder, input);
    stagesOf(variant).forEach((stage, i) => {
      for (let layer = 0; layer < stage.depth; layer++) {
        const scope = inTimm ? `s${i + 1}.b${layer + 1}` : `trunk_output.block${i + 1}.block${i + 1}-${layer}`;
        const block = blockOf(stage, layer === 0 ? 2 : 1, variant.squeeze);
        x = builder.scope(scope, () => block.build(builder, x));
      }
    });
    return inTimm ? builder.scope('head', () => head.build(builder, x)) : head.build(builder, x);
  },
});

/** The pieces that RegNets of certain options are made of; each block made once. */
function stepsOf({ naming, classes }: Options & CommonOptions) {
  const inTimm = naming === 'timm';
  const convNorm = inTimm ? timmConvNorm : sequentialConvNorm;
  const block = inTimm ? timmBlock : torchvisionBlock;
  const blocks = new Map<number, Map<number, FamilyStep>>();
  const stem: FamilyStep = {
    key: `${naming}:stem`,
    build: (builder, x) => convNorm(builder, x, 'stem', 32, 3, { stride: 2, activation: 'relu' }),
  };
  const head: FamilyStep = {
    key: `${naming}:head:${classes}`,
    build: (builder, x) =>
      classifierHead(builder, x, classes, { linear: 'fc', ...(inTimm ? { pool: 'global_pool' } : {}) }),
  };
  const blockOf = (stage: RegNetStage, stride: 1 | 2, squeeze: boolean): FamilyStep => {
    const { width, groups } = stage;
    const ofWidth = blocks.get(width) ?? new Map<number, FamilyStep>();
    const at = 4 * groups + 2 * (stride - 1) + Number(squeeze);
    const known = ofWidth.get(at);
    if (known !== undefined) return known;
    const made: FamilyStep = {
      key: `${naming}:${width}:${groups}:${stride}:${squeeze}`,
      build: (builder, x) => block(builder, x, stage, stride, squeeze),
    };
    blocks.set(width, ofWidth.set(at, made));
    return made;
  };
  return { stem, head, blockOf };
}

/** A quarter of the block's input channels. */
const squeezeChannels = (input: Value) => roundHalfEven(channelsOf(input) / 4);

function torchvisionBlock(
  builder: GraphBuilder,
  input: Value,
  stage: RegNetStage,
  stride: number,
  squeeze: boolean,
): Value {
  const { width, groups } = stage;
  const relu = { activation: 'relu' } as const;
  const projects = stride !== 1 || channelsOf(input) !== width;
  const shortcut = projects ? sequentialConvNorm(builder, input, 'proj', width, 1, { stride }) : input;
  const body = builder.scope('f', () => {
    let x = sequentialConvNorm(builder, input, 'a', width, 1, relu);
    x = sequentialConvNorm(builder, x, 'b', width, 3, { stride, groups, ...relu });
    if (squeeze) {
      const channels = squeezeChannels(input);
      x = builder.scope('se', () => squeezeExcitation(builder, x, { channels, gate: 'sigmoid' as const, ...relu }));
    }
    return sequentialConvNorm(builder, x, 'c', width, 1);
  });
  return builder.add('relu', [add(builder, shortcut, body)], {}, { name: 'activation' });
}

const TIMM_SE = ['mean', 'fc1', 'act', 'fc2', 'gate'] as const;

function timmBlock(builder: GraphBuilder, input: Value, stage: RegNetStage, stride: number, squeeze: boolean): Value {
  const { width, groups } = stage;
  const relu = { activation: 'relu' } as const;
  let x = timmConvNorm(builder, input, 'conv1', width, 1, relu);
  x = timmConvNorm(builder, x, 'conv2', width, 3, { stride, groups, ...relu });
  if (squeeze) {
    const se = { channels: squeezeChannels(input), gate: 'sigmoid' as const, names: TIMM_SE, ...relu };
    x = builder.scope('se', () => squeezeExcitation(builder, x, se));
  }
  x = timmConvNorm(builder, x, 'conv3', width, 1);
  const projects = stride !== 1 || channelsOf(input) !== width;
  const shortcut = projects ? timmConvNorm(builder, input, 'downsample', width, 1, { stride }) : input;
  return builder.add('relu', [add(builder, x, shortcut)], {}, { name: 'act3' });
}
