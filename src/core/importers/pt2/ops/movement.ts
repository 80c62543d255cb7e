import { ArchmeterError } from '../../../errors.js';
import type { Value } from '../../../ir/graph.js';
import type { OpAttributes, OpName } from '../../../ops/op-attributes.js';
import { axisOf, range } from '../lower/axes.js';
import type { Lowering, NodeContext } from '../lower/node-context.js';
import { expanded, reshaped } from './views.js';

/** Operators that copy, join and cut tensors. */

function concat(n: NodeContext, inputs: readonly Value[], axis: number): Value {
  // torch lets an empty tensor of one axis be joined with anything.
  const real = inputs.filter(
    ({ shape }) => shape.length !== 1 || shape[0] !== 0 || inputs.every((x) => x.shape.length === 1),
  );
  const [first] = real;
  if (first === undefined) throw new ArchmeterError(`${n.node.target} joins nothing`);
  return n.add('concat', real, { axis: axisOf(axis, first.shape.length) });
}

const cat: Lowering = (n) => concat(n, n.tensors('tensors'), n.integer('dim', 0));

/** Whole tensors are handed on, not cut. */
function slice(n: NodeContext, x: Value, axis: number, start: number, end: number, step = 1): Value {
  const size = x.shape[axis] as number;
  const clamp = (index: number) => Math.min(Math.max(index < 0 ? index + size : index, 0), size);
  const [from, to] = [clamp(start), clamp(end)];
  if (step === 1 && from === 0 && to === size) return x;
  return n.add('slice', [x], {
    starts: [from],
    ends: [Math.max(from, to)],
    axes: [axis],
    ...(step === 1 ? {} : { steps: [step] }),
  });
}

function select(n: NodeContext, x: Value, axis: number, index: number): Value {
  const at = index < 0 ? index + (x.shape[axis] as number) : index;
  if (at < 0 || at >= (x.shape[axis] as number)) {
    throw new ArchmeterError(`index ${index} is outside the ${x.shape[axis]} elements of axis ${axis}`);
  }
  const cut = slice(n, x, axis, at, at + 1);
  return n.add('squeeze', [cut], { axes: [axis] });
}

function split(n: NodeContext, x: Value, axis: number, sizes: readonly number[]): Value[] {
  if (sizes.length !== n.stated.length) {
    throw new ArchmeterError(`${n.node.target} gives ${sizes.length} parts, but the file states ${n.stated.length}`);
  }
  return sizes.length === 1 ? [x] : n.addAll('split', [x], { axis, sizes });
}

/** Parts of `size`, the last one smaller. */
function equalParts(n: NodeContext, total: number, size: number): number[] {
  if (size <= 0) return [total];
  // At most one more than there should be, so that a damaged file makes no endless list.
  const count = Math.min(Math.max(Math.ceil(total / size), 1), n.stated.length + 1);
  return range(count).map((i) => Math.min(size, total - i * size));
}

const cut =
  (sizes: (n: NodeContext, total: number) => readonly number[]): Lowering =>
  (n) => {
    const x = n.tensor('self');
    const axis = axisOf(n.integer('dim', 0), x.shape.length);
    return split(n, x, axis, sizes(n, x.shape[axis] as number));
  };

const chunk = cut((n, total) => equalParts(n, total, Math.ceil(total / n.integer('chunks'))));
const splitBySize = cut((n, total) =>
  n.isNumber('split_size') ? equalParts(n, total, n.integer('split_size')) : n.integers('split_size'),
);
const splitWithSizes = cut((n) => n.integers('split_sizes'));

/** `sections`: that many parts, the first ones larger by one; `indices`: where to cut. */
const tensorSplit = cut((n, total) => {
  if (n.has('sections')) {
    const sections = Math.min(Math.max(n.integer('sections'), 1), n.stated.length + 1);
    return range(sections).map((i) => Math.floor(total / sections) + (i < total % sections ? 1 : 0));
  }
  const places = [
    0,
    ...n.integers('indices').map((index) => Math.min(index < 0 ? index + total : index, total)),
    total,
  ];
  return places.slice(1).map((place, i) => Math.max(place - (places[i] as number), 0));
});

