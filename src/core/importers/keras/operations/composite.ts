import type { LayerArguments } from '../../../graph/builder.js';
import type { Value } from '../../../ir/graph.js';
import { normalizeAxis } from '../../../ops/axis.js';
import type { OpName } from '../../../ops/op-attributes.js';
import { spectrum, windows } from '../spectrum.js';
import type { Operation, OperationLowering } from './operation.js';

/** Functions of keras.ops that are several ops. */

function scalar(operation: Operation, value: number, name = 'constant'): Value {
  return operation.call.builder.stored(`${operation.call.layer.fullName}.${name}`, 'constant', [], operation.x.dtype, [
    value,
  ]);
}

const after = <N extends OpName>(
  operation: Operation,
  part: string,
  op: N,
  inputs: readonly Value[],
  ...rest: LayerArguments<N, []>
) => operation.call.after(part, op, inputs, ...rest);

const pair = (operation: Operation): [Value, Value] => [
  operation.operand(0, 'x1', 'x'),
  operation.operand(1, 'x2', 'y'),
];

/** A function of one tensor times a factor. */
const scaled =
  (factor: number, op?: OpName): OperationLowering =>
  (operation) => {
    const x = op === undefined ? operation.x : after(operation, op, op, [operation.x]);
    return operation.add('mul', [x, scalar(operation, factor)]);
  };

/** log(baseˣ + baseʸ). */
const logAddExp =
  (base: number): OperationLowering =>
  (operation) => {
    const power = (x: Value) =>
      base === Math.E
        ? after(operation, 'exp', 'exp', [x])
        : after(operation, 'power', 'pow', [scalar(operation, base), x]);
    const [x, y] = pair(operation);
    const sum = after(operation, 'sum', 'add', [power(x), power(y)]);
    return operation.add(base === Math.E ? 'log' : 'log2', [sum]);
  };

const hypot: OperationLowering = (operation) => {
  const [x, y] = pair(operation);
  const square = (value: Value) => after(operation, 'square', 'square', [value]);
  return operation.add('sqrt', [after(operation, 'sum', 'add', [square(x), square(y)])]);
};

/** A reduction that leaves out what is not a number. */
const withoutNaN =
  (op: OpName, neutral: number): OperationLowering =>
  (operation) => {
    const missing = after(operation, 'isNaN', 'isNaN', [operation.x]);
    const x = after(operation, 'where', 'where', [missing, scalar(operation, neutral), operation.x]);
    const axes = operation.integers(1, 'axis');
    const keepDims = operation.flag(false, 2, 'keepdims');
    return operation.add(op, [x], { ...(axes === undefined ? {} : { axes }), keepDims });
  };

const nanToNum: OperationLowering = (operation) => {
  const missing = after(operation, 'isNaN', 'isNaN', [operation.x]);
  return operation.add('where', [missing, scalar(operation, 0), operation.x]);
};

const countNonzero: OperationLowering = (operation) => {
  const differs = after(operation, 'differs', 'notEqual', [operation.x, scalar(operation, 0)]);
  const axes = operation.integers(1, 'axis');
  return operation.add('reduceSum', [after(operation, 'cast', 'cast', [differs], { to: 'int32' })], {
    ...(axes === undefined ? {} : { axes }),
    keepDims: false,
  });
};

const peakToPeak: OperationLowering = (operation) => {
  const axes = operation.integers(1, 'axis');
  const attributes = { ...(axes === undefined ? {} : { axes }), keepDims: operation.flag(false, 2, 'keepdims') };
  const most = after(operation, 'max', 'reduceMax', [operation.x], attributes);
  return operation.add('sub', [most, after(operation, 'min', 'reduceMin', [operation.x], attributes)]);
};

/** Weighted where weights are given. */
const average: OperationLowering = (operation) => {
  const axes = operation.integers(1, 'axis');
  const attributes = { ...(axes === undefined ? {} : { axes }), keepDims: false };
  const weights = operation.optional(2, 'weights');
  if (weights === undefined) return operation.add('reduceMean', [operation.x], attributes);
  const product = after(operation, 'product', 'mul', [operation.x, weights]);
  const total = after(
    operation,
    'total',
    'reduceSum',
    [weights],
    weights.shape.length > 1 ? attributes : { keepDims: false },
  );
  return operation.add('div', [after(operation, 'sum', 'reduceSum', [product], attributes), total]);
};

