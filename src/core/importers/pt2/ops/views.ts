import { ArchmeterError } from '../../../errors.js';
import type { Value } from '../../../ir/graph.js';
import { elementCount, formatShape, type Shape } from '../../../ir/tensor.js';
import { axisOf, movedAxes, range } from '../lower/axes.js';
import type { Lowering, NodeContext } from '../lower/node-context.js';

/** Operators that only look at a tensor in another way. */

const same =
  (name = 'self'): Lowering =>
  (n) =>
    n.tensor(name);

function sameShape(left: Shape, right: Shape): boolean {
  return left.length === right.length && left.every((size, axis) => size === right[axis]);
}

export function reshaped(n: NodeContext, x: Value, shape: Shape): Value {
  return sameShape(x.shape, shape) ? x : n.add('reshape', [x], { shape });
}

function view(n: NodeContext, x: Value, sizes: readonly number[]): Value {
  const open = sizes.indexOf(-1);
  const known = sizes.reduce((total, size) => (size === -1 ? total : total * size), 1);
  const elements = elementCount(x.shape);
  const shape = open < 0 ? [...sizes] : sizes.with(open, known === 0 ? 0 : elements / known);
  if (elementCount(shape) !== elements || !Number.isInteger(shape[open] ?? 1)) {
    throw new ArchmeterError(
      `${formatShape(x.shape)} cannot be viewed as [${sizes.join(', ')}]`,
      'The sizes are fixed in the file: use those of the export, or export with dynamic_shapes.',
    );
  }
  return reshaped(n, x, shape);
}

function permuted(n: NodeContext, x: Value, permutation: readonly number[]): Value {
  const axes = permutation.map((axis) => axisOf(axis, x.shape.length));
  if (axes.every((axis, place) => axis === place)) return x;
  return n.add('transpose', [x], { permutation: axes });
}

function swapped(n: NodeContext, x: Value, first: number, second: number): Value {
  const rank = x.shape.length;
  if (rank === 0) return x;
  const axes = range(rank);
  const [i, j] = [axisOf(first, rank), axisOf(second, rank)];
  [axes[i], axes[j]] = [j, i];
  return permuted(n, x, axes);
}

const swap =
  (first: string, second: string): Lowering =>
  (n) =>
    swapped(n, n.tensor('self'), n.integer(first), n.integer(second));

/** The last two axes. */
const turn: Lowering = (n) => {
  const x = n.tensor('self');
  return x.shape.length < 2 ? x : swapped(n, x, -2, -1);
};

const move: Lowering = (n) => {
  const x = n.tensor('self');
  return permuted(n, x, movedAxes(x.shape.length, n.integers('source'), n.integers('destination')));
};

export function expanded(n: NodeContext, x: Value, sizes: readonly number[]): Value {
  const added = sizes.length - x.shape.length;
  const shape = sizes.map((size, axis) => (size === -1 ? (x.shape[axis - added] as number) : size));
  return sameShape(x.shape, shape) ? x : n.add('expand', [x], { shape });
}

function squeeze(n: NodeContext) {
  const x = n.tensor('self');
  const rank = x.shape.length;
  const all = !n.has('dim');
  const axes = (all ? range(rank) : n.integers('dim').map((axis) => axisOf(axis, rank))).filter(
    (axis) => x.shape[axis] === 1,
  );
  return axes.length === 0 ? x : n.add('squeeze', [x], { axes });
}

function flatten(n: NodeContext) {
  const x = n.tensor('self');
  const rank = x.shape.length;
  if (rank === 0) return reshaped(n, x, [1]);
  const start = axisOf(n.integer('start_dim', 0), rank);
  const end = axisOf(n.integer('end_dim', -1), rank);
  return start === end ? x : n.add('flatten', [x], { startAxis: start, endAxis: end });
}

function unflatten(n: NodeContext) {
  const x = n.tensor('self');
  const axis = axisOf(n.integer('dim'), x.shape.length);
  const sizes = n.integers('sizes');
  const known = sizes.reduce((total, size) => (size === -1 ? total : total * size), 1);
  const parts = sizes.map((size) => (size === -1 ? (x.shape[axis] as number) / known : size));
  return view(n, x, [...x.shape.slice(0, axis), ...parts, ...x.shape.slice(axis + 1)]);
}

