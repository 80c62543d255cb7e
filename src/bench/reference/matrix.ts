import { ArchmeterError } from '../../core/errors.js';
import {
  broadcastStrides,
  gatherStrided,
  inputOf,
  type Kernel,
  type Kernels,
  outputShape,
  permuted,
  range,
  strides,
  type Tensor,
  tensor,
} from '../../core/evaluate/tensor.js';
import { elementCount } from '../../core/ir/tensor.js';
import { bindEinsum } from '../../core/ops/contraction/einsum-equation.js';
import { softmaxRow } from './normalization.js';
import { multiply } from './product.js';

/** [..., in] · [out, in]ᵀ + bias. */
const linear: Kernel = (call) => {
  const x = inputOf(call, 0);
  const weight = inputOf(call, 1);
  const bias = call.inputs[2];
  const [n = 1, k = 1] = weight.shape;
  const y = tensor(outputShape(call));
  multiply(x.data, weight.data, y.data, { m: elementCount(x.shape) / k, n, k });
  if (bias) for (let i = 0; i < y.data.length; i++) y.data[i] = (y.data[i] as number) + (bias.data[i % n] as number);
  return [y];
};

function swapLast(x: Tensor): Tensor {
  const rank = x.shape.length;
  return rank < 2 ? x : permuted(x, [...range(0, rank - 2), rank - 1, rank - 2]);
}

/** Rows of x against rows of y, both […, rows, k]: […, m, n], leading axes broadcast to `batch`. */
function rowProducts(x: Tensor, y: Tensor, batch: readonly number[]): Tensor {
  const [m = 1, k = 1] = x.shape.slice(-2);
  const n = y.shape.at(-2) as number;
  const result = tensor([...batch, m, n]);
  const offsets = (t: Tensor, size: number) => {
    const lead = t.shape.slice(0, -2);
    const ids = Float64Array.from(range(0, elementCount(lead)), (i) => i * size);
    return gatherStrided(ids, batch, broadcastStrides(lead, batch)).data;
  };
  const left = offsets(x, m * k);
  const right = offsets(y, n * k);
  for (let i = 0; i < left.length; i++) {
    multiply(x.data, y.data, result.data, { m, n, k }, { a: left[i] as number, b: right[i] as number, c: i * m * n });
  }
  return result;
}

const matmul: Kernel<'matmul'> = (call) => {
  const { transposeLeft, transposeRight } = call.attributes;
  const left = inputOf(call, 0);
  const right = inputOf(call, 1);
  const x = left.shape.length === 1 ? tensor([1, ...left.shape], left.data) : transposeLeft ? swapLast(left) : left;
  const column = right.shape.length === 1;
  const y = column ? tensor([1, ...right.shape], right.data) : transposeRight ? right : swapLast(right);
  const shape = outputShape(call);
  const batch = shape.slice(0, shape.length - (left.shape.length > 1 ? 1 : 0) - (column ? 0 : 1));
  return [tensor(shape, rowProducts(x, y, batch).data)];
};

/** Sums over the axes that are not in `axes` and orders the rest as they stand there. */
function sumTo(x: Tensor, names: readonly string[], axes: readonly string[]): Tensor {
  const dropped = names.filter((name) => !axes.includes(name));
  const order = [...axes, ...dropped].map((name) => names.indexOf(name));
  const moved = permuted(x, order);
  const shape = moved.shape.slice(0, axes.length);
  const run = elementCount(moved.shape.slice(axes.length));
  const y = tensor(shape);
  for (let i = 0; i < y.data.length; i++) {
    for (let j = 0; j < run; j++) y.data[i] = (y.data[i] as number) + (moved.data[i * run + j] as number);
  }
  return y;
}

interface Named {
  readonly axes: readonly string[];
  readonly value: Tensor;
}

/** Stretches axes of size 1 and takes the diagonal where an operand names an axis twice. */
function regular({ axes, value }: Named, sizes: ReadonlyMap<string, number>): Named {
  const own = strides(value.shape);
  const names = [...new Set(axes)];
  const steps = names.map((name) =>
    axes.reduce((step, axis, i) => (axis === name && value.shape[i] !== 1 ? step + (own[i] as number) : step), 0),
  );
  const shape = names.map((name) => sizes.get(name) as number);
  return { axes: names, value: gatherStrided(value.data, shape, steps) };
}