function unbind(n: NodeContext) {
  const x = n.tensor('self');
  const axis = axisOf(n.integer('dim', 0), x.shape.length);
  const parts = split(n, x, axis, new Array<number>(Math.min(x.shape[axis] as number, n.stated.length + 1)).fill(1));
  return parts.map((part) => n.add('squeeze', [part], { axes: [axis] }));
}

function slices(n: NodeContext) {
  const x = n.tensor('self');
  const axis = axisOf(n.integer('dim', 0), x.shape.length);
  const size = x.shape[axis] as number;
  return slice(n, x, axis, n.integer('start', 0), n.integer('end', size), n.integer('step', 1));
}

const overwritten: Lowering = (n) => n.add('overwrite', [n.tensor('self'), n.tensor('src')]);

/** F.pad order: the last axis first, begin and end of each. */
function pads(rank: number, flat: readonly number[]): [number, number][] {
  return range(rank).map((axis) => {
    const at = 2 * (rank - 1 - axis);
    return [flat[at] ?? 0, flat[at + 1] ?? 0];
  });
}

type PadMode = NonNullable<OpAttributes['pad']['mode']>;

const MODES: ReadonlyMap<string, PadMode> = new Map<string, PadMode>([
  ['reflect', 'reflect'],
  ['replicate', 'edge'],
  ['circular', 'wrap'],
]);

const pad =
  (name: string, mode?: PadMode): Lowering =>
  (n) => {
    const x = n.tensor('self');
    const flat = n.integers(name);
    if (flat.every((size) => size === 0)) return x;
    const how = mode ?? MODES.get(n.word('mode', 'constant'));
    return n.add('pad', [x], { pads: pads(x.shape.length, flat), ...(how === undefined ? {} : { mode: how }) });
  };

const rearrange =
  <N extends OpName>(attributes: (n: NodeContext) => OpAttributes[N], op: N): Lowering =>
  (n) =>
    n.add<OpName>(op, [n.tensor('self')], attributes(n));

function tiled(n: NodeContext, repeats: readonly number[]) {
  const x = n.tensor('self');
  const missing = repeats.length - x.shape.length;
  const ones = new Array<number>(Math.abs(missing)).fill(1);
  const data = missing > 0 ? reshaped(n, x, [...ones, ...x.shape]) : x;
  const all = missing < 0 ? [...ones, ...repeats] : [...repeats];
  return all.every((count) => count === 1) ? data : n.add('tile', [data], { repeats: all });
}

function repeatInterleave(n: NodeContext) {
  if (!n.isNumber('repeats')) return n.opaque('the number of repeats lies in a tensor');
  const x = n.has('dim')
    ? n.tensor('self')
    : reshaped(n, n.tensor('self'), [n.tensor('self').shape.reduce((a, b) => a * b, 1)]);
  const axis = axisOf(n.integer('dim', 0), x.shape.length);
  return n.add('repeatInterleave', [x], { repeats: n.integer('repeats'), axis });
}

/** Joins along axis 1, or 0 where there is only one; `dstack` along axis 2. */
const stacked =
  (rank: number, axis: number): Lowering =>
  (n) => {
    const inputs = n.tensors('tensors').map((x) => {
      const missing = rank - x.shape.length;
      return missing <= 0 ? x : reshaped(n, x, [...new Array<number>(missing).fill(1), ...x.shape]);
    });
    return concat(n, inputs, (inputs[0]?.shape.length ?? 1) === 1 ? 0 : axis);
  };

