import { ArchmeterError } from '../../../errors.js';
import type { Value } from '../../../ir/graph.js';
import type { OpName } from '../../../ops/op-attributes.js';
import { axisOf, range } from '../lower/axes.js';
import type { Lowering, NodeContext } from '../lower/node-context.js';

/** No axis, or an empty list of them, means all. */
function axesOf(n: NodeContext, x: Value, name = 'dim'): number[] {
  const axes = n.integers(name, []);
  return axes.map((axis) => axisOf(axis, x.shape.length));
}

function reduced(n: NodeContext, op: OpName, x: Value, axes: readonly number[], keepDims = n.flag('keepdim')): Value {
  // A scalar has nothing to reduce, though torch lets axis 0 be named.
  if (x.shape.length === 0) return x;
  return n.add(op, [x], {
    ...(axes.length === 0 ? {} : { axes: [...axes] }),
    ...(keepDims ? { keepDims } : {}),
  });
}

const reduce =
  (op: OpName): Lowering =>
  (n) => {
    const x = n.tensor('self');
    return reduced(n, op, x, axesOf(n, x));
  };

/** max and min: of all elements, along an axis with its indices, or of two tensors. */
const extreme =
  (op: OpName, elementwise: OpName): Lowering =>
  (n) => {
    const x = n.tensor('self');
    if (n.has('other')) return n.add(elementwise, [x, n.tensor('other')]);
    if (!n.has('dim')) return reduced(n, op, x, [], false);
    const axis = axisOf(n.integer('dim'), x.shape.length);
    const values = reduced(n, op, x, [axis]);
    if (!n.isRead(1) || x.shape.length === 0) return [values, undefined];
    const find = op === 'reduceMax' ? 'argMax' : 'argMin';
    return [values, n.add(find, [x], { axis, keepDims: n.flag('keepdim') })];
  };

const arg =
  (op: OpName): Lowering =>
  (n) => {
    const x = n.tensor('self');
    if (n.has('dim')) {
      const axis = axisOf(n.integer('dim'), x.shape.length);
      return n.add(op, [x], { axis, keepDims: n.flag('keepdim') });
    }
    const flat = n.add('reshape', [x], { shape: [-1] });
    const found = n.add(op, [flat], { axis: 0, keepDims: false });
    return n.flag('keepdim') ? n.add('reshape', [found], { shape: x.shape.map(() => 1) }) : found;
  };

/** Norm of order p over axes: (Σ|x|ᵖ)^(1/p). */
function norm(n: NodeContext, order: string) {
  const x = n.tensor('self');
  const axes = axesOf(n, x);
  // Frobenius by name, or no order: the root of the sum of squares.
  const p = n.isNumber(order) ? n.number(order) : 2;
  if (p === 2) return reduced(n, 'reduceL2', x, axes);
  if (p === 1) return reduced(n, 'reduceL1', x, axes);
  const magnitudes = n.add('abs', [x]);
  if (p === Number.POSITIVE_INFINITY) return reduced(n, 'reduceMax', magnitudes, axes);
  if (p === Number.NEGATIVE_INFINITY) return reduced(n, 'reduceMin', magnitudes, axes);
  const sum = reduced(n, 'reduceSum', n.add('pow', [magnitudes, n.constant(p)]), axes);
  return n.add('pow', [sum, n.constant(1 / p)]);
}

/** (statistic, mean): one pass gives both, the mean is not counted again. */
const withMean =
  (op: OpName): Lowering =>
  (n) => {
    const x = n.tensor('self');
    const axes = axesOf(n, x);
    return [reduced(n, op, x, axes), reduced(n, 'reduceMean', x, axes)];
  };

const cumulative =
  (op: OpName): Lowering =>
  (n) => {
    const x = n.tensor('self');
    return x.shape.length === 0 ? x : n.add(op, [x], { axis: axisOf(n.integer('dim'), x.shape.length) });
  };

const runningExtreme =
  (op: OpName): Lowering =>
  (n) => {
    const x = n.tensor('self');
    return n.addAll(op, [x], { axis: axisOf(n.integer('dim'), x.shape.length) });
  };

function cosineSimilarity(n: NodeContext) {
  const [x, y] = [n.tensor('x1'), n.tensor('x2')];
  const axes = [axisOf(n.integer('dim', 1), x.shape.length)];
  const along = (value: Value) => reduced(n, 'reduceL2', value, axes, false);
  const products = reduced(n, 'reduceSum', n.add('mul', [x, y]), axes, false);
  return n.add('div', [products, n.add('mul', [along(x), along(y)])]);
}

