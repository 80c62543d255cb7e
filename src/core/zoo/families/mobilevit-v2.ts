import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { defineFamily } from '../define-family.js';
import { add, channelsOf, classifierHead, conv, roundChannels, timmConvNorm } from '../parts/layers.js';
import { timmVariant } from '../timm-variant.js';

const CHANNELS = [64, 128, 256, 384, 512];
/** Transformer blocks of the last three stages. */
const TRANSFORMERS = [0, 0, 2, 4, 3];
/** Side of a patch in pixels of the feature map. */
const PATCH = 2;

const SILU = { activation: 'silu' } as const;

/** MobileViTv2: self-attention linear in the pixels. Settings: width. Layer names are timm's. */
export default defineFamily<number>({
  name: 'mobilevit-v2',
  title: 'MobileViTv2',
  paper: {
    title: 'Separable Self-attention for Mobile Vision Transformers',
    url: 'https://arxiv.org/abs/2206.02680',
    year: 2022,
  },
  variants: ['050', '075', '100', '125', '150', '175', '200'].map((width) =>
    timmVariant(`mobilevitv2_${width}`, Number(width) / 100, { resolution: 256 }),
  ),
  build(builder, input, width, { classes }) {
    let x = timmConvNorm(builder, input, 'stem', Math.floor(32 * width), 3, { stride: 2, ...SILU });
    CHANNELS.forEach((channels, stage) => {
      const outChannels = Math.floor(channels * width);
      const transformers = TRANSFORMERS[stage] as number;
      for (let i = 0; i < (stage === 1 ? 2 : 1); i++) {
        const stride = stage > 0 && i === 0 ? 2 : 1;
        x = builder.scope(`stages.${stage}.${i}`, () => bottleneck(builder, x, outChannels, stride));
      }
      if (transformers > 0) x = builder.scope(`stages.${stage}.1`, () => mixer(builder, x, transformers));
    });
    return builder.scope('head', () => classifierHead(builder, x, classes, { pool: 'global_pool', linear: 'fc' }));
  },
});

/** Inverted residual of expansion 2 without an activation behind it. */
function bottleneck(builder: GraphBuilder, input: Value, outChannels: number, stride: number): Value {
  const hidden = roundChannels(2 * channelsOf(input));
  let x = timmConvNorm(builder, input, 'conv1_1x1', hidden, 1, SILU);
  x = timmConvNorm(builder, x, 'conv2_kxk', hidden, 3, { stride, groups: hidden, ...SILU });
  x = timmConvNorm(builder, x, 'conv3_1x1', outChannels, 1);
  return stride === 1 && channelsOf(input) === outChannels ? add(builder, x, input) : x;
}

/** Depthwise 3x3, 1x1 to half the channels, transformer blocks between the same pixels of all patches, 1x1 back. */
function mixer(builder: GraphBuilder, input: Value, transformers: number): Value {
  const channels = channelsOf(input);
  const inner = roundChannels(channels / 2);
  const [batch, , rawHeight, rawWidth] = input.shape as [number, number, number, number];
  const rows = Math.ceil(rawHeight / PATCH);
  const columns = Math.ceil(rawWidth / PATCH);
  const size = [rows * PATCH, columns * PATCH];
  let x = input;
  if (size[0] !== rawHeight || size[1] !== rawWidth) {
    x = builder.add('resize', [x], { size, mode: 'linear', alignCorners: true }, { name: 'interpolate' });
  }
  x = timmConvNorm(builder, x, 'conv_kxk', channels, 3, { groups: channels, ...SILU });
  x = conv(builder, x, 'conv_1x1', inner, 1);
  x = builder.add('reshape', [x], { shape: [batch, inner, rows, PATCH, columns, PATCH] });
  x = builder.add('transpose', [x], { permutation: [0, 1, 3, 5, 2, 4] });
  x = builder.add('reshape', [x], { shape: [batch, inner, PATCH * PATCH, rows * columns] });
  for (let i = 0; i < transformers; i++) x = builder.scope(`transformer.${i}`, () => transformer(builder, x));
  x = builder.add('groupNorm', [x], { groups: 1 }, { name: 'norm' });
  x = builder.add('reshape', [x], { shape: [batch, inner, PATCH, PATCH, rows, columns] });
  x = builder.add('transpose', [x], { permutation: [0, 1, 4, 2, 5, 3] });
  x = builder.add('reshape', [x], { shape: [batch, inner, ...size] });
  return timmConvNorm(builder, x, 'conv_proj', channels, 1);
}

function transformer(builder: GraphBuilder, input: Value): Value {
  const channels = channelsOf(input);
  const norm = (x: Value, name: string) => builder.add('groupNorm', [x], { groups: 1 }, { name });
  const normed = norm(input, 'norm1');
  const attended = add(
    builder,
    input,
    builder.scope('attn', () => separableAttention(builder, normed)),
  );
  const wide = norm(attended, 'norm2');
  const x = builder.scope('mlp', () => {
    const hidden = conv(builder, wide, 'fc1', 2 * channels, 1, { bias: true });
    return conv(builder, builder.add('silu', [hidden], {}, { name: 'act' }), 'fc2', channels, 1, { bias: true });
  });
  return add(builder, attended, x);
}

/** One score for each token weighs the keys into a context vector that scales the values (section 3.2). */
function separableAttention(builder: GraphBuilder, input: Value): Value {
  const channels = channelsOf(input);
  const projected = conv(builder, input, 'qkv_proj', 1 + 2 * channels, 1, { bias: true });
  const sizes = [1, channels, channels];
  const [query, key, value] = builder.addAll('split', [projected], { axis: 1, sizes }) as [Value, Value, Value];
  const scores = builder.add('softmax', [query], {}, { name: 'softmax' });
  const weighted = builder.add('mul', [key, scores], {}, { name: 'weighted' });
  const context = builder.add('reduceSum', [weighted], { axes: [3], keepDims: true }, { name: 'context' });
  const active = builder.add('relu', [value], {}, { name: 'relu' });
  const x = builder.add('mul', [active, context], {}, { name: 'scaled' });
  return conv(builder, x, 'out_proj', channels, 1, { bias: true });
}
