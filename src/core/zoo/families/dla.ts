import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { defineFamily, type Published } from '../define-family.js';
import { timm } from '../facts/published.js';
import { add, channelsOf, concat, conv, convNorm, flatten, globalPool } from '../parts/layers.js';

interface Settings {
  /** Depths of the trees of levels 2 to 5. */
  readonly levels: readonly number[];
  /** Of levels 0 to 5. */
  readonly channels: readonly number[];
  readonly block: 'basic' | 'bottleneck';
  /** ResNeXt groups, with 4 of 64 channels each. */
  readonly groups?: number;
  /** A shortcut past each root. */
  readonly rootShortcut?: boolean;
}

const NARROW = [16, 32, 64, 64, 128, 256];
const WIDE = [16, 32, 128, 256, 512, 1024];

const variant = (name: string, published: Published, levels: readonly number[], rest: Omit<Settings, 'levels'>) => ({
  name,
  published,
  settings: { levels, ...rest },
});

/** Deep layer aggregation: trees of blocks whose roots aggregate all of their children. Layer names are timm's. */
export default defineFamily<Settings>({
  name: 'dla',
  title: 'DLA',
  paper: { title: 'Deep Layer Aggregation', url: 'https://arxiv.org/abs/1707.06484', year: 2017 },
  variants: [
    variant('dla34', timm(15742104, 74.632, 'dla34.in1k'), [1, 2, 2, 1], {
      channels: [16, 32, 64, 128, 256, 512],
      block: 'basic',
    }),
    variant('dla46_c', timm(1.3e6, 64.88, 'dla46_c.in1k'), [1, 2, 2, 1], { channels: NARROW, block: 'bottleneck' }),
    variant('dla46x_c', timm(1.07e6, 66.008, 'dla46x_c.in1k'), [1, 2, 2, 1], {
      channels: NARROW,
      block: 'bottleneck',
      groups: 32,
    }),
    variant('dla60', timm(22036632, 77.036, 'dla60.in1k'), [1, 2, 3, 1], { channels: WIDE, block: 'bottleneck' }),
    variant('dla60x', timm(17.35e6, 78.234, 'dla60x.in1k'), [1, 2, 3, 1], {
      channels: WIDE,
      block: 'bottleneck',
      groups: 32,
    }),
    variant('dla102', timm(33.27e6, 78.016, 'dla102.in1k'), [1, 3, 4, 1], {
      channels: WIDE,
      block: 'bottleneck',
      rootShortcut: true,
    }),
  ],
  build(builder, input, settings, { classes }) {
    const [base, first] = settings.channels as [number, number];
    const names = ['0', '1', '2'] as const;
    const relu = { activation: 'relu' } as const;
    let x = builder.scope('base_layer', () => convNorm(builder, input, names, base, 7, relu));
    x = builder.scope('level0', () => convNorm(builder, x, names, base, 3, relu));
    x = builder.scope('level1', () => convNorm(builder, x, names, first, 3, { stride: 2, ...relu }));
    settings.levels.forEach((depth, i) => {
      const outChannels = settings.channels[i + 2] as number;
      x = builder.scope(`level${i + 2}`, () => tree(builder, x, outChannels, depth, 2, settings, i > 0));
    });
    x = globalPool(builder, x, 'global_pool');
    return flatten(builder, conv(builder, x, 'fc', classes, 1, { bias: true }));
  },
});

/** `levelRoot`: the pooled input is a child of the last root, too. */
function tree(
  builder: GraphBuilder,
  input: Value,
  outChannels: number,
  depth: number,
  stride: number,
  settings: Settings,
  levelRoot: boolean,
  children: readonly Value[] = [],
): Value {
  // timm pools in every tree, also where the pooled value goes unused; the graph keeps what is used.
  const pool = () =>
    stride > 1 ? builder.add('maxPool', [input], { kernel: stride, stride }, { name: 'downsample' }) : input;
  const bottom = levelRoot || depth === 1 ? pool() : input;
  const all = levelRoot ? [...children, bottom] : children;
  if (depth > 1) {
    const left = builder.scope('tree1', () => tree(builder, input, outChannels, depth - 1, stride, settings, false));
    return builder.scope('tree2', () =>
      tree(builder, left, outChannels, depth - 1, 1, settings, false, [...all, left]),
    );
  }
  const shortcut =
    channelsOf(input) === outChannels
      ? bottom
      : builder.scope('project', () => convNorm(builder, bottom, ['0', '1', ''], outChannels, 1));
  const left = builder.scope('tree1', () => block(builder, input, outChannels, stride, shortcut, settings));
  const right = builder.scope('tree2', () => block(builder, left, outChannels, 1, left, settings));
  return builder.scope('root', () => {
    const joined = concat(builder, [right, left, ...all]);
    const x = convNorm(builder, joined, ['conv', 'bn', ''], outChannels, 1);
    const y = settings.rootShortcut ? add(builder, x, right) : x;
    return builder.add('relu', [y], {}, { name: 'relu' });
  });
}

function block(
  builder: GraphBuilder,
  input: Value,
  outChannels: number,
  stride: number,
  shortcut: Value,
  { block: kind, groups = 1 }: Settings,
): Value {
  const relu = { activation: 'relu' } as const;
  let x: Value;
  if (kind === 'basic') {
    x = convNorm(builder, input, ['conv1', 'bn1', 'relu'], outChannels, 3, { stride, ...relu });
    x = convNorm(builder, x, ['conv2', 'bn2', ''], outChannels, 3);
  } else {
    const inner = (groups === 1 ? outChannels : Math.floor(outChannels / 16) * groups) >> 1;
    x = convNorm(builder, input, ['conv1', 'bn1', 'relu'], inner, 1, relu);
    x = convNorm(builder, x, ['conv2', 'bn2', 'relu'], inner, 3, { stride, groups, ...relu });
    x = convNorm(builder, x, ['conv3', 'bn3', ''], outChannels, 1);
  }
  return builder.add('relu', [add(builder, x, shortcut)], {}, { name: 'relu' });
}
