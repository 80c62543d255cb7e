import type { Value } from '../../../ir/graph.js';
import { broadcast } from '../../../ops/elementwise/broadcast.js';
import type { OpAttributes } from '../../../ops/op-attributes.js';
import { axisOf, movedAxes } from '../lower/axes.js';
import type { Lowering, NodeContext } from '../lower/node-context.js';

/** Operators that pick and place elements by tensors of indices. */

const DATA_DEPENDENT = 'how much it gives depends on the data';

function isMask(value: Value): boolean {
  return value.dtype === 'bool' || value.dtype === 'uint8';
}

/** Elements where a mask over axes from `axis` on is set: those axes become one, as long as the file or its bound says. */
function chosen(n: NodeContext, x: Value, mask: Value, axis: number): Value {
  const count = n.statedShape()[axis] as number;
  const places = n.add('nonZero', [flat(n, mask, 0, mask.shape.length)], { count });
  const index = n.add('reshape', [places], { shape: [count] });
  return n.add('gather', [flat(n, x, axis, mask.shape.length), index], { axis });
}

function flat(n: NodeContext, x: Value, axis: number, count: number): Value {
  return count === 1 ? x : n.add('flatten', [x], { startAxis: axis, endAxis: axis + count - 1 });
}

/** [count, rank] from nonZero's [rank, count]. */
function nonZero(n: NodeContext): Value {
  const found = n.add('nonZero', [n.tensor('self')], { count: n.statedShape()[0] });
  return n.add('transpose', [found], { permutation: [1, 0] });
}

/** `self[i, :, j]`: a mask gives as many elements as it has trues, which shapes do not tell. */
function index(n: NodeContext) {
  const x = n.tensor('self');
  const picked = n.optionals('indices').flatMap((value, axis) => (value === undefined ? [] : [{ axis, value }]));
  const [only, ...more] = picked;
  if (only === undefined) return x;
  if (picked.some(({ value }) => isMask(value))) {
    return more.length === 0 ? chosen(n, x, only.value, only.axis) : n.opaque(DATA_DEPENDENT);
  }
  if (more.length === 0) return n.add('gather', [x, only.value], { axis: only.axis });
  const values = picked.map(({ value }) => value);
  return n.add('advancedIndex', [x, ...values], { axes: picked.map(({ axis }) => axis) });
}

function indexPut(n: NodeContext) {
  const indices = n.tensors('indices');
  const [data, values] = [n.tensor('self'), n.tensor('values')];
  // Where a mask is set, a value that stands for all of them is chosen element by element.
  if (indices.length === 1 && indices[0]?.dtype === 'bool' && values.shape.length === 0) {
    const mask = indices[0];
    const missing = data.shape.length - mask.shape.length;
    const spread =
      missing === 0
        ? mask
        : n.add('reshape', [mask], { shape: [...mask.shape, ...new Array<number>(missing).fill(1)] });
    return n.add('where', [spread, values, data]);
  }
  return n.add('overwrite', [data, values, ...indices], n.flag('accumulate') ? { accumulate: true } : {});
}

type Reduction = OpAttributes['scatterElements']['reduction'];

const REDUCTIONS: ReadonlyMap<string, Reduction> = new Map<string, Reduction>([
  ['add', 'add'],
  ['sum', 'add'],
  ['multiply', 'mul'],
  ['prod', 'mul'],
  ['amax', 'max'],
  ['amin', 'min'],
  ['mean', 'mean'],
]);

function scatter(n: NodeContext, updates: Value, reduction?: Reduction) {
  const x = n.tensor('self');
  return n.add('scatterElements', [x, n.tensor('index'), updates], {
    axis: axisOf(n.integer('dim'), x.shape.length),
    ...(reduction === undefined ? {} : { reduction }),
  });
}

/** A scalar is written to every place. */
function scatterAny(n: NodeContext) {
  const reduction = REDUCTIONS.get(n.word('reduce', ''));
  if (n.has('src')) return scatter(n, n.tensor('src'), reduction);
  const shape = n.tensor('index').shape;
  return scatter(n, n.add('expand', [n.operand('value')], { shape }), reduction);
}

const overwritten =
  (values: string, accumulate: boolean): Lowering =>
  (n) =>
    n.add(
      'overwrite',
      [n.tensor('self'), n.operand(values), n.tensor('index')],
      accumulate ? { accumulate: true } : {},
    );

function embedding(n: NodeContext) {
  const table = n.tensor('weight');
  const [count = 1, features = 1] = table.shape;
  return n.add('embedding', [n.tensor('indices'), table], { count, features });
}

const BAGS = ['reduceSum', 'reduceMean', 'reduceMax'] as const;

