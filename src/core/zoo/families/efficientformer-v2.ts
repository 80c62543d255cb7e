import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { defineFamily } from '../define-family.js';
import { layerScale } from '../parts/layer-scale.js';
import { add, batchNorm, channelsOf, conv, flatten, globalPool, linear, timmConvNorm } from '../parts/layers.js';
import { timmVariant } from '../timm-variant.js';

interface Settings {
  readonly channels: readonly number[];
  readonly depths: readonly number[];
  /** Hidden over input channels of each block. */
  readonly expansions: readonly (readonly number[])[];
  /** Blocks at the end of the last two stages that attend. */
  readonly attending: number;
}

/** Attention: heads, features of a query, of a value. */
const HEADS = 8;
const VALUE_RATIO = 4;

const BIAS = { bias: true };

const variant = (
  name: string,
  channels: readonly number[],
  attending: number,
  first: readonly [number, number],
  third: readonly number[],
  fourth: readonly number[],
) => {
  const expansions = [...first.map((depth) => new Array<number>(depth).fill(4)), third, fourth];
  const depths = expansions.map((stage) => stage.length);
  return timmVariant<Settings, object>(`efficientformerv2_${name}`, { channels, depths, expansions, attending });
};

/** EfficientFormerV2. Layer names are timm's. */
export default defineFamily<Settings>({
  name: 'efficientformer-v2',
  title: 'EfficientFormerV2',
  paper: {
    title: 'Rethinking Vision Transformers for MobileNet Size and Speed',
    url: 'https://arxiv.org/abs/2212.08059',
    year: 2022,
  },
  variants: [
    variant('s0', [32, 48, 96, 176], 2, [2, 2], [4, 3, 3, 3, 4, 4], [4, 3, 3, 4]),
    variant('s1', [32, 48, 120, 224], 2, [3, 3], [4, 4, 3, 3, 3, 3, 4, 4, 4], [4, 4, 3, 3, 4, 4]),
    variant('s2', [32, 64, 144, 288], 4, [4, 4], [4, 4, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4], [4, 4, 3, 3, 3, 3, 4, 4]),
    variant(
      'l',
      [40, 80, 192, 384],
      6,
      [5, 5],
      [4, 4, 4, 4, 3, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4],
      [4, 4, 4, 3, 3, 3, 3, 4, 4, 4],
    ),
  ],
  build(builder, input, { channels, depths, expansions, attending }, { classes }) {
    const [first] = channels as [number];
    let x = builder.scope('stem', () => {
      const options = { stride: 2, activation: 'gelu', ...BIAS } as const;
      const y = timmConvNorm(builder, input, 'conv1', first >> 1, 3, options);
      return timmConvNorm(builder, y, 'conv2', first, 3, options);
    });
    depths.forEach((depth, stage) => {
      builder.scope(`stages.${stage}`, () => {
        if (stage > 0) {
          x = builder.scope('downsample', () => downsample(builder, x, channels[stage] as number, stage === 3));
        }
        for (let i = 0; i < depth; i++) {
          const attends = stage >= 2 && i >= depth - attending;
          x = builder.scope(`blocks.${i}`, () => {
            let y = x;
            if (attends) {
              const mixed = builder.scope('token_mixer', () => attention(builder, y, stage === 2 ? 2 : 1));
              y = add(builder, y, layerScale(builder, mixed, 'ls1.gamma'));
            }
            const wide = builder.scope('mlp', () => mlp(builder, y, expansions[stage]?.[i] as number));
            return add(builder, y, layerScale(builder, wide, 'ls2.gamma'));
          });
        }
      });
    });
    x = flatten(builder, globalPool(builder, batchNorm(builder, x, 'norm'), 'global_pool'));
    // Distillation's second classifier stays; inference takes the mean of both.
    const sum = add(builder, linear(builder, x, 'head', classes), linear(builder, x, 'head_dist', classes));
    return builder.add('div', [sum, builder.stored('two', 'constant', [])], {}, { name: 'mean' });
  },
});

/** 1x1, depthwise 3x3, 1x1, each with batch norm. */
function mlp(builder: GraphBuilder, input: Value, expansion: number): Value {
  const channels = channelsOf(input);
  const hidden = Math.floor(channels * expansion);
  const active = { activation: 'gelu', ...BIAS } as const;
  let x = timmConvNorm(builder, input, 'fc1', hidden, 1, active);
  x = timmConvNorm(builder, x, 'mid', hidden, 3, { groups: hidden, ...active });
  return timmConvNorm(builder, x, 'fc2', channels, 1, BIAS);
}

