import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { universalInvertedBottleneck } from '../blocks/universal-inverted-bottleneck.js';
import { defineFamily } from '../define-family.js';
import { MOBILENET_V4 } from '../facts/papers.js';
import { layerScale } from '../parts/layer-scale.js';
import {
  add,
  batchNorm,
  channelsOf,
  conv,
  convNorm,
  flatten,
  globalPool,
  linear,
  roundChannels,
  timmNorm,
} from '../parts/layers.js';
import { timmVariant } from '../timm-variant.js';

type Row =
  /** Universal inverted bottleneck: kernels of the two depthwise convolutions, 0 for none. */
  | { readonly start: number; readonly middle: number; readonly stride: number; readonly expansion: number }
  /** Convolution, batch norm, activation. */
  | { readonly conv: number; readonly stride: number }
  /** Fused inverted bottleneck: a full 3x3 expands. */
  | { readonly fused: number }
  /** Mobile multi-query attention. */
  | { readonly heads: number; readonly keys: number; readonly keyStride: number };

type Layer = Row & { readonly channels: number };

interface Settings {
  readonly stem: number;
  readonly activation: 'relu' | 'gelu';
  readonly stages: readonly (readonly Layer[])[];
  /** Hybrid models scale residual branches. */
  readonly scaled: boolean;
  readonly width: number;
}

/** Rows of one output width: `start middle expansion` of each block, the first at stride 2; `mqa` is attention. */
function stage(channels: number, attention: Row | undefined, rows: string): Layer[] {
  return rows.split(' ').map((row, i): Layer => {
    if (row === 'mqa') return { ...(attention as Row), channels };
    const [start, middle, expansion] = [...row].map(Number) as [number, number, number];
    return { start, middle, expansion, stride: i === 0 ? 2 : 1, channels };
  });
}

const LAST: Layer = { conv: 1, stride: 1, channels: 960 };
const FUSED: Layer = { fused: 4, channels: 48 };

/** Paper, tables 11 to 15. */
const SMALL: Settings['stages'] = [
  [
    { conv: 3, stride: 2, channels: 32 },
    { conv: 1, stride: 1, channels: 32 },
  ],
  [
    { conv: 3, stride: 2, channels: 96 },
    { conv: 1, stride: 1, channels: 64 },
  ],
  stage(96, undefined, '553 032 032 032 032 304'),
  stage(128, undefined, '336 554 054 053 034 034'),
  [LAST],
];
const MEDIUM: Settings['stages'] = [
  [FUSED],
  stage(80, undefined, '354 332'),
  stage(160, undefined, '356 334 334 354 334 304 002 304'),
  stage(256, undefined, '556 554 354 354 004 304 352 554 004 004 502'),
  [LAST],
];
const LARGE: Settings['stages'] = [
  [FUSED],
  stage(96, undefined, '354 334'),
  stage(192, undefined, '354 334 334 334 354 534 534 534 534 534 304'),
  stage(512, undefined, '554 554 554 554 504 534 504 504 534 554 504 504 504'),
  [LAST],
];
const HYBRID_MEDIUM: Settings['stages'] = [
  [FUSED],
  stage(80, undefined, '354 332'),
  stage(160, { heads: 4, keys: 64, keyStride: 2 }, '356 002 334 354 mqa 334 mqa 304 mqa 334 mqa 304'),
  stage(256, { heads: 4, keys: 64, keyStride: 1 }, '556 554 354 354 002 352 002 004 mqa 304 mqa 554 mqa 504 mqa 504'),
  [LAST],
];
const HYBRID_LARGE: Settings['stages'] = [
  [FUSED],
  stage(96, undefined, '354 334'),
  stage(192, { heads: 8, keys: 48, keyStride: 2 }, '354 334 334 334 354 534 534 mqa 534 mqa 534 mqa 534 mqa 304'),
  stage(
    512,
    { heads: 8, keys: 64, keyStride: 1 },
    '554 554 554 554 504 534 504 504 534 554 mqa 504 mqa 504 mqa 504 mqa 504',
  ),
  [LAST],
];

const variant = (name: string, stages: Settings['stages'], resolution: number, settings: Partial<Settings> = {}) =>
  timmVariant<Settings, object>(
    `mobilenetv4_${name}`,
    { stem: 32, activation: 'relu', scaled: false, width: 1, stages, ...settings },
    { resolution },
  );

