import type { Value } from '../../../ir/graph.js';
import { elementCount } from '../../../ir/tensor.js';
import { normalizeAxes, normalizeAxis } from '../../../ops/axis.js';
import { type Argument, isValue, type Result, tensorsIn } from '../layer.js';
import { isPlain, type Operation, type OperationLowering } from './operation.js';

const reshape: OperationLowering = (operation) => {
  const stated = operation.argument(1, 'newshape', 'shape') ?? operation.call.fail('it has no target shape');
  // A size that was open when the model was made is that of the same axis: the batch.
  const closed = (size: Argument, axis: number): Argument => size ?? operation.x.shape[axis] ?? null;
  const target = operation.wholeNumbers(Array.isArray(stated) ? stated.map(closed) : stated, 'newshape');
  const total = elementCount(operation.x.shape);
  const known = target.reduce((all, size) => (size < 0 ? all : all * size), 1);
  const shape = target.map((size) => (size < 0 && known > 0 ? total / known : size));
  return operation.add('reshape', [operation.x], {
    shape: shape.every(Number.isSafeInteger) ? shape : target,
    allowZero: true,
  });
};

const transpose: OperationLowering = (operation) => {
  const rank = operation.x.shape.length;
  const axes = operation.integers(1, 'axes', 'perm') ?? operation.x.shape.map((_, axis) => rank - 1 - axis);
  return operation.add('transpose', [operation.x], { permutation: normalizeAxes(axes, rank) });
};

const moveAxis: OperationLowering = (operation) => {
  const rank = operation.x.shape.length;
  const from = normalizeAxes(operation.integers(1, 'source') ?? [], rank);
  const to = normalizeAxes(operation.integers(2, 'destination') ?? [], rank);
  const permutation = operation.x.shape.map((_, axis) => axis).filter((axis) => !from.includes(axis));
  const order = from.map((axis, i) => ({ axis, to: to[i] ?? 0 })).sort((a, b) => a.to - b.to);
  for (const { axis, to: place } of order) permutation.splice(place, 0, axis);
  return operation.add('transpose', [operation.x], { permutation });
};

const swapAxes: OperationLowering = (operation) => {
  const rank = operation.x.shape.length;
  const a = normalizeAxis(operation.integer(undefined, 1, 'axis1'), rank);
  const b = normalizeAxis(operation.integer(undefined, 2, 'axis2'), rank);
  const permutation = operation.x.shape.map((_, axis) => (axis === a ? b : axis === b ? a : axis));
  return operation.add('transpose', [operation.x], { permutation });
};

/** The list of tensors of concat and stack; plain numbers among them are a shape being put together. */
function list(operation: Operation): readonly Argument[] {
  const given = operation.argument(0, 'values', 'xs', 'arrays', 'x');
  const { args } = operation.call.options;
  return Array.isArray(given) ? given : args.filter(isValue);
}

const concatenate: OperationLowering = (operation) => {
  const values = list(operation);
  if (values.length > 0 && values.every(isPlain)) return values.flatMap((value) => value as Argument[]);
  const { shape } = tensorsIn(values)[0] ?? operation.call.fail('it joins no tensor');
  const axis = normalizeAxis(operation.integer(0, 1, 'axis'), shape.length);
  const tensors = values.filter(isValue);
  return tensors.length === 1 ? tensors[0] : operation.add('concat', tensors, { axis });
};

const stack: OperationLowering = (operation) => {
  const values = list(operation);
  if (values.length > 0 && values.every(isPlain)) return [...values];
  const tensors = values.filter(isValue);
  if (tensors.length === values.length)
    return operation.add('stack', tensors, { axis: operation.integer(0, 1, 'axis') });
  return operation.call.fail('it joins tensors and plain numbers');
};

const unstack: OperationLowering = (operation) => {
  const axis = normalizeAxis(operation.integer(0, 2, 'axis'), operation.x.shape.length);
  const sizes = new Array<number>(operation.x.shape[axis] as number).fill(1);
  const parts = operation.call.addAll('split', [operation.x], { axis, sizes });
  return parts.map((part) => operation.call.after('squeeze', 'squeeze', [part], { axes: [axis] }));
};

/** A number of equal parts, the places of the cuts (numpy), or the sizes of the parts (tensorflow). */
const split: OperationLowering = (operation) => {
  const axis = normalizeAxis(operation.integer(0, 2, 'axis', 'split_dim'), operation.x.shape.length);
  const whole = operation.x.shape[axis] as number;
  const parts = operation.integers(1, 'indices_or_sections', 'num_or_size_splits', 'num_split') ?? [];
  const cuts = operation.argument(-1, 'indices_or_sections');
  const count = parts[0] ?? 1;
  if (parts.length === 1 && !Array.isArray(cuts)) {
    const uneven = operation.call.layer.className === 'ArraySplit';
    if (uneven && count > 0) {
      const sizes = Array.from({ length: count }, (_, i) => Math.floor(whole / count) + (i < whole % count ? 1 : 0));
      return operation.call.addAll('split', [operation.x], { axis, sizes });
    }
    if (count < 1 || whole % count !== 0)
      operation.call.fail(`${whole} elements do not split into ${count} equal parts`);
    return operation.call.addAll('split', [operation.x], { axis, sizes: new Array<number>(count).fill(whole / count) });
  }
  const known = parts.reduce((sum, size) => sum + Math.max(size, 0), 0);
  const sizes = Array.isArray(cuts)
    ? [...parts, whole].map((end, i) => end - (parts[i - 1] ?? 0))
    : parts.map((size) => (size < 0 ? whole - known : size));
  return operation.call.addAll('split', [operation.x], { axis, sizes });
};

