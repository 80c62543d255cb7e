import type { Value } from '../../../ir/graph.js';
import type { Shape } from '../../../ir/tensor.js';
import { normalizeAxes } from '../../../ops/axis.js';
import { type Argument, isValue, type LayerCall, type LayerLowering } from '../layer.js';

const product = (sizes: readonly number[]) => sizes.reduce((all, size) => all * size, 1);

/** A projection of the last axis to heads: [… , D] → […, H, E]; its kernel is [H·E, D], its bias [H, E]. */
function toHeads(call: LayerCall, name: string, x: Value, heads: number, size: number, bias: boolean): Value {
  const outFeatures = heads * size;
  const kernel = call.weight(`${name}.kernel`, [outFeatures, x.shape.at(-1) as number]);
  const shift = bias ? [call.weight(`${name}.bias`, [outFeatures])] : [];
  const y = call.part(name, 'linear', [x, kernel, ...shift], { outFeatures, bias });
  return call.part(`${name}.heads`, 'reshape', [y], { shape: [...x.shape.slice(0, -1), heads, size] });
}

function transpose(call: LayerCall, name: string, x: Value, permutation: readonly number[]): Value {
  if (permutation.every((axis, i) => axis === i)) return x;
  return call.part(name, 'transpose', [x], { permutation });
}

/** [N, …batch, …attended, H, E] → [N, …batch, H, Π attended, E]. */
function attended(call: LayerCall, name: string, x: Value, axes: readonly number[]): Value {
  const rank = x.shape.length;
  const others = x.shape.map((_, axis) => axis).filter((axis) => axis < rank - 2 && !axes.includes(axis));
  const moved = transpose(call, `${name}.transpose`, x, [...others, rank - 2, ...axes, rank - 1]);
  if (axes.length === 1) return moved;
  const batch = others.map((axis) => x.shape[axis] as number);
  const length = product(axes.map((axis) => x.shape[axis] as number));
  const shape = [...batch, x.shape[rank - 2] as number, length, x.shape[rank - 1] as number];
  return call.part(`${name}.positions`, 'reshape', [moved], { shape });
}

/** The inverse for the result: [N, …batch, H, Π attended, E] → [N, …batch, …attended, H·E]. */
function merged(call: LayerCall, y: Value, query: Shape, axes: readonly number[]): Value {
  const rank = query.length + 1;
  const others = query.map((_, axis) => axis).filter((axis) => axis < rank - 2 && !axes.includes(axis));
  const heads = y.shape.at(-3) as number;
  const size = y.shape.at(-1) as number;
  const sizes = [
    ...others.map((axis) => query[axis] as number),
    heads,
    ...axes.map((axis) => query[axis] as number),
    size,
  ];
  const apart = axes.length === 1 ? y : call.part('positions', 'reshape', [y], { shape: sizes });
  const order = [...others, rank - 2, ...axes, rank - 1];
  const back = transpose(
    call,
    'transpose',
    apart,
    order.map((_, axis) => order.indexOf(axis)),
  );
  return call.part('concat', 'reshape', [back], { shape: [...query.slice(0, -1), heads * size] });
}

/** Query, value and key (which is the value where it is left out), in the order of the call. */
function operands(call: LayerCall): { query: Value; value: Value; key: Value } {
  const first = call.options.args[0];
  const listed = Array.isArray(first) ? (first as readonly Argument[]).filter(isValue) : undefined;
  const query = listed?.[0] ?? call.argument('query', 0) ?? call.x;
  const value = listed?.[1] ?? call.argument('value', 1) ?? call.fail('it is called without a value tensor');
  return { query, value, key: listed?.[2] ?? call.argument('key', 2) ?? value };
}

interface Heads {
  readonly query: number;
  readonly keyValue: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly axes: readonly number[];
  readonly outputFeatures: readonly number[];
}

function multiHead(call: LayerCall, heads: Heads): Argument {
  const { query, value, key } = operands(call);
  const bias = call.config.boolean('use_bias', true);
  const part = (name: string, x: Value, count: number, size: number) =>
    attended(call, name, toHeads(call, name, x, count, size, bias), heads.axes);
  const q = part('query', query, heads.query, heads.keySize);
  const k = part('key', key, heads.keyValue, heads.keySize);
  const v = part('value', value, heads.keyValue, heads.valueSize);
  const wantsScores = call.plain('return_attention_scores') === true;
  const scores = wantsScores ? attentionScores(call, q, k, heads) : undefined;
  const attention =
    scores === undefined ? fused(call, q, k, v) : call.part('attention', 'matmul', [scores, repeated(call, v, heads)]);
  let y = merged(call, attention, query.shape, heads.axes);
  if (call.config.boolean('use_gate', false)) {
    const gate = toHeads(call, 'gate', query, heads.query, heads.valueSize, bias);
    const flat = call.part('gate.concat', 'reshape', [gate], { shape: y.shape });
    y = call.part('gated', 'mul', [y, call.part('gate.sigmoid', 'sigmoid', [flat])]);
  }
  const outFeatures = product(heads.outputFeatures);
  const kernel = call.weight('attention_output.kernel', [outFeatures, y.shape.at(-1) as number]);
  const shift = bias ? [call.weight('attention_output.bias', [outFeatures])] : [];
  const projected = call.part('attention_output', 'linear', [y, kernel, ...shift], { outFeatures, bias });
  const result =
    heads.outputFeatures.length === 1
      ? projected
      : call.part('output', 'reshape', [projected], { shape: [...query.shape.slice(0, -1), ...heads.outputFeatures] });
  return scores === undefined ? result : [result, scores];
}

