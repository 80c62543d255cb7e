import type { Value } from '../../../ir/graph.js';
import { normalizeAxis } from '../../../ops/axis.js';
import { type Layout, spatialSizes } from '../../../ops/convolution/window.js';
import type { Argument } from '../layer.js';
import { cutTo } from '../layers/convolution.js';
import type { Operation, OperationLowering } from './operation.js';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** Matrix products with tensorflow's transposition flags; vectors count as in numpy. */
const matmul: OperationLowering = (operation) => {
  const [x, y] = [operation.operand(0, 'x1', 'a', 'x'), operation.operand(1, 'x2', 'b', 'y')];
  const transposeLeft = operation.flag(false, 2, 'transpose_a', 'adj_x');
  const transposeRight = operation.flag(false, 3, 'transpose_b', 'adj_y');
  return operation.add('matmul', [x, y], {
    ...(transposeLeft ? { transposeLeft } : {}),
    ...(transposeRight ? { transposeRight } : {}),
  });
};

const einsum: OperationLowering = (operation) => {
  const equation =
    operation.text(-1, 'subscripts', 'equation') ?? operation.text(0) ?? operation.call.fail('it has no equation');
  return operation.add('einsum', operation.call.inputs, { equation: equation.replaceAll(' ', '') });
};

/** Products over `axes` axes, or over the listed pairs. */
const tensordot: OperationLowering = (operation) => {
  const [x, y] = [operation.operand(0, 'x1', 'a'), operation.operand(1, 'x2', 'b')];
  const given = operation.argument(2, 'axes') ?? 2;
  const count = typeof given === 'number' ? given : 0;
  const [left, right] = Array.isArray(given)
    ? (given.map((axes: Argument) => (Array.isArray(axes) ? axes : [axes])) as number[][])
    : [Array.from({ length: count }, (_, i) => x.shape.length - count + i), Array.from({ length: count }, (_, i) => i)];
  const xAxes = (left ?? []).map((axis) => normalizeAxis(axis, x.shape.length));
  const yAxes = (right ?? []).map((axis) => normalizeAxis(axis, y.shape.length));
  const xLetters = x.shape.map((_, axis) => LETTERS[axis] as string);
  const yLetters = y.shape.map((_, axis) => {
    const pair = yAxes.indexOf(axis);
    return (pair < 0 ? LETTERS[x.shape.length + axis] : xLetters[xAxes[pair] as number]) as string;
  });
  const kept = [
    ...xLetters.filter((_, axis) => !xAxes.includes(axis)),
    ...yLetters.filter((_, axis) => !yAxes.includes(axis)),
  ];
  return operation.add('einsum', [x, y], { equation: `${xLetters.join('')},${yLetters.join('')}->${kept.join('')}` });
};

/** `dot(a, b)`: over the last axis of a and the last but one of b. */
const dot: OperationLowering = (operation) => {
  const [x, y] = [operation.operand(0, 'x1', 'a'), operation.operand(1, 'x2', 'b')];
  if (x.shape.length === 0 || y.shape.length === 0) return operation.add('mul', [x, y]);
  if (x.shape.length <= 2 && y.shape.length <= 2) return operation.add('matmul', [x, y]);
  const xLetters = x.shape.map((_, axis) => LETTERS[axis] as string);
  const contracted = xLetters.at(-1) as string;
  const place = Math.max(y.shape.length - 2, 0);
  const yLetters = y.shape.map((_, axis) => (axis === place ? contracted : (LETTERS[x.shape.length + axis] as string)));
  const kept = [...xLetters.slice(0, -1), ...yLetters.filter((_, axis) => axis !== place)];
  return operation.add('einsum', [x, y], { equation: `${xLetters.join('')},${yLetters.join('')}->${kept.join('')}` });
};

/** Products over the last axes of both. */
const inner: OperationLowering = (operation) => {
  const [x, y] = [operation.operand(0, 'x1'), operation.operand(1, 'x2')];
  const [left, right] = [
    LETTERS.slice(0, x.shape.length - 1),
    LETTERS.slice(x.shape.length - 1).slice(0, y.shape.length - 1),
  ];
  return operation.add('einsum', [x, y], { equation: `${left}z,${right}z->${left}${right}` });
};

/** The product of all elements of both, summed. */
const flatDot: OperationLowering = (operation) => {
  const flat = (position: number, name: string) => {
    const x = operation.operand(position, name);
    return operation.call.after('flatten', 'reshape', [x], { shape: [x.shape.reduce((all, size) => all * size, 1)] });
  };
  return operation.add('matmul', [flat(0, 'x1'), flat(1, 'x2')]);
};

function layoutOf(operation: Operation): Layout {
  const format = operation.text(-1, 'data_format') ?? 'channels_last';
  return format === 'channels_first' || format.startsWith('NC') ? 'channelsFirst' : 'channelsLast';
}

function perAxis(
  operation: Operation,
  rank: number,
  fallback: number,
  position: number,
  ...names: readonly string[]
): number[] {
  const given = operation.integers(position, ...names) ?? [fallback];
  if (given.length === rank) return given;
  // Tensorflow states batch and channels too.
  if (given.length === rank + 2) return layoutOf(operation) === 'channelsLast' ? given.slice(1, -1) : given.slice(2);
  return new Array<number>(rank).fill(given[0] ?? fallback);
}

