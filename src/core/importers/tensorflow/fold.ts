import { isFloat, type TensorType } from '../../ir/tensor.js';
import { normalizeAxis } from '../../ops/axis.js';
import { opOf } from '../../ops/index.js';
import { combine, concatenate, expandTo, gather, reduce, type SmallArray, slice, tile, transpose } from './array.js';
import { isSmall, type NodeCall } from './call.js';
import { reshapeTarget } from './ops/arrangement.js';
import { BINARY, UNARY } from './ops/elementwise.js';
import { stridedSliceOf } from './strided-slice.js';
import type { Tensor } from './tensor.js';

/** Works out small tensors from others that are known: how shapes are computed in a graph. */
type Folding = (call: NodeCall) => SmallArray | readonly SmallArray[] | undefined;

function array(tensor: Tensor): SmallArray {
  return { shape: tensor.shape, data: tensor.data as readonly number[] };
}

const integer = (value: number, dtype: string) => (dtype.startsWith('float') ? value : Math.trunc(value));

const binary =
  (op: string): Folding =>
  (call) => {
    const evaluate = opOf(op).evaluate;
    if (evaluate === undefined) return undefined;
    const whole = op === 'div';
    return combine(array(call.x), array(call.input(1)), (x, y) => {
      const value = evaluate({}, x, y);
      return whole ? integer(value, call.x.dtype) : value;
    });
  };

const unary =
  (op: string): Folding =>
  (call) => {
    const evaluate = opOf(op).evaluate;
    return evaluate && { shape: call.x.shape, data: array(call.x).data.map((x) => evaluate({}, x)) };
  };

const REDUCERS: Readonly<Record<string, (values: readonly number[]) => number>> = {
  Prod: (values) => values.reduce((all, value) => all * value, 1),
  Sum: (values) => values.reduce((all, value) => all + value, 0),
  Max: (values) => Math.max(...values),
  Min: (values) => Math.min(...values),
  Mean: (values) => values.reduce((all, value) => all + value, 0) / values.length,
  Any: (values) => Number(values.some((value) => value !== 0)),
  All: (values) => Number(values.every((value) => value !== 0)),
};

const reduction =
  (evaluate: (values: readonly number[]) => number): Folding =>
  (call) =>
    reduce(array(call.x), call.knownAxes(1, call.x.rank), call.attributes.flag('keep_dims'), evaluate);

const reshaped = (call: NodeCall, shape: readonly number[]): SmallArray => ({ shape, data: array(call.x).data });

const join: Folding = (call) => {
  const isFirst = call.op === 'Concat';
  const parts = isFirst ? call.inputs.slice(1) : call.inputs.slice(0, -1);
  const axis = call.knownInteger(isFirst ? 0 : call.inputs.length - 1);
  return concatenate(parts.map(array), normalizeAxis(axis, parts[0]?.rank ?? 1));
};

const pack: Folding = (call) => {
  const axis = call.attributes.integer('axis', 0);
  const { shape } = call.x;
  const place = axis < 0 ? axis + shape.length + 1 : axis;
  const widened = [...shape.slice(0, place), 1, ...shape.slice(place)];
  return concatenate(
    call.inputs.map((part) => ({ shape: widened, data: array(part).data })),
    place,
  );
};

const parts = (call: NodeCall, x: Tensor, axis: number, sizes: readonly number[]): SmallArray[] => {
  let start = 0;
  return sizes.map((size) => {
    const ranges = x.shape.map((whole, i) =>
      i === axis ? { start, step: 1, size } : { start: 0, step: 1, size: whole },
    );
    start += size;
    if (start > (x.shape[axis] as number)) call.fail('its parts are larger than the whole');
    return slice(array(x), ranges);
  });
};

const unpack: Folding = (call) => {
  const axis = normalizeAxis(call.attributes.integer('axis', 0), call.x.rank);
  const shape = call.x.shape.filter((_, i) => i !== axis);
  const ones = new Array<number>(call.x.shape[axis] as number).fill(1);
  return parts(call, call.x, axis, ones).map(({ data }) => ({ shape, data }));
};