export const MOVEMENT: Readonly<Record<string, Lowering>> = {
  cat,
  concat: cat,
  concatenate: cat,
  stack: (n) => n.add('stack', n.tensors('tensors'), { axis: n.integer('dim', 0) }),
  hstack: stacked(1, 1),
  vstack: stacked(2, 0),
  row_stack: stacked(2, 0),
  column_stack: (n) => {
    const columns = n.tensors('tensors').map((x) => (x.shape.length < 2 ? reshaped(n, x, [x.shape[0] ?? 1, 1]) : x));
    return concat(n, columns, 1);
  },
  split: splitBySize,
  unsafe_split: splitBySize,
  split_with_sizes: splitWithSizes,
  unsafe_split_with_sizes: splitWithSizes,
  chunk,
  unsafe_chunk: chunk,
  tensor_split: tensorSplit,
  unbind,
  slice: slices,
  narrow: (n) => {
    const x = n.tensor('self');
    const axis = axisOf(n.integer('dim'), x.shape.length);
    const start = n.integer('start');
    return slice(n, x, axis, start, start + n.integer('length'));
  },
  select: (n) => {
    const x = n.tensor('self');
    return select(n, x, axisOf(n.integer('dim'), x.shape.length), n.integer('index'));
  },
  slice_scatter: overwritten,
  select_scatter: overwritten,
  diagonal_scatter: overwritten,
  pad: pad('pad'),
  constant_pad_nd: pad('pad'),
  reflection_pad1d: pad('padding', 'reflect'),
  reflection_pad2d: pad('padding', 'reflect'),
  reflection_pad3d: pad('padding', 'reflect'),
  replication_pad1d: pad('padding', 'edge'),
  replication_pad2d: pad('padding', 'edge'),
  replication_pad3d: pad('padding', 'edge'),
  _pad_circular: pad('pad', 'wrap'),
  roll: rearrange((n) => {
    const axes = n.integers('dims', []);
    return { shifts: n.integers('shifts'), ...(axes.length === 0 ? {} : { axes }) };
  }, 'roll'),
  flip: rearrange((n) => ({ axes: n.integers('dims') }), 'flip'),
  fliplr: rearrange(() => ({ axes: [1] }), 'flip'),
  flipud: rearrange(() => ({ axes: [0] }), 'flip'),
  tril: rearrange((n) => ({ upper: false, diagonal: n.integer('diagonal', 0) }), 'triangle'),
  triu: rearrange((n) => ({ upper: true, diagonal: n.integer('diagonal', 0) }), 'triangle'),
  repeat: (n) => tiled(n, n.integers('repeats')),
  tile: (n) => tiled(n, n.integers('dims')),
  repeat_interleave: repeatInterleave,
  pixel_shuffle: (n) => n.add('pixelShuffle', [n.tensor('self')], { factor: n.integer('upscale_factor') }),
  pixel_unshuffle: (n) => n.add('pixelUnshuffle', [n.tensor('self')], { factor: n.integer('downscale_factor') }),
  channel_shuffle: channelShuffle,
  native_channel_shuffle: channelShuffle,
  meshgrid: (n) => {
    const inputs = n.tensors('tensors');
    return inputs.map((x, i) => {
      const shape = n.statedShape(i);
      const place = n.word('indexing', 'ij') === 'xy' && i < 2 && inputs.length > 1 ? 1 - i : i;
      const size = x.shape[0] ?? 1;
      return expanded(
        n,
        reshaped(
          n,
          x,
          shape.map((_, axis) => (axis === place ? size : 1)),
        ),
        shape,
      );
    });
  },
  // The value written takes the place of what was there.
  copy: (n) => expanded(n, n.tensor('src'), n.tensor('self').shape),
};

function channelShuffle(n: NodeContext) {
  const x = n.tensor('self');
  const groups = n.integer('groups');
  const [batch = 1, channels = 1, ...sizes] = x.shape;
  const apart = reshaped(n, x, [batch, groups, channels / groups, ...sizes]);
  const permutation = [0, 2, 1, ...range(sizes.length).map((axis) => axis + 3)];
  return reshaped(n, n.add('transpose', [apart], { permutation }), x.shape);
}