/** A constant kernel [...k, in, out] seen in the canonical order [out, in, ...k]: the same elements. */
function canonical(operation: Operation, kernel: Value, order: readonly number[]): Value {
  const shape = order.map((axis) => kernel.shape[axis] as number);
  return kernel.kind === 'activation'
    ? operation.call.after('kernel', 'transpose', [kernel], { permutation: order })
    : operation.call.builder.stored(`${kernel.name}.kernel`, kernel.kind as 'constant', shape, kernel.dtype);
}

function windowOf(operation: Operation, rank: number) {
  const padding = (operation.text(3, 'padding') ?? 'valid').toLowerCase();
  return {
    stride: perAxis(operation, rank, 1, 2, 'strides', 'stride'),
    padding: padding === 'same' ? 'same' : 'valid',
    dilation: perAxis(operation, rank, 1, -1, 'dilation_rate', 'dilations'),
    layout: layoutOf(operation),
  } as const;
}

const convolution: OperationLowering = (operation) => {
  const kernel = operation.operand(1, 'kernel', 'filters', 'filter');
  const rank = kernel.shape.length - 2;
  const spatial = kernel.shape.map((_, axis) => axis).slice(0, rank);
  const channels = layoutOf(operation) === 'channelsLast' ? operation.x.shape.at(-1) : operation.x.shape[1];
  const weight = canonical(operation, kernel, [rank + 1, rank, ...spatial]);
  return operation.add('conv', [operation.x, weight], {
    outChannels: kernel.shape[rank + 1] as number,
    kernel: kernel.shape.slice(0, rank),
    groups: (channels as number) / (kernel.shape[rank] as number),
    bias: false,
    ...windowOf(operation, rank),
  });
};

const depthwise: OperationLowering = (operation) => {
  const kernel = operation.operand(1, 'kernel', 'filter', 'filters');
  const rank = kernel.shape.length - 2;
  const [channels, multiplier] = kernel.shape.slice(rank) as [number, number];
  const outChannels = channels * multiplier;
  const size = kernel.shape.slice(0, rank);
  const flat = operation.call.builder.stored(
    `${kernel.name}.kernel`,
    'constant',
    [outChannels, 1, ...size],
    kernel.dtype,
  );
  return operation.add('conv', [operation.x, flat], {
    outChannels,
    kernel: size,
    groups: channels,
    bias: false,
    ...windowOf(operation, rank),
  });
};

/** A depthwise convolution, then one of 1×1. */
const separable: OperationLowering = (operation) => {
  const { call } = operation;
  const { args, kwargs } = call.options;
  const kernel = operation.operand(2, 'pointwise_kernel', 'pointwise_filter');
  const [x, depthwiseKernel, , strides, padding] = args;
  const first = operation.withArguments([x, depthwiseKernel, strides, padding], {
    ...kwargs,
    ...(kwargs.depthwise_kernel === undefined ? {} : { kernel: kwargs.depthwise_kernel }),
  });
  const between = depthwise(first) as Value;
  const rank = kernel.shape.length - 2;
  const spatial = kernel.shape.map((_, axis) => axis).slice(0, rank);
  return call.after('pointwise', 'conv', [between, canonical(operation, kernel, [rank + 1, rank, ...spatial])], {
    outChannels: kernel.shape[rank + 1] as number,
    kernel: kernel.shape.slice(0, rank),
    bias: false,
    layout: layoutOf(operation),
  });
};

const transposed: OperationLowering = (operation) => {
  const kernel = operation.operand(1, 'kernel', 'filters', 'filter');
  const rank = kernel.shape.length - 2;
  const { stride, padding, dilation, layout } = windowOf(operation, rank);
  const size = kernel.shape.slice(0, rank);
  const sizes = spatialSizes(operation.x.shape, layout);
  const output = sizes.map((length, axis) => {
    const [k, s, d] = [size[axis] as number, stride[axis] as number, dilation[axis] as number];
    return padding === 'same' ? length * s : length * s + Math.max((k - 1) * d + 1 - s, 0);
  });
  const spatial = kernel.shape.map((_, axis) => axis).slice(0, rank);
  return operation.add('convTranspose', [operation.x, canonical(operation, kernel, [rank + 1, rank, ...spatial])], {
    outChannels: kernel.shape[rank] as number,
    kernel: size,
    stride,
    dilation,
    ...cutTo(sizes, output, size, stride, dilation),
    layout,
    bias: false,
  });
};

/** Query, key and value are [N, L, H, E]. */
const dotProductAttention: OperationLowering = (operation) => {
  const [q, k, v] = [operation.operand(0, 'query'), operation.operand(1, 'key'), operation.operand(2, 'value')];
  const heads = (name: string, x: Value) => operation.call.part(name, 'transpose', [x], { permutation: [0, 2, 1, 3] });
  const causal = operation.flag(false, -1, 'is_causal');
  const y = operation.call.part(
    'attention',
    'attention',
    [heads('query', q), heads('key', k), heads('value', v)],
    causal ? { causal } : {},
  );
  return heads('output', y);
};

export const contractionOperations: Readonly<Record<string, OperationLowering>> = {
  matmul,
  batchmatmul: matmul,
  batchmatmulv2: matmul,
  einsum,
  tensordot,
  dot,
  vdot: flatDot,
  inner,
  conv: convolution,
  conv1d: convolution,
  conv2d: convolution,
  conv3d: convolution,
  convolution,
  depthwiseconv: depthwise,
  depthwiseconv2d: depthwise,
  depthwiseconv2dnative: depthwise,
  separableconv: separable,
  convtranspose: transposed,
  dotproductattention: dotProductAttention,
};
