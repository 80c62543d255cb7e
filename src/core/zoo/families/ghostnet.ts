import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { ghostModule } from '../blocks/ghost-module.js';
import { squeezeExcitation, TIMM_SE_NAMES } from '../blocks/squeeze-excitation.js';
import type { Paper } from '../define-block.js';
import { defineFamily } from '../define-family.js';
import { add, batchNorm, channelsOf, conv, convNorm, flatten, globalPool, linear, roundChannels } from '../layers.js';
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
      published: timm(5182508, 73.964, 'ghostnet_100.in1k'),
      settings: { width: 1 },
    },
    { name: 'ghostnet-0.5', aliases: ['ghostnet_050'], settings: { width: 0.5 } },
    { name: 'ghostnet-1.3', aliases: ['ghostnet_130'], settings: { width: 1.3 } },
    {
      name: 'ghostnet-v2',
      aliases: ['ghostnetv2_100'],
      paper: V2,
      published: timm(6156908, 75.36, 'ghostnetv2_100.in1k'),
      settings: { width: 1, attention: true },
    },
    {
      name: 'ghostnet-v2-1.3',
      aliases: ['ghostnetv2_130'],
      paper: V2,
      published: timm(8962432, 76.746, 'ghostnetv2_130.in1k'),
      settings: { width: 1.3, attention: true },
    },
    {
      name: 'ghostnet-v2-1.6',
      aliases: ['ghostnetv2_160'],
      paper: V2,
      published: timm(12386672, 77.836, 'ghostnetv2_160.in1k'),
      settings: { width: 1.6, attention: true },
    },
  ],
  build(builder, input, { width, attention = false }, { classes }) {
    const scaled = (channels: number) => roundChannels(channels * width, 4);
    const relu = { activation: 'relu' };
    let x = convNorm(builder, input, ['conv_stem', 'bn1', 'act1'], scaled(16), 3, { stride: 2, ...relu });
    let index = 0;
    STAGES.forEach((rows, stage) => {
      rows.forEach(([kernel, expanded, channels, squeeze, stride], i) => {
        const attend = attention && index++ > 1;
        x = builder.scope(`blocks.${stage}.${i}`, () =>
          bottleneck(builder, x, scaled(expanded), scaled(channels), kernel, stride, squeeze, attend),
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

function bottleneck(
  builder: GraphBuilder,
  input: Value,
  expanded: number,
  outChannels: number,
  kernel: number,
  stride: number,
  squeeze: boolean,
  attend: boolean,
): Value {
  let x = builder.scope('ghost1', () =>
    attend ? attendedModule(builder, input, expanded) : ghostModule(builder, input, { outChannels: expanded }),
  );
  if (stride > 1) x = convNorm(builder, x, ['conv_dw', 'bn_dw', ''], expanded, kernel, { stride, groups: expanded });
  if (squeeze) {
    const channels = roundChannels(expanded / 4, 4);
    const se = { channels, activation: 'relu', gate: 'hardSigmoid', names: TIMM_SE_NAMES };
    x = builder.scope('se', () => squeezeExcitation(builder, x, se));
  }
  x = builder.scope('ghost2', () => ghostModule(builder, x, { outChannels, activation: 'none' }));
  if (stride === 1 && channelsOf(input) === outChannels) return add(builder, x, input);
  const shortcut = builder.scope('shortcut', () => {
    const groups = channelsOf(input);
    const y = convNorm(builder, input, ['0', '1', ''], groups, kernel, { stride, groups });
    return convNorm(builder, y, ['2', '3', ''], outChannels, 1);
  });
  return add(builder, x, shortcut);
}

/** Ghost module times a gate of horizontal and vertical depthwise convolutions at half resolution (DFC attention). */
function attendedModule(builder: GraphBuilder, input: Value, outChannels: number): Value {
  const pooled = builder.add('avgPool', [input], { kernel: 2, stride: 2 }, { name: 'pool' });
  const attended = builder.scope('short_conv', () => {
    let x = convNorm(builder, pooled, ['0', '1', ''], outChannels, 1);
    x = batchNorm(builder, conv(builder, x, '2', outChannels, [1, 5], { groups: outChannels }), '3');
    return batchNorm(builder, conv(builder, x, '4', outChannels, [5, 1], { groups: outChannels }), '5');
  });
  const ghost = ghostModule(builder, input, { outChannels });
  const gate = builder.add('sigmoid', [attended], {}, { name: 'gate_fn' });
  const size = ghost.shape.slice(2);
  const enlarged = builder.add('resize', [gate], { size, mode: 'nearest' }, { name: 'interpolate' });
  return builder.add('mul', [ghost, enlarged], {}, { name: 'scale' });
}
