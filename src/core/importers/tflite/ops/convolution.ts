import { elementCount } from '../../../ir/tensor.js';
import { channelsOf } from '../../../ops/convolution/window.js';
import type { Lowering, NodeCall } from '../../tensorflow/call.js';
import { filterValue, transposedConvolution } from '../../tensorflow/ops/convolution.js';
import type { Tensor } from '../../tensorflow/tensor.js';

/** Kernels of TensorFlow Lite: filters are [out, …kernel, in], biases an optional input. */

function perAxis(call: NodeCall, name: string, rank: number): number[] {
  const axes = rank === 3 ? ['d', 'h', 'w'] : ['h', 'w'];
  return axes.map((axis) => call.attributes.integer(`${name}_${axis}`, 1));
}

function window(call: NodeCall, rank: number) {
  const padding = call.attributes.text('padding') === 'SAME' ? 'same' : 'valid';
  return {
    stride: perAxis(call, 'stride', rank),
    padding,
    dilation: perAxis(call, 'dilation', rank),
    layout: 'channelsLast',
  } as const;
}

function bias(call: NodeCall, index: number) {
  return call.has(index) ? [call.input(index).value('parameter')] : [];
}

function filterOf(call: NodeCall, index: number, rank: number): Tensor {
  const filter = call.input(index);
  return filter.rank === rank ? filter : call.fail(`its filter has ${filter.rank} axes, not ${rank}`);
}

const conv2d: Lowering = (call) => {
  const filter = filterOf(call, 1, 4);
  const [outChannels, height, width, perGroup] = filter.shape as [number, number, number, number];
  const groups = channelsOf(call.x.shape, 'channelsLast') / perGroup;
  if (!Number.isSafeInteger(groups)) call.fail(`its filter takes ${perGroup} channels, the input has another number`);
  const shift = bias(call, 2);
  return call.add('conv', [call.x, filterValue(call, filter, [0, 3, 1, 2]), ...shift], {
    outChannels,
    kernel: [height, width],
    ...window(call, 2),
    groups,
    bias: shift.length > 0,
  });
};

/** Filter [1, kh, kw, out]. */
const depthwise: Lowering = (call) => {
  const filter = filterOf(call, 1, 4);
  const [, height, width, outChannels] = filter.shape as [number, number, number, number];
  const shift = bias(call, 2);
  return call.add('conv', [call.x, filterValue(call, filter, [3, 0, 1, 2]), ...shift], {
    outChannels,
    kernel: [height, width],
    ...window(call, 2),
    groups: channelsOf(call.x.shape, 'channelsLast'),
    bias: shift.length > 0,
  });
};

/** Filter [kd, kh, kw, in, out], as in TensorFlow. */
const conv3d: Lowering = (call) => {
  const filter = filterOf(call, 1, 5);
  const shift = bias(call, 2);
  return call.add('conv', [call.x, filterValue(call, filter, [4, 3, 0, 1, 2]), ...shift], {
    outChannels: filter.shape[4] as number,
    kernel: filter.shape.slice(0, 3),
    ...window(call, 3),
    bias: shift.length > 0,
  });
};

/** Output shape, filter [out, kh, kw, in], input, bias. */
const transposeConv: Lowering = (call) => {
  const filter = filterOf(call, 1, 4);
  const [outChannels, height, width] = filter.shape as [number, number, number, number];
  return transposedConvolution(call, call.input(2), filterValue(call, filter, [3, 0, 1, 2]), bias(call, 3)[0], {
    target: call.known(0).slice(1, 3),
    kernel: [height, width],
    stride: perAxis(call, 'stride', 2),
    dilation: [1, 1],
    outChannels,
  });
};

const transposeConv3d: Lowering = (call) => {
  const filter = filterOf(call, 1, 5);
  return transposedConvolution(call, call.input(2), filterValue(call, filter, [4, 3, 0, 1, 2]), bias(call, 3)[0], {
    target: call.known(0).slice(1, 4),
    kernel: filter.shape.slice(0, 3),
    stride: perAxis(call, 'stride', 3),
    dilation: perAxis(call, 'dilation', 3),
    outChannels: filter.shape[3] as number,
  });
};

/**
 * MediaPipe's custom operator: input, filter [out, kh, kw, in], bias. Its options are raw bytes; the stride follows from
 * the sizes.
 */
const transposeConvBias: Lowering = (call) => {
  const filter = filterOf(call, 1, 4);
  const [outChannels, height, width] = filter.shape as [number, number, number];
  const [first] = call.node.stated;
  const target =
    (first && call.closed(first)?.shape.slice(1, 3)) ?? call.fail('the file does not state its output shape');
  const stride = target.map((size, axis) => Math.max(Math.round(size / (call.x.shape[axis + 1] as number)), 1));
  return transposedConvolution(call, call.x, filterValue(call, filter, [3, 0, 1, 2]), bias(call, 2)[0], {
    target,
    kernel: [height, width],
    stride,
    dilation: [1, 1],
    outChannels,
  });
};

/** Weights [out, in]; without `keep_num_dims` all axes but the last are joined. */
const fullyConnected: Lowering = (call) => {
  const weights = filterOf(call, 1, 2);
  const [outFeatures, features] = weights.shape as [number, number];
  const flat = (call.x.rank === 2 || call.attributes.flag('keep_num_dims')) && call.x.shape.at(-1) === features;
  const rows = elementCount(call.x.shape) / features;
  if (!Number.isSafeInteger(rows))
    call.fail(`its weights take ${features} features, the input is ${call.x.shape.join('x')}`);
  const x = flat ? call.x : call.add('reshape', [call.x], { shape: [rows, features], allowZero: true }, 'rows');
  const shift = bias(call, 2);
  if (!weights.isStored) {
    const product = call.add('matmul', [x, weights], { transposeRight: true });
    return shift.length === 0 ? product : call.add('add', [product, ...shift], {}, 'bias');
  }
  return call.add('linear', [x, weights.value('parameter'), ...shift], { outFeatures, bias: shift.length > 0 });
};

const pool =
  (op: 'avgPool' | 'maxPool' | 'lpPool'): Lowering =>
  (call) =>
    call.add(op, [call.x], {
      kernel: perAxis(call, 'filter', 2),
      stride: perAxis(call, 'stride', 2),
      padding: call.attributes.text('padding') === 'SAME' ? 'same' : 'valid',
      layout: 'channelsLast',
      ...(op === 'avgPool' ? { countIncludePad: false } : {}),
    });

/** Custom operators that are known, by name. */
export const customOps: Readonly<Record<string, Lowering>> = { Convolution2DTransposeBias: transposeConvBias };

export const convolutionOps: Readonly<Record<string, Lowering>> = {
  CONV_2D: conv2d,
  DEPTHWISE_CONV_2D: depthwise,
  CONV_3D: conv3d,
  TRANSPOSE_CONV: transposeConv,
  CONV_3D_TRANSPOSE: transposeConv3d,
  FULLY_CONNECTED: fullyConnected,
  AVERAGE_POOL_2D: pool('avgPool'),
  MAX_POOL_2D: pool('maxPool'),
  L2_POOL_2D: pool('lpPool'),
};
