import { ArchmeterError } from '../../errors.js';
import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { linear } from './layers.js';

export interface WindowAttention {
  readonly heads: number;
  readonly window: number;
  readonly shift: number;
  /** Swin V2: cosine attention, and a position bias that a small network computes. */
  readonly cosine?: boolean;
  /** timm: no window is larger than the image, and keys have no trained bias. */
  readonly timm?: boolean;
}

/**
 * Shifted window attention (Swin, arXiv 2103.14030, section 3.2) on [N, H, W, C], op by op as torchvision runs it:
 * pad to whole windows, roll, partition, attention with a relative position bias (and a mask where windows wrap around),
 * and the way back.
 */
export function windowAttention(builder: GraphBuilder, input: Value, attention: WindowAttention): Value {
  const [batch, height, width, channels] = input.shape as [number, number, number, number];
  const { heads, timm = false } = attention;
  const window = timm ? Math.min(attention.window, height, width) : attention.window;
  if (channels % heads !== 0) {
    throw new ArchmeterError(`${heads} attention heads do not divide ${channels} features`, 'Choose a divisor.');
  }
  const rows = Math.ceil(height / window);
  const columns = Math.ceil(width / window);
  // One window along an axis needs no shift.
  const shifts = [rows > 1 ? attention.shift : 0, columns > 1 ? attention.shift : 0];
  const shifted = shifts.some((shift) => shift > 0);
  const padded = rows * window !== height || columns * window !== width;
  const tokens = window * window;
  const count = rows * columns;
  const size = channels / heads;

  const bias = attention.cosine
    ? computedPositionBias(builder, window, heads)
    : positionBias(builder, builder.parameter('relative_position_bias_table', [(2 * window - 1) ** 2, heads]), window);
  let x = input;
  if (padded) {
    const pads = [
      [0, 0],
      [0, rows * window - height],
      [0, columns * window - width],
      [0, 0],
    ];
    x = builder.add('pad', [x], { pads });
  }
  if (shifted) x = builder.add('roll', [x], { shifts: shifts.map((shift) => -shift), axes: [1, 2] });
  x = builder.add('reshape', [x], { shape: [batch, rows, window, columns, window, channels] });
  x = builder.add('transpose', [x], { permutation: [0, 1, 3, 2, 4, 5] });
  x = builder.add('reshape', [x], { shape: [batch * count, tokens, channels] });

  x = timm ? keylessBias(builder, x, channels) : linear(builder, x, 'qkv', 3 * channels);
  x = builder.add('reshape', [x], { shape: [batch * count, tokens, 3, heads, size] });
  x = builder.add('transpose', [x], { permutation: [2, 0, 3, 1, 4] });
  const parts = builder.addAll('split', [x], { axis: 0, sizes: [1, 1, 1] });
  const [query, key, value] = parts.map((part) => builder.add('squeeze', [part], { axes: [0] })) as [
    Value,
    Value,
    Value,
  ];
  let scores = attention.cosine
    ? cosineScores(builder, query, key, heads)
    : builder.add('matmul', [scaledBy(builder, query, 'scale'), key], { transposeRight: true }, { name: 'query_key' });
  scores = builder.add('add', [scores, bias], {}, { name: 'bias' });
  if (shifted) {
    const mask = builder.stored('attention_mask', 'constant', [1, count, 1, tokens, tokens]);
    scores = builder.add('reshape', [scores], { shape: [batch, count, heads, tokens, tokens] });
    scores = builder.add('add', [scores, mask], {}, { name: 'mask' });
    scores = builder.add('reshape', [scores], { shape: [batch * count, heads, tokens, tokens] });
  }
  scores = builder.add('softmax', [scores], {}, { name: 'softmax' });
  x = builder.add('matmul', [scores, value], {}, { name: 'scores_value' });
  x = builder.add('transpose', [x], { permutation: [0, 2, 1, 3] });
  x = builder.add('reshape', [x], { shape: [batch * count, tokens, channels] });
  x = linear(builder, x, 'proj', channels);

  x = builder.add('reshape', [x], { shape: [batch, rows, columns, window, window, channels] });
  x = builder.add('transpose', [x], { permutation: [0, 1, 3, 2, 4, 5] });
  x = builder.add('reshape', [x], { shape: [batch, rows * window, columns * window, channels] });
  if (shifted) x = builder.add('roll', [x], { shifts, axes: [1, 2] });
  return padded ? builder.add('slice', [x], { axes: [1, 2], starts: [0, 0], ends: [height, width] }) : x;
}

/** Projection to query, key and value, the key's bias a constant 0. */
function keylessBias(builder: GraphBuilder, input: Value, channels: number): Value {
  const biases = [
    builder.parameter('q_bias', [channels]),
    builder.stored('k_bias', 'buffer', [channels]),
    builder.parameter('v_bias', [channels]),
  ];
  const bias = builder.add('concat', biases, { axis: 0 }, { name: 'qkv_bias' });
  return builder.add('linear', [input, undefined, bias], { outFeatures: 3 * channels }, { name: 'qkv' });
}

/** Times a constant number. */
function scaledBy(builder: GraphBuilder, input: Value, name: string): Value {
  return builder.add('mul', [input, builder.stored(name, 'constant', [])], {}, { name });
}

/** Scaled cosine attention (Swin V2, arXiv 2111.09883, section 3.2): the scale is trained, at most 100. */
function cosineScores(builder: GraphBuilder, query: Value, key: Value, heads: number): Value {
  const q = builder.add('normalize', [query], { axis: -1 }, { name: 'query_norm' });
  const k = builder.add('normalize', [key], { axis: -1 }, { name: 'key_norm' });
  const cosines = builder.add('matmul', [q, k], { transposeRight: true }, { name: 'query_key' });
  let scale = builder.parameter('logit_scale', [heads, 1, 1]);
  scale = builder.add('clip', [scale], { max: Math.log(100) }, { name: 'clamp' });
  scale = builder.add('exp', [scale], {}, { name: 'exp' });
  return builder.add('mul', [cosines, scale], {}, { name: 'scale' });
}

/** Continuous position bias (Swin V2, section 3.3): a two-layer network on log-spaced coordinates, 16·sigmoid of it. */
function computedPositionBias(builder: GraphBuilder, window: number, heads: number): Value {
  const side = 2 * window - 1;
  const coordinates = builder.stored('relative_coords_table', 'buffer', [1, side, side, 2]);
  const table = builder.scope('cpb_mlp', () => {
    const hidden = builder.add('relu', [linear(builder, coordinates, '0', 512)], {}, { name: '1' });
    return linear(builder, hidden, '2', heads, false);
  });
  const rows = builder.add('reshape', [table], { shape: [side * side, heads] });
  const bias = builder.add('sigmoid', [positionBias(builder, rows, window)], {}, { name: 'sigmoid' });
  return scaledBy(builder, bias, 'sixteen');
}

/** The bias of each pair of tokens looked up in a table of relative positions: [1, heads, tokens, tokens]. */
function positionBias(builder: GraphBuilder, table: Value, window: number): Value {
  const tokens = window * window;
  const heads = table.shape[1] as number;
  const index = builder.stored('relative_position_index', 'buffer', [tokens * tokens], 'int64');
  let bias = builder.add('gather', [table, index], { axis: 0 }, { name: 'bias_lookup' });
  bias = builder.add('reshape', [bias], { shape: [tokens, tokens, heads] });
  bias = builder.add('transpose', [bias], { permutation: [2, 0, 1] });
  return builder.add('unsqueeze', [bias], { axes: [0] });
}