/** MobileNetV4. Layer names are timm's. */
export default defineFamily<Settings>({
  name: 'mobilenet-v4',
  title: 'MobileNetV4',
  paper: MOBILENET_V4,
  variants: [
    variant('conv_small', SMALL, 224),
    variant('conv_medium', MEDIUM, 256),
    variant('conv_large', LARGE, 384, { stem: 24 }),
    variant('hybrid_medium', HYBRID_MEDIUM, 256, { scaled: true }),
    variant('hybrid_large', HYBRID_LARGE, 384, { stem: 24, scaled: true, activation: 'gelu' }),
    variant('conv_small_050', SMALL, 224, { width: 0.5 }),
    variant('conv_small_035', SMALL, 224, { width: 0.35 }),
  ],
  build(builder, input, settings, { classes }) {
    const { stem, activation, stages } = settings;
    let x = conv(builder, input, 'conv_stem', stem, 3, { stride: 2 });
    x = timmNorm(builder, x, activation, 'bn1');
    stages.forEach((rows, i) => {
      rows.forEach((row, j) => {
        x = builder.scope(`blocks.${i}.${j}`, () => block(builder, x, row, settings));
      });
    });
    x = conv(builder, globalPool(builder, x, 'global_pool'), 'conv_head', 1280, 1);
    x = timmNorm(builder, x, activation, 'norm_head');
    return linear(builder, flatten(builder, x), 'classifier', classes);
  },
});

function block(builder: GraphBuilder, input: Value, row: Layer, { width, activation, scaled }: Settings): Value {
  const outChannels = roundChannels(row.channels * width);
  if ('conv' in row) {
    const options = { stride: row.stride, activation };
    return convNorm(builder, input, ['conv', 'bn1', 'act'], outChannels, row.conv, options);
  }
  if ('fused' in row) {
    const expanded = roundChannels(channelsOf(input) * row.fused);
    const x = convNorm(builder, input, ['conv_exp', 'bn1', 'act'], expanded, 3, { stride: 2, activation });
    return convNorm(builder, x, ['conv_pwl', 'bn2', ''], outChannels, 1);
  }
  if ('heads' in row) return attention(builder, input, row);
  return universalInvertedBottleneck(builder, input, { ...row, outChannels, activation, layerScale: scaled });
}

interface MultiQuery {
  readonly heads: number;
  readonly keys: number;
  /** Keys and values of an image smaller by this. */
  readonly keyStride: number;
}

/** Batch norm, multi-query attention on pixels with keys and values downsampled by a depthwise 3x3, identity (section 4). */
function attention(builder: GraphBuilder, input: Value, { heads, keys, keyStride }: MultiQuery): Value {
  const [batch, channels, height, width] = input.shape as [number, number, number, number];
  const normed = batchNorm(builder, input, 'norm');
  const mixed = builder.scope('attn', () => {
    const queries = builder.scope('query', () => conv(builder, normed, 'proj', heads * keys, 1));
    const [key, value] = ['key', 'value'].map((name) =>
      builder.scope(name, () => {
        let x = normed;
        if (keyStride > 1) {
          x = conv(builder, x, 'down_conv', channels, 3, { stride: keyStride, groups: channels });
          x = batchNorm(builder, x, 'norm');
        }
        return rows(builder, conv(builder, x, 'proj', keys, 1), 1);
      }),
    ) as [Value, Value];
    const query = rows(builder, queries, heads);
    let x = builder.add('attention', [query, key, value], {}, { name: 'attention' });
    x = builder.add('transpose', [x], { permutation: [0, 1, 3, 2] });
    x = builder.add('reshape', [x], { shape: [batch, heads * keys, height, width] });
    return builder.scope('output', () => conv(builder, x, 'proj', channels, 1));
  });
  return add(builder, layerScale(builder, mixed, 'layer_scale.gamma'), input);
}

/** [N, heads·K, H, W] → [N, heads, H·W, K]. */
function rows(builder: GraphBuilder, input: Value, heads: number): Value {
  const [batch, channels, height, width] = input.shape as [number, number, number, number];
  const shape = [batch, heads, channels / heads, height * width];
  const flat = builder.add('reshape', [input], { shape });
  return builder.add('transpose', [flat], { permutation: [0, 1, 3, 2] });
}
