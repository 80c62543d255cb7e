import { elementCount, formatShape, type Shape } from '../../../ir/tensor.js';
import { normalizeAxis } from '../../../ops/axis.js';
import type { Lowering, NodeCall } from '../call.js';
import { filled } from '../fold.js';
import { stridedSliceOf } from '../strided-slice.js';
import type { Tensor } from '../tensor.js';

/** Fills in the one -1 of a target shape; throws where the elements do not fit. */
function reshapeTarget(call: NodeCall, input: Shape, target: readonly number[]): number[] {
  const total = elementCount(input);
  const open = target.filter((size) => size < 0).length;
  const known = target.reduce((all, size) => (size < 0 ? all : all * size), 1);
  const shape = target.map((size) => (size < 0 ? (known === 0 ? 0 : total / known) : size));
  if (open > 1 || elementCount(shape) !== total || !shape.every(Number.isSafeInteger)) {
    call.fail(`${formatShape(input)} does not reshape to ${target.join('x')}`);
  }
  return shape;
}

const reshape: Lowering = (call) => {
  const target = call.has(1) ? call.known(1) : call.attributes.integers('shape');
  return call.add('reshape', [call.x], { shape: reshapeTarget(call, call.x.shape, target), allowZero: true });
};

const transpose: Lowering = (call) => {
  const permutation = call.has(1)
    ? call.knownAxes(1, call.x.rank)
    : call.x.shape.map((_, axis) => call.x.rank - 1 - axis);
  return call.add('transpose', [call.x], { permutation });
};

const expandDims: Lowering = (call) => call.add('unsqueeze', [call.x], { axes: [call.knownInteger(1)] });

const squeeze: Lowering = (call) => {
  const axes = call.attributes.integers('squeeze_dims', call.attributes.integers('axis', []));
  return call.add('squeeze', [call.x], axes.length === 0 ? {} : { axes });
};

/** `Concat` has its axis first, `ConcatV2` last. */
const concat: Lowering = (call) => {
  const all = call.inputs;
  const isFirst = call.op === 'Concat';
  const axisInput = isFirst ? 0 : all.length - 1;
  const parts = isFirst ? all.slice(1) : all.slice(0, -1);
  const [first] = parts;
  if (first === undefined) return call.fail('it joins nothing');
  const axis = normalizeAxis(call.knownInteger(axisInput), first.rank);
  return parts.length === 1 ? first : call.add('concat', parts, { axis });
};

const pack: Lowering = (call) => call.add('stack', call.inputs, { axis: call.attributes.integer('axis', 0) });

/** No model takes a tensor apart into more. */
const MAX_PARTS = 65536;

const unpack: Lowering = (call) => {
  const axis = normalizeAxis(call.attributes.integer('axis', 0), call.x.rank);
  const count = call.x.shape[axis] as number;
  if (count === 0) return [];
  if (count > MAX_PARTS) call.fail(`${count} entries are taken apart`);
  const parts = call.addAll('split', [call.x], { axis, sizes: new Array<number>(count).fill(1) });
  return parts.map((part) => call.add('squeeze', [part], { axes: [axis] }, 'squeeze'));
};

function splitInto(call: NodeCall, x: Tensor, axis: number, sizes: readonly number[]): Tensor[] {
  return call.addAll('split', [x], { axis, sizes });
}

/** Equal parts; the axis is the first input. */
const split: Lowering = (call) => {
  const x = call.input(1);
  const axis = normalizeAxis(call.knownInteger(0), x.rank);
  const count = call.attributes.integer('num_split');
  const whole = x.shape[axis] as number;
  if (count < 1 || count > MAX_PARTS || whole % count !== 0)
    call.fail(`${whole} elements do not split into ${count} equal parts`);
  return splitInto(call, x, axis, new Array<number>(count).fill(whole / count));
};

const splitV: Lowering = (call) => {
  const axis = normalizeAxis(call.knownInteger(2), call.x.rank);
  const sizes = call.known(1);
  const rest = (call.x.shape[axis] as number) - sizes.reduce((sum, size) => sum + Math.max(size, 0), 0);
  return splitInto(
    call,
    call.x,
    axis,
    sizes.map((size) => (size < 0 ? rest : size)),
  );
};

