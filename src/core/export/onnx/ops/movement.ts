import { normalizeAxes, normalizeAxis } from '../../../ops/axis.js';
import type { ExportCall, Exporter, Exporters, Name } from '../call.js';

const rankOf = (call: ExportCall) => call.type(0).shape.length;

const allInputs = (call: ExportCall) => call.node.inputs.map((_, slot) => call.input(slot));

const concat: Exporter<'concat'> = (call) => call.emit('Concat', allInputs(call), { axis: call.attributes.axis });

const stack: Exporter<'stack'> = (call) => {
  const axis = normalizeAxis(call.attributes.axis, rankOf(call) + 1);
  const parts = allInputs(call).map((name) => call.op('Unsqueeze', [name, call.integers([axis])]));
  call.emit('Concat', parts, { axis });
};

/** Any op that only gives the elements another shape. */
const reshape: Exporter = (call) => {
  call.emit('Reshape', [call.input(0), call.integers(call.outputType().shape)], { allowzero: 1 });
};

const transpose: Exporter<'transpose'> = (call) => {
  const rank = rankOf(call);
  const { permutation } = call.attributes;
  const perm = permutation ? normalizeAxes(permutation, rank) : Array.from({ length: rank }, (_, i) => rank - 1 - i);
  call.emit('Transpose', [call.input(0)], { perm });
};

const expand: Exporter = (call) => call.emit('Expand', [call.input(0), call.integers(call.outputType().shape)]);

const split: Exporter<'split'> = (call) => {
  const { sizes, axis } = call.attributes;
  call.emit('Split', [call.input(0), call.integers(sizes)], { axis });
};

const slice: Exporter<'slice'> = (call) => {
  const { starts, ends, axes, steps } = call.attributes;
  call.emit('Slice', [
    call.input(0),
    call.integers(starts),
    call.integers(ends),
    call.integers(axes ?? starts.map((_, axis) => axis)),
    call.integers(steps ?? starts.map(() => 1)),
  ]);
};

const pad: Exporter<'pad'> = (call) => {
  const { pads, mode, value } = call.attributes;
  if (mode === 'symmetric') call.refuse('there is no symmetric padding');
  const flat = [...pads.map(([begin]) => begin as number), ...pads.map(([, end]) => end as number)];
  call.emit('Pad', [call.input(0), call.integers(flat), call.scalar(value, call.type(0).dtype)], { mode });
};

const tile: Exporter<'tile'> = (call) => {
  const { repeats } = call.attributes;
  const { shape } = call.type(0);
  const added = repeats.length - shape.length;
  const wide =
    added === 0
      ? call.input(0)
      : call.op('Reshape', [call.input(0), call.integers([...new Array(added).fill(1), ...shape])]);
  call.emit('Tile', [wide, call.integers(repeats)]);
};

const repeatInterleave: Exporter<'repeatInterleave'> = (call) => {
  const { shape } = call.type(0);
  const axis = normalizeAxis(call.attributes.axis, shape.length);
  const apart = call.op('Unsqueeze', [call.input(0), call.integers([axis + 1])]);
  const wide = shape.toSpliced(axis + 1, 0, call.attributes.repeats);
  const repeated = call.op('Expand', [apart, call.integers(wide)]);
  call.emit('Reshape', [repeated, call.integers(call.outputType().shape)], { allowzero: 1 });
};

function part(call: ExportCall, x: Name, axis: number, start: number, end: number): Name {
  return call.op('Slice', [x, call.integers([start]), call.integers([end]), call.integers([axis])]);
}

const modulo = (i: number, n: number) => ((i % n) + n) % n;

/** The end of each axis cut off and put in front. */
const roll: Exporter<'roll'> = (call) => {
  const { shifts, axes } = call.attributes;
  const { shape } = call.type(0);
  const flat = axes === undefined || axes.length === 0;
  const sizes = flat ? [shape.reduce((product, size) => product * size, 1)] : shape;
  let x = flat ? call.op('Reshape', [call.input(0), call.integers([-1])]) : call.input(0);
  const along = flat ? [0] : normalizeAxes(axes, shape.length);
  along.forEach((axis, i) => {
    const size = sizes[axis] as number;
    const shift = size === 0 ? 0 : modulo(shifts[i] as number, size);
    if (shift === 0) return;
    x = call.op('Concat', [part(call, x, axis, size - shift, size), part(call, x, axis, 0, size - shift)], { axis });
  });
  call.emit('Reshape', [x, call.integers(shape)], { allowzero: 1 });
};

const flip: Exporter<'flip'> = (call) => {
  const axes = normalizeAxes(call.attributes.axes, rankOf(call));
  const all = (value: number) => call.integers(axes.map(() => value));
  call.emit('Slice', [call.input(0), all(-1), all(-(2 ** 31)), call.integers(axes), all(-1)]);
};

/** Overlapping windows along an axis: their indices gathered, the window's own axis moved to the end. */
const slidingWindow: Exporter<'slidingWindow'> = (call) => {
  const { axis: given, size, step } = call.attributes;
  const rank = rankOf(call);
  const axis = normalizeAxis(given, rank);
  const windows = call.outputType().shape[axis] as number;
  const indices = Array.from({ length: windows * size }, (_, i) => Math.floor(i / size) * step + (i % size));
  const picked = call.op('Gather', [call.input(0), call.constant(indices, [windows, size], 'int64')], { axis });
  const order = Array.from({ length: rank + 1 }, (_, i) => i);
  call.emit('Transpose', [picked], { perm: [...order.filter((i) => i !== axis + 1), axis + 1] });
};

const triangle: Exporter<'triangle'> = (call) => {
  const { upper, diagonal } = call.attributes;
  call.emit('Trilu', [call.input(0), call.scalar(diagonal, 'int64')], { upper: upper ? 1 : 0 });
};

export const movement: Exporters = {
  concat,
  stack,
  reshape,
  flatten: reshape,
  squeeze: reshape,
  unsqueeze: reshape,
  transpose,
  expand,
  split,
  slice,
  pad,
  tile,
  repeatInterleave,
  roll,
  flip,
  slidingWindow,
  triangle,
};