/** The middle of the sorted elements, or the mean of the two. */
const median: OperationLowering = (operation) => {
  const given = operation.integers(1, 'axis');
  const flat =
    given === undefined ? after(operation, 'flatten', 'flatten', [operation.x], { startAxis: 0 }) : operation.x;
  const axis = normalizeAxis(given?.[0] ?? 0, flat.shape.length);
  const length = flat.shape[axis] as number;
  const sorted = after(operation, 'sort', 'sort', [flat], { axis });
  const middle = after(operation, 'middle', 'slice', [sorted], {
    starts: [Math.floor((length - 1) / 2)],
    ends: [Math.floor(length / 2) + 1],
    axes: [axis],
  });
  return operation.add('reduceMean', [middle], { axes: [axis], keepDims: operation.flag(false, 2, 'keepdims') });
};

/** x[1:] - x[:-1] along an axis, `n` times. */
const difference: OperationLowering = (operation) => {
  const axis = normalizeAxis(operation.integer(-1, 2, 'axis'), operation.x.shape.length);
  let x = operation.x;
  for (let times = operation.integer(1, 1, 'n'); times > 0; times--) {
    const length = x.shape[axis] as number;
    const cut = (start: number, end: number) =>
      after(operation, 'slice', 'slice', [x], { starts: [start], ends: [end], axes: [axis] });
    x = operation.add('sub', [cut(1, length), cut(0, length - 1)]);
  }
  return x;
};

const joined =
  (axisOf: (rank: number) => number): OperationLowering =>
  (operation) => {
    const tensors = operation.call.inputs;
    const axis = axisOf(tensors[0]?.shape.length ?? 1);
    return operation.add('concat', tensors, { axis });
  };

const multiHot: OperationLowering = (operation) => {
  const depth = operation.integer(undefined, 1, 'num_classes', 'num_tokens');
  const axis = operation.integer(-1, 2, 'axis');
  const hot = after(operation, 'oneHot', 'oneHot', [operation.x], { depth, axis });
  return hot.shape.length < 3 ? hot : operation.add('reduceMax', [hot], { axes: [-2], keepDims: false });
};

const layerNorm: OperationLowering = (operation) => {
  const gamma = operation.optional(1, 'gamma');
  const beta = operation.optional(2, 'beta');
  const axes = operation.integers(3, 'axis')?.length ?? 1;
  return operation.add('layerNorm', [operation.x, gamma, beta], {
    axes,
    ...(gamma || beta ? {} : { affine: false }),
    ...(gamma && !beta ? { bias: false } : {}),
  });
};

const rmsNorm: OperationLowering = (operation) => {
  const scale = operation.optional(1, 'scale');
  const axes = operation.integers(2, 'axis')?.length ?? 1;
  return operation.add('rmsNorm', [operation.x, scale], { axes, ...(scale ? {} : { affine: false }) });
};

const batchNorm: OperationLowering = (operation) => {
  const rank = operation.x.shape.length;
  const axis = normalizeAxis(operation.integer(-1, 3, 'axis'), rank);
  const [mean, variance] = [operation.operand(1, 'mean'), operation.operand(2, 'variance')];
  const [shift, scale] = [operation.optional(4, 'offset'), operation.optional(5, 'scale')];
  return operation.add('batchNorm', [operation.x, scale, shift, mean, variance], {
    ...(scale || shift ? {} : { affine: false }),
    ...(scale || !shift ? {} : { scale: false }),
    layout: axis === rank - 1 ? 'channelsLast' : 'channelsFirst',
  });
};

const STFT_PARTS = ['real', 'imaginary'] as const;

/** Real and imaginary parts of a spectrum [..., 2], apart. */
function parts(operation: Operation, transformed: Value): Value[] {
  return operation.call
    .partAll('parts', 'split', [transformed], { axis: -1, sizes: [1, 1] })
    .map((part, i) => operation.call.part(STFT_PARTS[i] as string, 'squeeze', [part], { axes: [-1] }));
}

const rfft: OperationLowering = (operation) =>
  parts(operation, spectrum(operation.call, operation.x, operation.integers(1, 'fft_length')?.[0]));

const stft: OperationLowering = (operation) => {
  const length = operation.integer(undefined, 3, 'fft_length');
  const framed = windows(operation.call, operation.x, {
    length,
    step: operation.integer(undefined, 2, 'sequence_stride'),
    centered: operation.flag(true, -1, 'center'),
  });
  return parts(operation, spectrum(operation.call, framed, length));
};