function contract(left: Named, right: Named, kept: ReadonlySet<string>): Named {
  const shared = left.axes.filter((axis) => right.axes.includes(axis));
  const batch = shared.filter((axis) => kept.has(axis));
  const summed = shared.filter((axis) => !kept.has(axis));
  const only = (operand: Named) => operand.axes.filter((axis) => !shared.includes(axis) && kept.has(axis));
  const rows = only(left);
  const columns = only(right);
  const sizes = (operand: Named, axes: readonly string[]) =>
    axes.map((axis) => operand.value.shape[operand.axes.indexOf(axis)] as number);
  const matrices = (operand: Named, own: readonly string[]) => {
    const moved = sumTo(operand.value, operand.axes, [...batch, ...own, ...summed]);
    const shape = [
      elementCount(sizes(operand, batch)),
      elementCount(sizes(operand, own)),
      elementCount(sizes(operand, summed)),
    ];
    return tensor(shape, moved.data);
  };
  const batches = elementCount(sizes(left, batch));
  const product = rowProducts(matrices(left, rows), matrices(right, columns), [batches]);
  return {
    axes: [...batch, ...rows, ...columns],
    value: tensor([...sizes(left, batch), ...sizes(left, rows), ...sizes(right, columns)], product.data),
  };
}

const einsum: Kernel<'einsum'> = (call) => {
  const inputs = call.inputs as readonly Tensor[];
  const shapes = inputs.map(({ shape }) => shape);
  const { operands, output, sizes } = bindEinsum(call.attributes.equation, shapes);
  const named = operands.map((axes, i) => regular({ axes, value: inputs[i] as Tensor }, sizes));
  const result = named.reduce((left, right, i) => {
    const later = named.slice(i + 1).flatMap(({ axes }) => axes);
    return contract(left, right, new Set([...output, ...later]));
  });
  return [sumTo(result.value, result.axes, output)];
};

/** softmax(scale·Q·Kᵀ + mask)·V; key and value heads repeat to match the query's. */
const attention: Kernel<'attention'> = (call) => {
  const { causal, scale, softCap, cacheLength } = call.attributes;
  if (cacheLength > 0) throw new ArchmeterError('attention over cached keys takes the cache from outside the graph');
  const q = inputOf(call, 0);
  const lead = q.shape.slice(0, -2);
  const [rows = 1, features = 1] = q.shape.slice(-2);
  const k = repeatHeads(inputOf(call, 1), lead);
  const v = repeatHeads(inputOf(call, 2), lead);
  const scores = rowProducts(q, k, lead);
  const keys = k.shape.at(-2) as number;
  const mask =
    call.inputs[3] &&
    gatherStrided(call.inputs[3].data, scores.shape, broadcastStrides(call.inputs[3].shape, scores.shape)).data;
  const isBoolean = call.inputTypes[3] === 'bool';
  for (let i = 0; i < scores.data.length; i++) {
    let score = (scores.data[i] as number) * (scale ?? 1 / Math.sqrt(features));
    if (softCap > 0) score = softCap * Math.tanh(score / softCap);
    if (mask) score = isBoolean ? (mask[i] ? score : Number.NEGATIVE_INFINITY) : score + (mask[i] as number);
    if (causal && i % keys > Math.floor(i / keys) % rows) score = Number.NEGATIVE_INFINITY;
    scores.data[i] = score;
  }
  for (let start = 0; start < scores.data.length; start += keys) {
    scores.data.set(softmaxRow(scores.data.subarray(start, start + keys)), start);
  }
  return [tensor(outputShape(call), rowProducts(scores, swapLast(v), lead).data)];
};

/** Head h of `count` query heads reads key and value head ⌊h·given/count⌋ (torch's enable_gqa). */
function repeatHeads(x: Tensor, lead: readonly number[]): Tensor {
  const own = strides(x.shape);
  const rank = x.shape.length;
  const head = rank - 3;
  const given = x.shape[head] as number;
  const count = lead[head];
  if (head < 0 || given === count || given === 1 || count === undefined) return x;
  const grouped = tensor([...x.shape.slice(0, head), given, count / given, ...x.shape.slice(-2)]);
  const steps = [...own.slice(0, head), own[head] as number, 0, ...own.slice(-2)];
  const repeated = gatherStrided(x.data, grouped.shape, steps);
  return tensor([...x.shape.slice(0, head), count, ...x.shape.slice(-2)], repeated.data);
}

export const matrix: Kernels = { linear, matmul, einsum, attention };