const split: Folding = (call) => {
  const x = call.input(1);
  const axis = normalizeAxis(call.knownInteger(0), x.rank);
  const count = call.attributes.integer('num_split');
  const size = (x.shape[axis] as number) / count;
  return Number.isSafeInteger(size) ? parts(call, x, axis, new Array<number>(count).fill(size)) : undefined;
};

const splitV: Folding = (call) => {
  const axis = normalizeAxis(call.knownInteger(2), call.x.rank);
  const sizes = call.known(1);
  const rest = (call.x.shape[axis] as number) - sizes.reduce((sum, size) => sum + Math.max(size, 0), 0);
  return parts(
    call,
    call.x,
    axis,
    sizes.map((size) => (size < 0 ? rest : size)),
  );
};

const plainSlice: Folding = (call) => {
  const starts = call.known(1);
  const sizes = call.known(2);
  const ranges = call.x.shape.map((whole, axis) => {
    const start = starts[axis] ?? 0;
    const size = sizes[axis] ?? -1;
    return { start, step: 1, size: size < 0 ? whole - start : size };
  });
  const fits = ranges.every(
    ({ start, size }, axis) => start >= 0 && size >= 0 && start + size <= (call.x.shape[axis] as number),
  );
  return fits ? slice(array(call.x), ranges) : undefined;
};

const stridedSlice: Folding = (call) => {
  const { axes, squeezed, added } = stridedSliceOf(call, call.x.shape);
  const cut = slice(array(call.x), axes);
  const shape = cut.shape.filter((_, axis) => !squeezed.includes(axis));
  for (const axis of added) shape.splice(axis, 0, 1);
  return { shape, data: cut.data };
};

const expandDims: Folding = (call) => {
  const axis = call.knownInteger(1);
  const place = axis < 0 ? axis + call.x.rank + 1 : axis;
  return reshaped(call, [...call.x.shape.slice(0, place), 1, ...call.x.shape.slice(place)]);
};

const squeeze: Folding = (call) => {
  const axes = call.attributes.integers('squeeze_dims', call.attributes.integers('axis', []));
  const normal = axes.map((axis) => normalizeAxis(axis, call.x.rank));
  const out = (size: number, axis: number) => (axes.length === 0 ? size === 1 : normal.includes(axis));
  return reshaped(
    call,
    call.x.shape.filter((size, axis) => !out(size, axis)),
  );
};

const range: Folding = (call) => {
  const [start, limit, step] = [call.known(0)[0], call.known(1)[0], call.known(2)[0]] as [number, number, number];
  const count = Math.max(Math.ceil((limit - start) / step), 0);
  if (!isSmall([count])) return undefined;
  return { shape: [count], data: Array.from({ length: count }, (_, i) => start + i * step) };
};

const filled = (shape: readonly number[], value: number): SmallArray | undefined =>
  isSmall(shape)
    ? { shape, data: new Array<number>(shape.reduce((all, size) => all * size, 1)).fill(value) }
    : undefined;

const cast: Folding = (call) => {
  const to = call.attributes.dtype('DstT') ?? 'float32';
  const data = array(call.x).data.map((value) => (to === 'bool' ? Number(value !== 0) : integer(value, to)));
  return { shape: call.x.shape, data };
};

const gathered: Folding = (call) => {
  const axis = call.has(2) ? call.knownInteger(2) : call.attributes.integer('axis', 0);
  if (call.attributes.integer('batch_dims', 0) !== 0) return undefined;
  return gather(array(call.x), array(call.input(1)), normalizeAxis(axis, call.x.rank));
};

const select: Folding = (call) => {
  const [x, y] = [array(call.input(1)), array(call.input(2))];
  const either = combine(x, y, (left) => left).shape;
  const condition = expandTo(array(call.x), either);
  const [left, right] = [expandTo(x, either), expandTo(y, either)];
  return { shape: either, data: condition.data.map((value, i) => (value !== 0 ? left : right).data[i] as number) };
};

const broadcastArgs: Folding = (call) => {
  const [x, y] = [array(call.x).data, array(call.input(1)).data];
  const rank = Math.max(x.length, y.length);
  const data = Array.from({ length: rank }, (_, i) => {
    const [left, right] = [x[x.length - rank + i] ?? 1, y[y.length - rank + i] ?? 1];
    return left === 1 ? right : left;
  });
  return { shape: [rank], data };
};