function fused(call: LayerCall, q: Value, k: Value, v: Value): Value {
  const causal = call.plain('use_causal_mask') === true;
  return call.part('attention', 'attention', [q, k, v, ...mask(call, q, k)], causal ? { causal } : {});
}

/** softmax(q·kᵀ), which is asked for as a second output. */
function attentionScores(call: LayerCall, q: Value, k: Value, heads: Heads): Value {
  const products = call.part('scores', 'matmul', [q, repeated(call, k, heads)], { transposeRight: true });
  return call.part('softmax', 'softmax', [products], { axis: -1 });
}

/** Every key and value head once for each query head that shares it. */
function repeated(call: LayerCall, x: Value, heads: Heads): Value {
  if (heads.keyValue === heads.query) return x;
  return call.part('repeat', 'repeatInterleave', [x], {
    repeats: heads.query / heads.keyValue,
    axis: x.shape.length - 3,
  });
}

/** A mask [N, Lq, Lk] for all heads, in the position that the attention op takes it. */
function mask(call: LayerCall, q: Value, k: Value): Value[] {
  const given = call.options.kwargs.attention_mask ?? call.options.args[3];
  if (!isValue(given)) return [];
  const scores = [...q.shape.slice(0, -1), k.shape.at(-2) as number];
  if (given.shape.length === scores.length) return [given];
  if (given.shape.length !== scores.length - 1) return [];
  return [call.part('mask', 'unsqueeze', [given], { axes: [scores.length - 3] })];
}

const multiHeadAttention: LayerLowering = (call) => {
  const { config } = call;
  const { query, value } = operands(call);
  const rank = query.shape.length;
  const all = query.shape.map((_, axis) => axis).slice(1, -1);
  const axes = config.has('attention_axes') ? normalizeAxes(config.integers('attention_axes'), rank) : all;
  if (value.shape.length !== rank) call.fail('query and value differ in their number of axes');
  const count = config.size('num_heads');
  const keySize = config.size('key_dim');
  return multiHead(call, {
    query: count,
    keyValue: count,
    keySize,
    valueSize: config.has('value_dim') ? config.size('value_dim') : keySize,
    axes: [...axes].sort((a, b) => a - b),
    outputFeatures: config.has('output_shape') ? config.integers('output_shape') : [query.shape.at(-1) as number],
  });
};

const groupedQueryAttention: LayerLowering = (call) => {
  const { config } = call;
  const { query } = operands(call);
  const size = config.size('head_dim');
  return multiHead(call, {
    query: config.size('num_query_heads'),
    keyValue: config.size('num_key_value_heads'),
    keySize: size,
    valueSize: size,
    axes: [1],
    outputFeatures: [query.shape.at(-1) as number],
  });
};

/** Attention without projections (Luong's), on [N, L, E]; scores are products or, in `concat` mode, sums through tanh. */
const dotAttention: LayerLowering = (call) => {
  const { query, value, key } = operands(call);
  const scale = call.config.boolean('use_scale', false) ? call.weight('scale', []) : undefined;
  if (call.config.text('score_mode', 'dot') === 'concat') {
    const weight = call.weight('concat_score_weight', []);
    const sum = additiveScores(call, query, key, scale);
    return weighted(call, call.part('weight', 'mul', [sum, weight]), value);
  }
  const scaled = scale ? call.part('scale', 'mul', [query, scale]) : query;
  const causal = call.plain('use_causal_mask') === true || call.config.boolean('causal', false);
  return call.add('attention', [scaled, key, value], { scale: 1, ...(causal ? { causal } : {}) });
};

/** Bahdanau's attention: scores are Σ scale·tanh(query + key). */
const additiveAttention: LayerLowering = (call) => {
  const { query, value, key } = operands(call);
  const scale = call.config.boolean('use_scale', true)
    ? call.weight('scale', [query.shape.at(-1) as number])
    : undefined;
  const sum = call.part('tanh', 'tanh', [pairSums(call, query, key)]);
  const scaled = scale ? call.part('scale', 'mul', [sum, scale]) : sum;
  return weighted(call, call.part('scores', 'reduceSum', [scaled], { axes: [-1] }), value);
};

function pairSums(call: LayerCall, query: Value, key: Value): Value {
  const q = call.part('query', 'unsqueeze', [query], { axes: [2] });
  const k = call.part('key', 'unsqueeze', [key], { axes: [1] });
  return call.part('pairs', 'add', [q, k]);
}

function additiveScores(call: LayerCall, query: Value, key: Value, scale: Value | undefined): Value {
  const pairs = pairSums(call, query, key);
  const scaled = scale ? call.part('scale', 'mul', [pairs, scale]) : pairs;
  return call.part('scores', 'reduceSum', [call.part('tanh', 'tanh', [scaled])], { axes: [-1] });
}

function weighted(call: LayerCall, scores: Value, value: Value): Value {
  return call.add('matmul', [call.part('softmax', 'softmax', [scores], { axis: -1 }), value]);
}

export const attentionLayers: Readonly<Record<string, LayerLowering>> = {
  MultiHeadAttention: multiHeadAttention,
  GroupedQueryAttention: groupedQueryAttention,
  GroupQueryAttention: groupedQueryAttention,
  Attention: dotAttention,
  AdditiveAttention: additiveAttention,
};
