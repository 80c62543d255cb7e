import { elementCount } from '../../../ir/tensor.js';
import { normalizeAxis } from '../../../ops/axis.js';
import type { ExportCall, Exporter, Exporters, Name } from '../call.js';

/** [out, in] → [in, out]. */
function transposed(values: Float32Array, [rows = 1, columns = 1]: readonly number[]): Float32Array {
  return values.map((_, i) => values[(i % rows) * columns + Math.floor(i / rows)] as number);
}

const linear: Exporter = (call) => {
  const rank = call.type(0).shape.length;
  if (rank === 2) return call.emit('Gemm', [call.input(0), call.input(1), call.input(2)], { transB: 1 });
  const { shape, dtype } = call.type(1);
  const weight = call.isStored(1)
    ? call.constant(transposed(call.contents(1), shape), [...shape].reverse(), dtype)
    : call.op('Transpose', [call.input(1)], { perm: [1, 0] });
  if (!call.has(2)) return call.emit('MatMul', [call.input(0), weight]);
  call.emit('Add', [call.op('MatMul', [call.input(0), weight]), call.input(2)]);
};

function swapLast(call: ExportCall, name: Name, rank: number): Name {
  const perm = Array.from({ length: rank }, (_, i) => i);
  perm.push(...perm.splice(-2).reverse());
  return call.op('Transpose', [name], { perm });
}

const matmul: Exporter<'matmul'> = (call) => {
  const { transposeLeft, transposeRight } = call.attributes;
  const operand = (slot: number, swap: boolean) => {
    const rank = call.type(slot).shape.length;
    return swap && rank > 1 ? swapLast(call, call.input(slot), rank) : call.input(slot);
  };
  call.emit('MatMul', [operand(0, transposeLeft), operand(1, transposeRight)]);
};

/** Key or value heads repeated to match the query's, where there are fewer. */
function repeatHeads(call: ExportCall, slot: number, count: number | undefined): Name {
  const { shape } = call.type(slot);
  const head = shape.length - 3;
  const given = shape[head];
  if (head < 0 || given === undefined || given === 1 || count === undefined || given === count) return call.input(slot);
  const grouped = call.op('Unsqueeze', [call.input(slot), call.integers([head + 1])]);
  const wide = [...shape.slice(0, head + 1), count / given, ...shape.slice(-2)];
  const repeated = call.op('Expand', [grouped, call.integers(wide)]);
  return call.op('Reshape', [repeated, call.integers([...shape.slice(0, head), count, ...shape.slice(-2)])]);
}

/** softmax(scale·Q·Kᵀ + mask)·V from its parts: ONNX has the op itself only since operator set 23. */
const attention: Exporter<'attention'> = (call) => {
  const { causal, scale, softCap, cacheLength } = call.attributes;
  if (cacheLength > 0) call.refuse('cached keys come from outside the graph');
  const query = call.type(0).shape;
  const heads = query.at(-3);
  const keys = repeatHeads(call, 1, query.length > 3 ? heads : undefined);
  const values = repeatHeads(call, 2, query.length > 3 ? heads : undefined);
  const factor = call.scalar(scale ?? 1 / Math.sqrt(query.at(-1) as number));
  let scores = call.op('MatMul', [call.op('Mul', [call.input(0), factor]), swapLast(call, keys, query.length)]);
  if (softCap > 0) {
    const cap = call.scalar(softCap);
    scores = call.op('Mul', [call.op('Tanh', [call.op('Div', [scores, cap])]), cap]);
  }
  const lowest = () => call.scalar(-65504);
  if (call.has(3)) {
    const isBoolean = call.type(3).dtype === 'bool';
    scores = isBoolean
      ? call.op('Where', [call.input(3), scores, lowest()])
      : call.op('Add', [scores, call.cast(call.input(3), call.type(3).dtype, call.type(0).dtype)]);
  }
  if (causal) {
    const [rows = 1, columns = 1] = [query.at(-2), call.type(1).shape.at(-2)];
    const seen = Array.from({ length: rows * columns }, (_, i) => (i % columns <= Math.floor(i / columns) ? 1 : 0));
    scores = call.op('Where', [call.constant(seen, [rows, columns], 'bool'), scores, lowest()]);
  }
  call.emit('MatMul', [call.op('Softmax', [scores], { axis: -1 }), values]);
};

const einsum: Exporter<'einsum'> = (call) => {
  const inputs = call.node.inputs.map((_, slot) => call.input(slot));
  call.emit('Einsum', inputs, { equation: call.attributes.equation });
};

const embedding: Exporter = (call) => call.emit('Gather', [call.input(1), call.input(0)], { axis: 0 });

const gather: Exporter<'gather'> = (call) => {
  const { axis, batchAxes } = call.attributes;
  if (batchAxes === 0) return call.emit('Gather', [call.input(0), call.input(1)], { axis });
  if (normalizeAxis(axis, call.type(0).shape.length) !== batchAxes)
    call.refuse('it picks along an axis that does not follow the shared ones');
  const tuples = call.op('Unsqueeze', [call.input(1), call.integers([-1])]);
  call.emit('GatherND', [call.input(0), tuples], { batch_dims: batchAxes });
};

const gatherElements: Exporter<'gatherElements'> = (call) =>
  call.emit('GatherElements', [call.input(0), call.input(1)], { axis: call.attributes.axis });

const gatherNd: Exporter<'gatherNd'> = (call) =>
  call.emit('GatherND', [call.input(0), call.input(1)], { batch_dims: call.attributes.batchAxes });

function scatter(type: 'ScatterElements' | 'ScatterND'): Exporter<'scatterElements' | 'scatterNd'> {
  return (call) => {
    const a = call.attributes;
    if (a.reduction === 'mean') call.refuse('updates cannot be averaged');
    const axis = 'axis' in a ? { axis: a.axis } : {};
    call.emit(type, [call.input(0), call.input(1), call.input(2)], { ...axis, reduction: a.reduction });
  };
}

const oneHot: Exporter<'oneHot'> = (call) => {
  const { dtype } = call.outputType();
  const values = call.constant([0, 1], [2], dtype);
  const depth = call.scalar(call.attributes.depth, 'int64');
  call.emit('OneHot', [call.input(0), depth, values], { axis: call.attributes.axis });
};

const fill: Exporter<'fill'> = (call) => {
  const { shape, dtype } = call.outputType();
  call.emit('Expand', [
    call.constant([call.attributes.value], new Array(shape.length).fill(1), dtype),
    call.integers(shape),
  ]);
};

const range: Exporter<'range'> = (call) => {
  const { start, step } = call.attributes;
  const { shape, dtype } = call.outputType();
  const values = Array.from({ length: elementCount(shape) }, (_, i) => start + i * step);
  call.emit('Identity', [call.constant(values, shape, dtype)]);
};

export const matrix: Exporters = {
  linear,
  matmul,
  attention,
  einsum,
  embedding,
  gather,
  gatherElements,
  gatherNd,
  scatterElements: scatter('ScatterElements'),
  scatterNd: scatter('ScatterND'),
  oneHot,
  fill,
  range,
};