/** Differences of neighbours along an axis, `n` times; tensors may be put before and after. */
function differences(n: NodeContext) {
  const parts = [n.optional('prepend'), n.tensor('self'), n.optional('append')].filter((x) => x !== undefined);
  const axis = axisOf(n.integer('dim', -1), parts[0]?.shape.length ?? 0);
  let x = parts.length === 1 ? (parts[0] as Value) : n.add('concat', parts, { axis });
  const op = x.dtype === 'bool' ? 'notEqual' : 'sub';
  for (let left = n.integer('n', 1); left > 0 && (x.shape[axis] as number) > 0; left--) {
    const size = x.shape[axis] as number;
    const cut = (from: number, to: number) => n.add('slice', [x], { starts: [from], ends: [to], axes: [axis] });
    x = n.add(op, [cut(1, size), cut(0, size - 1)]);
  }
  return x;
}

export const REDUCTIONS: Readonly<Record<string, Lowering>> = {
  sum: reduce('reduceSum'),
  nansum: reduce('reduceSum'),
  mean: reduce('reduceMean'),
  nanmean: reduce('reduceMean'),
  prod: reduce('reduceProd'),
  amax: reduce('reduceMax'),
  amin: reduce('reduceMin'),
  any: reduce('reduceAny'),
  all: reduce('reduceAll'),
  var: reduce('reduceVariance'),
  std: reduce('reduceStd'),
  var_mean: withMean('reduceVariance'),
  std_mean: withMean('reduceStd'),
  logsumexp: reduce('reduceLogSumExp'),
  max: extreme('reduceMax', 'max'),
  min: extreme('reduceMin', 'min'),
  aminmax: (n) => {
    const x = n.tensor('self');
    const axes = axesOf(n, x);
    return [reduced(n, 'reduceMin', x, axes), reduced(n, 'reduceMax', x, axes)];
  },
  argmax: arg('argMax'),
  argmin: arg('argMin'),
  linalg_vector_norm: (n) => norm(n, 'ord'),
  norm: (n) => norm(n, 'p'),
  linalg_norm: (n) => norm(n, 'ord'),
  frobenius_norm: reduce('reduceL2'),
  count_nonzero: (n) => {
    const x = n.tensor('self');
    return reduced(n, 'reduceSum', n.add('notEqual', [x, n.constant(0)]), axesOf(n, x), false);
  },
  cumsum: cumulative('cumSum'),
  cumprod: cumulative('cumProd'),
  cummax: runningExtreme('cumMax'),
  cummin: runningExtreme('cumMin'),
  topk: (n) => {
    const x = n.tensor('self');
    return n.addAll('topK', [x], {
      k: n.integer('k'),
      axis: axisOf(n.integer('dim', -1), x.shape.length),
      ...(n.flag('largest', true) ? {} : { largest: false }),
    });
  },
  sort: (n) => {
    const x = n.tensor('self');
    return n.addAll('sort', [x], { axis: axisOf(n.integer('dim', -1), x.shape.length), ...descending(n) });
  },
  argsort: (n) => {
    const x = n.tensor('self');
    const sorted = n.addAll('sort', [x], { axis: axisOf(n.integer('dim', -1), x.shape.length), ...descending(n) });
    const [, indices] = sorted;
    if (indices === undefined) throw new ArchmeterError('sort gives no indices');
    return indices;
  },
  msort: (n) => n.addAll('sort', [n.tensor('self')], { axis: 0 })[0] as Value,
  diff: differences,
  logcumsumexp: (n) => {
    const x = n.add('exp', [n.tensor('self')]);
    return n.add('log', [n.add('cumSum', [x], { axis: axisOf(n.integer('dim'), x.shape.length) })]);
  },
  cosine_similarity: cosineSimilarity,
  dist: (n) => {
    const difference = n.add('sub', [n.tensor('self'), n.tensor('other')]);
    return reduced(
      n,
      n.number('p', 2) === 1 ? 'reduceL1' : 'reduceL2',
      difference,
      range(difference.shape.length),
      false,
    );
  },
};

function descending(n: NodeContext): { readonly descending?: boolean } {
  return n.flag('descending') ? { descending: true } : {};
}