const FOLDINGS: ReadonlyMap<string, Folding> = new Map<string, Folding>([
  ...Object.entries(BINARY).map(([name, op]): [string, Folding] => [name, binary(op)]),
  ...Object.entries(UNARY).map(([name, op]): [string, Folding] => [name, unary(op)]),
  ...Object.entries(REDUCERS).map(([name, evaluate]): [string, Folding] => [name, reduction(evaluate)]),
  ['Cast', cast],
  ['Concat', join],
  ['ConcatV2', join],
  ['Pack', pack],
  ['Unpack', unpack],
  ['Split', split],
  ['SplitV', splitV],
  ['Slice', plainSlice],
  ['StridedSlice', stridedSlice],
  ['ExpandDims', expandDims],
  ['Squeeze', squeeze],
  ['Range', range],
  ['Gather', gathered],
  ['GatherV2', gathered],
  ['Select', select],
  ['SelectV2', select],
  ['BroadcastArgs', broadcastArgs],
  ['Fill', (call) => filled(call.known(0), call.known(1)[0] ?? 0)],
  ['ZerosLike', (call) => filled(call.x.shape, 0)],
  ['OnesLike', (call) => filled(call.x.shape, 1)],
  ['BroadcastTo', (call) => (isSmall(call.known(1)) ? expandTo(array(call.x), call.known(1)) : undefined)],
  ['Reshape', (call) => reshaped(call, reshapeTarget(call, call.x.shape, call.known(1)))],
  ['Transpose', (call) => transpose(array(call.x), call.knownAxes(1, call.x.rank))],
  [
    'Tile',
    (call) =>
      isSmall(call.x.shape.map((size, axis) => size * (call.known(1)[axis] ?? 1)))
        ? tile(array(call.x), call.known(1))
        : undefined,
  ],
]);

/** Known from shapes, whatever the contents. */
function fromShapes(call: NodeCall): readonly SmallArray[] | undefined {
  switch (call.op) {
    case 'Shape':
    case 'ShapeN':
      return call.inputs.map(({ shape }) => ({ shape: [shape.length], data: shape }));
    case 'Size':
      return [{ shape: [], data: [call.x.elements] }];
    case 'Rank':
      return [{ shape: [], data: [call.x.rank] }];
    default:
      return undefined;
  }
}

const INTEGERS: ReadonlySet<string> = new Set(['Shape', 'ShapeN', 'Size', 'Rank']);

/** The outputs of a node that is known ahead: no layer of the model. Undefined where it has to run. */
export function fold(call: NodeCall): Tensor[] | undefined {
  const given = fromShapes(call) ?? folded(call);
  if (given === undefined) return undefined;
  return given.map(({ shape, data }) => call.constant(shape, dtypeOf(call), data));
}

function folded(call: NodeCall): readonly SmallArray[] | undefined {
  const folding = FOLDINGS.get(call.op);
  const { inputs } = call;
  if (folding === undefined || inputs.length === 0 || !inputs.every(({ data }) => data !== undefined)) return undefined;
  // What is done to weights alone is work of the model.
  const weights = inputs.some(({ dtype, elements }) => isFloat(dtype) && elements > 1);
  if (weights && !inputs.some(({ isDerived }) => isDerived)) return undefined;
  const result = folding(call);
  if (result === undefined) return undefined;
  const list = Array.isArray(result) ? (result as readonly SmallArray[]) : [result as SmallArray];
  return list.every(({ shape }) => isSmall(shape)) ? list : undefined;
}

const TRUTH: ReadonlySet<string> = new Set([
  'Equal',
  'NotEqual',
  'Less',
  'LessEqual',
  'Greater',
  'GreaterEqual',
  'LogicalAnd',
  'LogicalOr',
  'LogicalNot',
  'Any',
  'All',
]);

function dtypeOf(call: NodeCall): TensorType['dtype'] {
  if (INTEGERS.has(call.op)) return call.attributes.dtype('out_type') ?? 'int32';
  if (TRUTH.has(call.op)) return 'bool';
  if (call.op === 'Cast') return call.attributes.dtype('DstT') ?? 'float32';
  if (call.op.startsWith('Select') || call.op === 'Split' || call.op === 'Fill') return call.input(1).dtype;
  return call.op === 'Concat' ? call.input(1).dtype : call.x.dtype;
}
