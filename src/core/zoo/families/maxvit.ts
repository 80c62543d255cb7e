import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { squeezeExcitation } from '../blocks/squeeze-excitation.js';
import { defineFamily } from '../define-family.js';
import { channelsFirstNorm } from '../parts/channels-first-norm.js';
import { add, batchNorm, channelsOf, conv, flatten, globalPool, linear } from '../parts/layers.js';
import { channelsFirst, channelsLast } from '../parts/layout.js';
import { timmVariant } from '../timm-variant.js';

interface Settings {
  readonly channels: number;
  readonly depths: readonly number[];
  readonly stem: number;
}

/** Features of an attention head. */
const HEAD = 32;

const variant = (name: string, resolution: number, channels: number, depths: readonly number[], stem: number) =>
  timmVariant<Settings, object>(`maxvit_${name}_tf_${resolution}`, { channels, depths, stem }, { resolution });

/** MaxViT as its authors publish it: windows and grids of 1/32 of the image. Layer names are timm's. */
export default defineFamily<Settings>({
  name: 'maxvit',
  title: 'MaxViT',
  paper: {
    title: 'MaxViT: Multi-Axis Vision Transformer',
    url: 'https://arxiv.org/abs/2204.01697',
    year: 2022,
  },
  variants: [
    variant('tiny', 224, 64, [2, 2, 5, 2], 64),
    variant('small', 224, 96, [2, 2, 5, 2], 64),
    variant('base', 224, 96, [2, 6, 14, 2], 64),
    variant('large', 224, 128, [2, 6, 14, 2], 128),
    variant('xlarge', 512, 192, [2, 6, 14, 2], 192),
  ],
  build(builder, input, { channels, depths, stem }, { classes }) {
    const window = (input.shape.slice(2) as [number, number]).map((side) => Math.floor(side / 32)) as [number, number];
    let x = builder.scope('stem', () => {
      const options = { padding: 'same', bias: true } as const;
      const y = normGelu(builder, conv(builder, input, 'conv1', stem, 3, { stride: 2, ...options }), 'norm1');
      return conv(builder, y, 'conv2', stem, 3, options);
    });
    depths.forEach((depth, stage) => {
      for (let i = 0; i < depth; i++) {
        builder.scope(`stages.${stage}.blocks.${i}`, () => {
          x = builder.scope('conv', () => mbConv(builder, x, channels << stage, i === 0 ? 2 : 1));
          x = channelsLast(builder, x);
          x = builder.scope('attn_block', () => partitioned(builder, x, window, 'block'));
          x = builder.scope('attn_grid', () => partitioned(builder, x, window, 'grid'));
          x = channelsFirst(builder, x);
        });
      }
    });
    return builder.scope('head', () => {
      const pooled = flatten(builder, channelsFirstNorm(builder, globalPool(builder, x, 'global_pool'), 'norm'));
      const hidden = linear(builder, pooled, 'pre_logits.fc', channelsOf(pooled));
      return linear(builder, builder.add('tanh', [hidden], {}, { name: 'act' }), 'fc', classes);
    });
  },
});

function gelu(builder: GraphBuilder, input: Value, name: string): Value {
  return builder.add('gelu', [input], { approximate: 'tanh' }, { name });
}

function normGelu(builder: GraphBuilder, input: Value, name: string): Value {
  return builder.scope(name, () => gelu(builder, batchNorm(builder, input, 'bn'), 'act'));
}

/** Pre-norm inverted residual with squeeze-and-excitation; the identity is pooled and widened where it must be. */
function mbConv(builder: GraphBuilder, input: Value, outChannels: number, stride: number): Value {
  const hidden = 4 * outChannels;
  let identity = input;
  if (stride > 1) {
    identity = builder.scope('shortcut', () => {
      const y = builder.add('avgPool', [input], { kernel: 2, stride: 2, padding: 'same' }, { name: 'pool' });
      return channelsOf(y) === outChannels ? y : conv(builder, y, 'expand', outChannels, 1, { bias: true });
    });
  }
  let x = batchNorm(builder, input, 'pre_norm');
  x = normGelu(builder, conv(builder, x, 'conv1_1x1', hidden, 1), 'norm1');
  x = conv(builder, x, 'conv2_kxk', hidden, 3, { stride, groups: hidden, padding: 'same' });
  x = normGelu(builder, x, 'norm2');
  const names = ['mean', 'fc1', 'act', 'fc2', 'gate'] as const;
  const se = { channels: outChannels >> 2, activation: 'silu', gate: 'sigmoid', names } as const;
  x = builder.scope('se', () => squeezeExcitation(builder, x, se));
  return add(builder, conv(builder, x, 'conv3_1x1', outChannels, 1, { bias: true }), identity);
}