const pad: OperationLowering = (operation) => {
  const given = operation.argument(1, 'pad_width', 'paddings');
  const { shape } = operation.x;
  const entries: readonly Argument[] = Array.isArray(given) ? given : [given];
  const pads = shape.map((_, axis) => {
    const entry = entries.length === 1 || !Array.isArray(entries[0]) ? entries[0] : entries[axis];
    const pair = Array.isArray(entry) ? entry : [entry, entry];
    return pair.length === 2 && pair.every(Number.isSafeInteger)
      ? (pair as number[])
      : operation.call.fail('its padding should be whole numbers');
  });
  const stated = (operation.text(2, 'mode') ?? '').toLowerCase();
  const mode = (['reflect', 'edge', 'wrap'] as const).find((known) => known === stated);
  return operation.add('pad', [operation.x], { pads, mode });
};

/** `x[1:, ..., None, ::2, 0]`: entries are slices, whole numbers, null (a new axis) and the ellipsis. */
const getItem: OperationLowering = (operation) => {
  const source = operation.argument(0, 'x', 'tensor', 'a');
  const key = operation.argument(1, 'key', 'slice_spec');
  const entries: readonly Argument[] = Array.isArray(key) ? key : [key];
  if (isPlain(source) && Array.isArray(source)) return plainItem(source, entries[0]);
  const x = operation.x;
  const used = entries.filter((entry) => entry !== null && !isEllipsis(entry)).length;
  const starts: number[] = [];
  const ends: number[] = [];
  const axes: number[] = [];
  const steps: number[] = [];
  const squeezed: number[] = [];
  const added: number[] = [];
  let axis = 0;
  let place = 0;
  for (const entry of entries) {
    if (isEllipsis(entry)) {
      const skipped = Math.max(x.shape.length - used, 0);
      axis += skipped;
      place += skipped;
    } else if (entry === null) added.push(place++);
    else if (isValue(entry) && entry.shape.length > 0) {
      return operation.add('gather', [x, entry], { axis });
    } else {
      const size = x.shape[axis] ?? operation.call.fail(`it takes more axes than the ${x.shape.length} there are`);
      const range = sliceOf(entry);
      const index = isValue(entry) ? (entry.data?.[0] ?? 0) : entry;
      if (range === undefined && !Number.isSafeInteger(index))
        operation.call.fail('its key should be whole numbers or slices');
      const [start, end, step] = range ?? [index as number, (index as number) === -1 ? size : (index as number) + 1, 1];
      if (start !== null || end !== null || step !== 1) {
        starts.push(start ?? (step > 0 ? 0 : size - 1));
        ends.push(end ?? (step > 0 ? size : -size - 1));
        axes.push(axis);
        steps.push(step);
      }
      if (range === undefined) squeezed.push(axis);
      else place++;
      axis++;
    }
  }
  let y: Value = axes.length > 0 ? operation.add('slice', [x], { starts, ends, axes, steps }) : x;
  if (squeezed.length > 0) y = operation.call.after('squeeze', 'squeeze', [y], { axes: squeezed });
  if (added.length > 0) y = operation.call.after('unsqueeze', 'unsqueeze', [y], { axes: added });
  return y;
};

function plainItem(source: readonly Argument[], entry: Argument): Result {
  const range = sliceOf(entry);
  if (range === undefined) return source.at(Number(entry));
  return source.slice(range[0] ?? undefined, range[1] ?? undefined);
}

function isEllipsis(entry: Argument): boolean {
  return entry === '...' || entry === 'Ellipsis' || (isRecord(entry) && entry.class_name === '__ellipsis__');
}

function isRecord(entry: Argument): entry is { readonly [key: string]: Argument } {
  return typeof entry === 'object' && entry !== null && !Array.isArray(entry) && !isValue(entry);
}

/** `{class_name: "__slice__", config: {start, stop, step}}` (Keras 3), `{start, stop, step}` (TensorFlow). */
function sliceOf(entry: Argument): [start: number | null, end: number | null, step: number] | undefined {
  if (!isRecord(entry)) return undefined;
  const range = isRecord(entry.config) ? entry.config : entry;
  if (!('start' in range || 'stop' in range || 'step' in range)) return undefined;
  const number = (key: string) => (typeof range[key] === 'number' ? (range[key] as number) : null);
  return [number('start'), number('stop'), number('step') ?? 1];
}