/** Rows of each bag, added up, averaged or compared: (output, offsets, bag sizes, indices of maxima). */
function embeddingBag(n: NodeContext) {
  const bags = n.statedShape()[0] as number;
  const rows = embedding(n);
  if (rows.shape.length !== 2 || bags === 0 || (rows.shape[0] as number) % bags !== 0) {
    return n.opaque('the sizes of the bags lie in a tensor');
  }
  const [count = 0, features = 1] = rows.shape;
  const grouped = n.add('reshape', [rows], { shape: [bags, count / bags, features] });
  const mode = BAGS[n.integer('mode', 0)] ?? 'reduceSum';
  return [n.add(mode, [grouped], { axes: [1] }), undefined, undefined, undefined];
}

function diagonal(n: NodeContext, first: number, second: number, name = 'self', place = 'offset'): Value {
  const x = n.tensor(name);
  const offset = n.integer(place, 0);
  const [rows, columns] = [x.shape[first] as number, x.shape[second] as number];
  const length = Math.max(offset >= 0 ? Math.min(rows, columns - offset) : Math.min(rows + offset, columns), 0);
  const permutation = movedAxes(x.shape.length, [first, second], [-2, -1]);
  const turned = n.add('transpose', [x], { permutation });
  const picks = n.add('range', [], { limit: length, dtype: 'int64' });
  return n.add('advancedIndex', [turned, picks, picks], { axes: [-2, -1] });
}

export const INDEXING: Readonly<Record<string, Lowering>> = {
  index,
  _unsafe_index: index,
  index_put: indexPut,
  _unsafe_index_put: indexPut,
  index_select: (n) => {
    const x = n.tensor('self');
    return n.add('gather', [x, n.tensor('index')], { axis: axisOf(n.integer('dim'), x.shape.length) });
  },
  gather: (n) => {
    const x = n.tensor('self');
    return n.add('gatherElements', [x, n.tensor('index')], { axis: axisOf(n.integer('dim'), x.shape.length) });
  },
  take_along_dim: (n) => {
    if (!n.has('dim')) return n.opaque('it indexes a flattened tensor');
    const x = n.tensor('self');
    return n.add('gatherElements', [x, n.tensor('indices')], { axis: axisOf(n.integer('dim'), x.shape.length) });
  },
  take: (n) => {
    const x = n.tensor('self');
    const flat = n.add('flatten', [x], { startAxis: 0, endAxis: Math.max(x.shape.length - 1, 0) });
    return n.add('gather', [flat, n.tensor('index')], { axis: 0 });
  },
  scatter: scatterAny,
  scatter_add: (n) => scatter(n, n.tensor('src'), 'add'),
  scatter_reduce: scatterAny,
  index_add: overwritten('source', true),
  index_copy: overwritten('source', false),
  index_fill: overwritten('value', false),
  masked_scatter: (n) => n.add('overwrite', [n.tensor('self'), n.tensor('source'), n.tensor('mask')]),
  embedding,
  embedding_bag: embeddingBag,
  _embedding_bag: embeddingBag,
  _embedding_bag_forward_only: embeddingBag,
  one_hot: (n) => {
    const depth = n.integer('num_classes', -1);
    const classes = depth < 0 ? (n.statedShape().at(-1) as number) : depth;
    return n.add('oneHot', [n.tensor('self')], { depth: classes, to: 'int64' });
  },
  diagonal: (n) => {
    const rank = n.tensor('self').shape.length;
    return diagonal(n, axisOf(n.integer('dim1', 0), rank), axisOf(n.integer('dim2', 1), rank));
  },
  linalg_diagonal: (n) => {
    const rank = n.tensor('A').shape.length;
    return diagonal(n, axisOf(n.integer('dim1', -2), rank), axisOf(n.integer('dim2', -1), rank), 'A');
  },
  trace: (n) => n.add('reduceSum', [diagonal(n, 0, 1)], { axes: [0] }),
  // A matrix gives its diagonal, a vector becomes one.
  diag: (n) => {
    if (n.tensor('self').shape.length === 2) return diagonal(n, 0, 1, 'self', 'diagonal');
    const zeros = n.add('fill', [], { shape: [...n.statedShape()], dtype: n.tensor('self').dtype, value: 0 });
    return n.add('overwrite', [zeros, n.tensor('self')]);
  },
  nonzero: nonZero,
  nonzero_static: nonZero,
  masked_select: (n) => {
    const [x, mask] = [n.tensor('self'), n.tensor('mask')];
    const shape = broadcast(x.shape, mask.shape);
    const spread = (value: Value) => n.add('expand', [value], { shape });
    return chosen(n, spread(x), spread(mask), 0);
  },
};