type Partition = 'block' | 'grid';

/** Transformer block on [N, H, W, C] whose attention stays within windows, or within grids that span the image (figure 3). */
function partitioned(
  builder: GraphBuilder,
  input: Value,
  window: readonly [number, number],
  partition: Partition,
): Value {
  const [batch, height, width, channels] = input.shape as [number, number, number, number];
  const [rows, columns] = window;
  const counts = [height / rows, width / columns] as const;
  const tokens = rows * columns;
  // Neighbours share a window; pixels `counts` apart share a grid.
  const split =
    partition === 'block'
      ? [batch, counts[0], rows, counts[1], columns, channels]
      : [batch, rows, counts[0], columns, counts[1], channels];
  const permutation = partition === 'block' ? [0, 1, 3, 2, 4, 5] : [0, 2, 4, 1, 3, 5];
  const back = partition === 'block' ? [0, 1, 3, 2, 4, 5] : [0, 3, 1, 4, 2, 5];

  let x = builder.add('layerNorm', [input], {}, { name: 'norm1' });
  x = builder.add('reshape', [x], { shape: split });
  x = builder.add('transpose', [x], { permutation });
  const grouped = x.shape;
  x = builder.add('reshape', [x], { shape: [batch * counts[0] * counts[1], tokens, channels] });
  x = builder.scope('attn', () => attention(builder, x, window));
  x = builder.add('reshape', [x], { shape: grouped });
  x = builder.add('transpose', [x], { permutation: back });
  x = builder.add('reshape', [x], { shape: [batch, height, width, channels] });
  const attended = add(builder, input, x);
  const wide = builder.add('layerNorm', [attended], {}, { name: 'norm2' });
  const mlp = builder.scope('mlp', () =>
    linear(builder, gelu(builder, linear(builder, wide, 'fc1', 4 * channels), 'act'), 'fc2', channels),
  );
  return add(builder, attended, mlp);
}

function attention(builder: GraphBuilder, input: Value, window: readonly [number, number]): Value {
  const [groups, tokens, channels] = input.shape as [number, number, number];
  const heads = channels / HEAD;
  let x = linear(builder, input, 'qkv', 3 * channels);
  x = builder.add('reshape', [x], { shape: [groups, tokens, 3, heads, HEAD] });
  x = builder.add('transpose', [x], { permutation: [2, 0, 3, 1, 4] });
  const parts = builder.addAll('split', [x], { axis: 0, sizes: [1, 1, 1] });
  const [query, key, value] = parts.map((part) => builder.add('squeeze', [part], { axes: [0] })) as [
    Value,
    Value,
    Value,
  ];
  const bias = builder.scope('rel_pos', () => positionBias(builder, heads, window));
  x = builder.add('attention', [query, key, value, bias], {}, { name: 'attention' });
  x = builder.add('transpose', [x], { permutation: [0, 2, 1, 3] });
  x = builder.add('reshape', [x], { shape: [groups, tokens, channels] });
  return linear(builder, x, 'proj', channels);
}

/** The bias of each pair of tokens, picked from a table by two products with one-hot matrices, as on a TPU. */
function positionBias(builder: GraphBuilder, heads: number, [rows, columns]: readonly [number, number]): Value {
  const [high, wide] = [2 * rows - 1, 2 * columns - 1];
  const table = builder.parameter('relative_position_bias_table', [heads, high, wide]);
  const rowLookup = builder.stored('height_lookup', 'buffer', [rows, rows, high]);
  const columnLookup = builder.stored('width_lookup', 'buffer', [columns, columns, wide]);
  let bias = builder.add('einsum', [table, rowLookup], { equation: 'nhw,ixh->nixw' }, { name: 'rows' });
  bias = builder.add('einsum', [bias, columnLookup], { equation: 'nixw,jyw->nijxy' }, { name: 'columns' });
  return builder.add('reshape', [bias], { shape: [heads, rows * columns, rows * columns] });
}