const rotate: OperationLowering = (operation) => {
  const rank = operation.x.shape.length;
  const [a, b] = (operation.integers(2, 'axes') ?? [0, 1]).map((axis) => normalizeAxis(axis, rank)) as [number, number];
  const turns = ((operation.integer(1, 1, 'k') % 4) + 4) % 4;
  const swapped = operation.x.shape.map((_, axis) => (axis === a ? b : axis === b ? a : axis));
  if (turns === 0) return operation.add('identity', [operation.x]);
  if (turns === 2) return operation.add('flip', [operation.x], { axes: [a, b] });
  const flipped = turns === 1 ? after(operation, 'flip', 'flip', [operation.x], { axes: [b] }) : operation.x;
  const turned = turns === 1 ? operation.add('transpose', [flipped], { permutation: swapped }) : undefined;
  if (turned !== undefined) return turned;
  return operation.add('flip', [after(operation, 'transpose', 'transpose', [flipped], { permutation: swapped })], {
    axes: [b],
  });
};

const size: OperationLowering = (operation) => operation.x.shape.reduce((all, length) => all * length, 1);

const full: OperationLowering = (operation) => {
  const value = operation.argument(1, 'fill_value');
  const { shape, dtype } = operation.x;
  return operation.add('fill', [], { shape, value: typeof value === 'number' ? value : 0, dtype });
};

/** All products of the elements of two tensors. */
const outer: OperationLowering = (operation) => {
  const [x, y] = pair(operation).map((value, i) => {
    const length = value.shape.reduce((all, sizeOfAxis) => all * sizeOfAxis, 1);
    return after(operation, 'reshape', 'reshape', [value], { shape: i === 0 ? [length, 1] : [1, length] });
  });
  return operation.add('mul', [x, y]);
};

export const compositeOperations: Readonly<Record<string, OperationLowering>> = {
  exp2: (operation) => operation.add('pow', [scalar(operation, 2), operation.x]),
  cbrt: (operation) => operation.add('pow', [operation.x, scalar(operation, 1 / 3)]),
  log10: scaled(Math.LOG10E, 'log'),
  deg2rad: scaled(Math.PI / 180),
  rad2deg: scaled(180 / Math.PI),
  erfc: (operation) => operation.add('sub', [scalar(operation, 1), after(operation, 'erf', 'erf', [operation.x])]),
  logaddexp: logAddExp(Math.E),
  logaddexp2: logAddExp(2),
  hypot,
  heaviside: (operation) => {
    const above = after(operation, 'above', 'greater', [operation.x, scalar(operation, 0)]);
    return operation.add('cast', [above], { to: operation.x.dtype });
  },
  isclose: (operation) => {
    const distance = after(operation, 'difference', 'sub', pair(operation));
    const size = after(operation, 'distance', 'abs', [distance]);
    return operation.add('lessEqual', [size, scalar(operation, 1e-5, 'tolerance')]);
  },
  signbit: (operation) => operation.add('less', [operation.x, scalar(operation, 0)]),
  nansum: withoutNaN('reduceSum', 0),
  nanmean: withoutNaN('reduceMean', 0),
  nanprod: withoutNaN('reduceProd', 1),
  nanmax: withoutNaN('reduceMax', Number.NEGATIVE_INFINITY),
  nanmin: withoutNaN('reduceMin', Number.POSITIVE_INFINITY),
  nanvar: withoutNaN('reduceVariance', 0),
  nanstd: withoutNaN('reduceStd', 0),
  nantonum: nanToNum,
  countnonzero: countNonzero,
  ptp: peakToPeak,
  average,
  median,
  diff: difference,
  vstack: joined(() => 0),
  hstack: joined((rank) => (rank === 1 ? 0 : 1)),
  dstack: joined(() => 2),
  multihot: multiHot,
  layernorm: layerNorm,
  layernormalization: layerNorm,
  rmsnorm: rmsNorm,
  rmsnormalization: rmsNorm,
  batchnorm: batchNorm,
  batchnormalization: batchNorm,
  rfft,
  stft,
  rot90: rotate,
  size,
  ndim: (operation) => operation.x.shape.length,
  fulllike: full,
  emptylike: full,
  outer,
};