/** At least `rank` axes, added in front; torch's atleast_3d adds the last one behind. */
const atLeast =
  (rank: number): Lowering =>
  (n) => {
    const x = n.tensor('self');
    const missing = rank - x.shape.length;
    if (missing <= 0) return x;
    const front = rank === 3 && x.shape.length > 0 ? missing - 1 : missing;
    const ones = (count: number) => new Array<number>(Math.max(count, 0)).fill(1);
    return reshaped(n, x, [...ones(front), ...x.shape, ...ones(missing - front)]);
  };

export const VIEWS: Readonly<Record<string, Lowering>> = {
  view: (n) => {
    const x = n.tensor('self');
    // view.dtype reads the same bits as another type.
    const to = n.dtype('dtype');
    return to === undefined ? view(n, x, n.integers('size')) : n.add('cast', [x], { to });
  },
  reshape: (n) => view(n, n.tensor('self'), n.integers('shape')),
  _unsafe_view: (n) => view(n, n.tensor('self'), n.integers('size')),
  _reshape_alias: (n) => view(n, n.tensor('self'), n.integers('size')),
  _reshape_copy: (n) => view(n, n.tensor('self'), n.integers('size')),
  view_as: (n) => view(n, n.tensor('self'), n.tensor('other').shape),
  reshape_as: (n) => view(n, n.tensor('self'), n.tensor('other').shape),
  flatten,
  ravel: (n) => view(n, n.tensor('self'), [-1]),
  unflatten,
  squeeze,
  unsqueeze: (n) => {
    const x = n.tensor('self');
    return n.add('unsqueeze', [x], { axes: [axisOf(n.integer('dim'), x.shape.length + 1)] });
  },
  expand: (n) => expanded(n, n.tensor('self'), n.integers('size')),
  expand_as: (n) => expanded(n, n.tensor('self'), n.tensor('other').shape),
  broadcast_to: (n) => expanded(n, n.tensor('self'), n.integers('size')),
  broadcast_tensors: (n) => n.tensors('tensors').map((x, i) => expanded(n, x, n.statedShape(i))),
  permute: (n) => permuted(n, n.tensor('self'), n.integers('dims')),
  transpose: swap('dim0', 'dim1'),
  swapaxes: swap('axis0', 'axis1'),
  swapdims: swap('dim0', 'dim1'),
  t: turn,
  mT: turn,
  mH: turn,
  adjoint: turn,
  numpy_T: (n) => permuted(n, n.tensor('self'), range(n.tensor('self').shape.length).reverse()),
  movedim: move,
  moveaxis: move,
  atleast_1d: atLeast(1),
  atleast_2d: atLeast(2),
  atleast_3d: atLeast(3),
  unfold: (n) => {
    const x = n.tensor('self');
    const axis = axisOf(n.integer('dimension'), x.shape.length);
    return n.add('slidingWindow', [x], { axis, size: n.integer('size'), step: n.integer('step') });
  },
  as_strided: (n) => {
    const x = n.tensor('self');
    const shape = n.integers('size');
    return elementCount(shape) === elementCount(x.shape) ? reshaped(n, x, shape) : n.add('stridedView', [x], { shape });
  },
  view_as_complex: (n) => {
    const x = n.tensor('self');
    return n.add('stridedView', [x], { shape: x.shape.slice(0, -1), to: n.stated[0]?.dtype });
  },
  view_as_real: (n) => {
    const x = n.tensor('self');
    return n.add('stridedView', [x], { shape: [...x.shape, 2], to: n.stated[0]?.dtype });
  },

  // Copies in memory that change no number: the layout that follows a transposition is charged to the transposition.
  contiguous: same(),
  clone: same(),
  detach: same(),
  alias: same(),
  lift_fresh: same(),
  lift: same(),
  positive: same(),
  resolve_conj: same(),
  resolve_neg: same(),
  requires_grad: same(),
  pin_memory: same(),
};