/** 3x3 of stride 2, before the last stage beside attention with strided queries. */
function downsample(builder: GraphBuilder, input: Value, outChannels: number, attends: boolean): Value {
  const x = timmConvNorm(builder, input, 'conv', outChannels, 3, { stride: 2, ...BIAS });
  return attends
    ? add(
        builder,
        builder.scope('attn', () => stridedAttention(builder, input, outChannels)),
        x,
      )
    : x;
}

/** [N, heads·K, H, W] → [N, heads, K, H·W]. */
function heads(builder: GraphBuilder, input: Value): Value {
  const [batch, channels, height, width] = input.shape as [number, number, number, number];
  return builder.add('reshape', [input], { shape: [batch, HEADS, channels / HEADS, height * width] });
}

const swapped = (builder: GraphBuilder, input: Value) =>
  builder.add('transpose', [input], { permutation: [0, 1, 3, 2] });

/** Scores of queries against keys with a trained bias for each distance: [N, heads, Lq, Lk]. */
function scores(builder: GraphBuilder, query: Value, key: Value): Value {
  const queries = swapped(builder, heads(builder, query));
  const keys = heads(builder, key);
  const products = builder.add('matmul', [queries, keys], {}, { name: 'query_key' });
  const scaled = builder.add('mul', [products, builder.stored('scale', 'constant', [])], {}, { name: 'scale' });
  const [rows, columns] = products.shape.slice(2) as [number, number];
  const table = builder.parameter('attention_biases', [HEADS, columns]);
  const index = builder.stored('attention_bias_idxs', 'buffer', [rows, columns], 'int64');
  return add(builder, scaled, builder.add('gather', [table, index], { axis: 1 }, { name: 'bias_lookup' }));
}

/** Weighted values as an image. */
function mixedValues(builder: GraphBuilder, weights: Value, value: Value, height: number, width: number): Value {
  const values = swapped(builder, heads(builder, value));
  const mixed = builder.add('matmul', [weights, values], {}, { name: 'scores_value' });
  const shape = [value.shape[0] as number, channelsOf(value), height, width];
  return builder.add('reshape', [swapped(builder, mixed)], { shape });
}

/** Attention with talking heads and a depthwise 3x3 on the values (section 3.2), at `stride` times smaller size. */
function attention(builder: GraphBuilder, input: Value, stride: number): Value {
  const channels = channelsOf(input);
  const query = 32 * HEADS;
  let x = input;
  if (stride > 1) x = timmConvNorm(builder, x, 'stride_conv', channels, 3, { stride, groups: channels, ...BIAS });
  const [, , height, width] = x.shape as [number, number, number, number];
  const q = timmConvNorm(builder, x, 'q', query, 1, BIAS);
  const k = timmConvNorm(builder, x, 'k', query, 1, BIAS);
  const wide = VALUE_RATIO * query;
  const v = timmConvNorm(builder, x, 'v', wide, 1, BIAS);
  const local = timmConvNorm(builder, v, 'v_local', wide, 3, { groups: wide, ...BIAS });
  let weights = conv(builder, scores(builder, q, k), 'talking_head1', HEADS, 1, BIAS);
  weights = builder.add('softmax', [weights], {}, { name: 'softmax' });
  weights = conv(builder, weights, 'talking_head2', HEADS, 1, BIAS);
  x = add(builder, mixedValues(builder, weights, v, height, width), local);
  if (stride > 1) x = builder.add('resize', [x], { scale: stride, mode: 'linear' }, { name: 'upsample' });
  return timmConvNorm(builder, builder.add('gelu', [x], {}, { name: 'act' }), 'proj', channels, 1, BIAS);
}

/** Attention whose queries are of half the size (section 3.2, figure 4). */
function stridedAttention(builder: GraphBuilder, input: Value, outChannels: number): Value {
  const channels = channelsOf(input);
  const query = 16 * HEADS;
  const q = builder.scope('q', () => {
    const local = conv(builder, input, 'local', channels, 3, { stride: 2, groups: channels, ...BIAS });
    const pooled = builder.add('avgPool', [input], { kernel: 1, stride: 2 }, { name: 'pool' });
    return timmConvNorm(builder, add(builder, local, pooled), 'proj', query, 1, BIAS);
  });
  const [, , height, width] = q.shape as [number, number, number, number];
  const k = timmConvNorm(builder, input, 'k', query, 1, BIAS);
  const wide = VALUE_RATIO * query;
  const v = timmConvNorm(builder, input, 'v', wide, 1, BIAS);
  const local = timmConvNorm(builder, v, 'v_local', wide, 3, { stride: 2, groups: wide, ...BIAS });
  const weights = builder.add('softmax', [scores(builder, q, k)], {}, { name: 'softmax' });
  const x = add(builder, mixedValues(builder, weights, v, height, width), local);
  return timmConvNorm(builder, builder.add('gelu', [x], {}, { name: 'act' }), 'proj', outChannels, 1, BIAS);
}