/** `begin` and `size` (tensorflow) or `start_indices` and `shape` (Keras). */
const slice: OperationLowering = (operation) => {
  const starts = operation.integers(1, 'start_indices', 'begin') ?? [];
  const sizes = operation.integers(2, 'shape', 'size') ?? [];
  const ends = sizes.map((size, axis) =>
    size < 0 ? (operation.x.shape[axis] as number) : (starts[axis] as number) + size,
  );
  return operation.add('slice', [operation.x], { starts, ends });
};

const expandDims: OperationLowering = (operation) => {
  const given = operation.argument(0, 'x', 'input');
  if (typeof given === 'number') return [given];
  return operation.add('unsqueeze', [operation.x], { axes: operation.integers(1, 'axis') ?? [0] });
};

const squeeze: OperationLowering = (operation) => {
  const axes = operation.integers(1, 'axis', 'squeeze_dims');
  return operation.add('squeeze', [operation.x], axes === undefined || axes.length === 0 ? {} : { axes });
};

const tile: OperationLowering = (operation) => {
  const repeats = operation.integers(1, 'repeats', 'multiples') ?? [];
  const missing = Math.max(operation.x.shape.length - repeats.length, 0);
  return operation.add('tile', [operation.x], { repeats: [...new Array<number>(missing).fill(1), ...repeats] });
};

const repeat: OperationLowering = (operation) => {
  const repeats = operation.integer(undefined, 1, 'repeats');
  const axis = operation.integers(2, 'axis')?.[0];
  if (axis !== undefined) return operation.add('repeatInterleave', [operation.x], { repeats, axis });
  const flat = operation.call.after('flatten', 'flatten', [operation.x], { startAxis: 0 });
  return operation.add('repeatInterleave', [flat], { repeats, axis: 0 });
};

const take: OperationLowering = (operation) => {
  const axis = operation.integers(2, 'axis')?.[0];
  const indices = operation.operand(1, 'indices');
  if (axis !== undefined || operation.call.layer.className !== 'Take') {
    return operation.add('gather', [operation.x, indices], { axis: axis ?? 0 });
  }
  const flat = operation.call.after('flatten', 'flatten', [operation.x], { startAxis: 0 });
  return operation.add('gather', [flat, indices], { axis: 0 });
};

/** Sequences of equal length along the last axis. */
const extractSequences: OperationLowering = (operation) =>
  operation.add('slidingWindow', [operation.x], {
    axis: -1,
    size: operation.integer(undefined, 1, 'sequence_length'),
    step: operation.integer(undefined, 2, 'sequence_stride'),
  });

/** A part of the tensor replaced: by starts along each axis, or by indices. */
const sliceUpdate: OperationLowering = (operation) =>
  operation.add('overwrite', [operation.x, operation.operand(2, 'updates')]);

const scatterUpdate: OperationLowering = (operation) =>
  operation.add('scatterNd', [operation.x, operation.operand(1, 'indices'), operation.operand(2, 'updates')]);

const shape: OperationLowering = (operation) => [...operation.x.shape];

export const arrangementOperations: Readonly<Record<string, OperationLowering>> = {
  reshape,
  transpose,
  permutedimensions: transpose,
  moveaxis: moveAxis,
  swapaxes: swapAxes,
  concatenate,
  concat: concatenate,
  concatv2: concatenate,
  stack,
  pack: stack,
  unstack,
  split,
  splitv: split,
  arraysplit: split,
  pad,
  padv2: pad,
  getitem: getItem,
  slice,
  expanddims: expandDims,
  squeeze,
  tile,
  repeat,
  take,
  gather: take,
  gatherv2: take,
  takealongaxis: (operation) =>
    operation.add('gatherElements', [operation.x, operation.operand(1, 'indices')], {
      axis: operation.integer(-1, 2, 'axis'),
    }),
  shape,
  extractsequences: extractSequences,
  sliceupdate: sliceUpdate,
  scatterupdate: scatterUpdate,
  ravel: (operation) => operation.add('flatten', [operation.x], { startAxis: 0 }),
  flatten: (operation) => operation.add('flatten', [operation.x], { startAxis: 0 }),
  broadcastto: (operation) => operation.add('expand', [operation.x], { shape: operation.integers(1, 'shape') ?? [] }),
  flip: (operation) =>
    operation.add('flip', [operation.x], {
      axes: operation.integers(1, 'axis') ?? operation.x.shape.map((_, axis) => axis),
    }),
  reverse: (operation) => operation.add('flip', [operation.x], { axes: operation.integers(1, 'axis') ?? [] }),
  roll: (operation) => {
    const axes = operation.integers(2, 'axis');
    return operation.add('roll', [operation.x], {
      shifts: operation.integers(1, 'shift') ?? [0],
      ...(axes ? { axes } : {}),
    });
  },
  tril: (operation) => operation.add('triangle', [operation.x], { upper: false }),
  triu: (operation) => operation.add('triangle', [operation.x], { upper: true }),
  onehot: (operation) =>
    operation.add('oneHot', [operation.x], {
      depth: operation.integer(undefined, 1, 'num_classes', 'depth'),
      axis: operation.integer(-1, 2, 'axis'),
    }),
};