const slice: Lowering = (call) => {
  const starts = call.known(1);
  const ends = call
    .known(2)
    .map((size, axis) => (size < 0 ? (call.x.shape[axis] as number) : (starts[axis] as number) + size));
  return call.add('slice', [call.x], { starts: [...starts], ends });
};

const stridedSlice: Lowering = (call) => {
  const { axes, added, squeezed } = stridedSliceOf(call, call.x.shape);
  const cut = axes
    .map((range, axis) => ({ ...range, axis }))
    .filter(({ start, step, size, axis }) => start !== 0 || step !== 1 || size !== call.x.shape[axis]);
  let y = call.x;
  if (cut.length > 0) {
    y = call.add('slice', [y], {
      starts: cut.map(({ start }) => start),
      ends: cut.map(({ start, step, size }) => {
        const end = start + step * size;
        // Before the first element: counted past the end, as numpy does.
        return step < 0 && end < 0 ? -(2 ** 31) : end;
      }),
      axes: cut.map(({ axis }) => axis),
      steps: cut.map(({ step }) => step),
    });
  }
  if (squeezed.length > 0) y = call.add('squeeze', [y], { axes: squeezed }, 'squeeze');
  if (added.length > 0) y = call.add('unsqueeze', [y], { axes: added }, 'unsqueeze');
  return y;
};

/** Rows of a stored table are an embedding. */
const gather: Lowering = (call) => {
  const [x, indices] = [call.x, call.input(1)];
  const axis = normalizeAxis(call.has(2) ? call.knownInteger(2) : call.attributes.integer('axis', 0), x.rank);
  const batchAxes = call.attributes.integer('batch_dims', 0);
  if (x.isStored && x.rank === 2 && axis === 0 && batchAxes === 0 && x.data === undefined) {
    const [count, features] = x.shape as readonly [number, number];
    return call.add('embedding', [indices, x.value('parameter')], { count, features });
  }
  return call.add('gather', [x, indices], { axis, ...(batchAxes > 0 ? { batchAxes } : {}) });
};

const tile: Lowering = (call) => call.add('tile', [call.x], { repeats: [...call.known(1)] });

function pairs(call: NodeCall, index: number): number[][] {
  const flat = call.known(index);
  return Array.from({ length: flat.length / 2 }, (_, axis) => flat.slice(2 * axis, 2 * axis + 2));
}

const pad: Lowering = (call) => call.add('pad', [call.x], { pads: pairs(call, 1) });

/** TensorFlow's SYMMETRIC repeats the border itself; its shape and traffic are those of REFLECT. */
const mirrorPad: Lowering = (call) => {
  const symmetric = call.attributes.text('mode', 'REFLECT') === 'SYMMETRIC';
  return call.add('pad', [call.x], { pads: pairs(call, 1), mode: symmetric ? 'edge' : 'reflect' });
};

const reverse: Lowering = (call) => call.add('flip', [call.x], { axes: call.knownAxes(1, call.x.rank) });

/** Cuts the spatial axes into blocks that join the batch: how dilation is done by a plain convolution. */
const spaceToBatch: Lowering = (call) => {
  const block = call.known(1);
  const [batch = 1, ...rest] = call.x.shape;
  const spatial = block.length;
  const pads = [[0, 0], ...pairs(call, 2), ...rest.slice(spatial).map(() => [0, 0])];
  const padded = pads.some(([begin, end]) => begin !== 0 || end !== 0)
    ? call.add('pad', [call.x], { pads }, 'pad')
    : call.x;
  const sizes = padded.shape.slice(1, 1 + spatial).map((size, axis) => size / (block[axis] as number));
  if (!sizes.every(Number.isSafeInteger))
    call.fail(`blocks of ${block.join('x')} do not divide ${padded.shape.join('x')}`);
  const apart = sizes.flatMap((size, axis) => [size, block[axis] as number]);
  const others = padded.shape.slice(1 + spatial);
  const split = call.add('reshape', [padded], { shape: [batch, ...apart, ...others], allowZero: true }, 'blocks');
  const permutation = [
    ...block.map((_, axis) => 2 + 2 * axis),
    0,
    ...block.map((_, axis) => 1 + 2 * axis),
    ...others.map((_, axis) => 1 + 2 * spatial + axis),
  ];
  const moved = call.add('transpose', [split], { permutation });
  return call.add(
    'reshape',
    [moved],
    { shape: [batch * elementCount(block), ...sizes, ...others], allowZero: true },
    'batch',
  );
};

const batchToSpace: Lowering = (call) => {
  const block = call.known(1);
  const spatial = block.length;
  const [all = 1, ...rest] = call.x.shape;
  const batch = all / elementCount(block);
  if (!Number.isSafeInteger(batch)) call.fail(`blocks of ${block.join('x')} do not divide a batch of ${all}`);
  const others = rest.slice(spatial);
  const split = call.add('reshape', [call.x], { shape: [...block, batch, ...rest], allowZero: true }, 'blocks');
  const permutation = [
    spatial,
    ...block.flatMap((_, axis) => [spatial + 1 + axis, axis]),
    ...others.map((_, axis) => 2 * spatial + 1 + axis),
  ];
  const moved = call.add('transpose', [split], { permutation });
  const sizes = block.map((size, axis) => size * (rest[axis] as number));
  const joined = call.add('reshape', [moved], { shape: [batch, ...sizes, ...others], allowZero: true }, 'space');
  const crops = pairs(call, 2);
  if (crops.every(([begin, end]) => begin === 0 && end === 0)) return joined;
  return call.add(
    'slice',
    [joined],
    {
      starts: crops.map(([begin]) => begin as number),
      ends: crops.map(([, end], axis) => (sizes[axis] as number) - (end as number)),
      axes: crops.map((_, axis) => axis + 1),
    },
    'crop',
  );
};

const scatterNd: Lowering = (call) => {
  const shape = [...call.known(2)];
  const { dtype } = call.input(1);
  const known = call.folds ? filled(call, shape, 0, dtype)?.[0] : undefined;
  const zeros = known ?? call.add('fill', [], { shape, value: 0, dtype }, 'zeros');
  return call.add('scatterNd', [zeros, call.x, call.input(1)]);
};

const identityN: Lowering = (call) => call.inputs;

export const arrangementOps: Readonly<Record<string, Lowering>> = {
  Reshape: reshape,
  Transpose: transpose,
  ExpandDims: expandDims,
  Squeeze: squeeze,
  Concat: concat,
  ConcatV2: concat,
  Pack: pack,
  Unpack: unpack,
  Split: split,
  SplitV: splitV,
  Slice: slice,
  StridedSlice: stridedSlice,
  Gather: gather,
  GatherV2: gather,
  ResourceGather: gather,
  GatherNd: (call) => call.add('gatherNd', [call.x, call.input(1)]),
  ScatterNd: scatterNd,
  TensorScatterUpdate: (call) => call.add('scatterNd', [call.x, call.input(1), call.input(2)]),
  Tile: tile,
  Pad: pad,
  PadV2: pad,
  MirrorPad: mirrorPad,
  Reverse: reverse,
  ReverseV2: reverse,
  ReverseSequence: (call) => call.add('flip', [call.x], { axes: [call.attributes.integer('seq_dim', 1)] }),
  Roll: (call) => call.add('roll', [call.x], { shifts: [...call.known(1)], axes: [...call.known(2)] }),
  BroadcastTo: (call) => call.add('expand', [call.x], { shape: [...call.known(1)] }),
  SpaceToBatchND: spaceToBatch,
  BatchToSpaceND: batchToSpace,
  MatrixBandPart: (call) => call.add('triangle', [call.x]),
  Identity: (call) => call.x,
  IdentityN: identityN,
  Snapshot: (call) => call.x,
  StopGradient: (call) => call.x,
  PreventGradient: (call) => call.x,
  CheckNumerics: (call) => call.x,
  Print: (call) => call.x,
  EnsureShape: (call) => call.x,
  PlaceholderWithDefault: (call) => call.x,
  ReadVariableOp: (call) => call.x,
};
