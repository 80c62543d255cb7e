import type { Tensor, Tensor4D, Tensor5D } from '@tensorflow/tfjs-core';
import { perAxis, resolvePadding, spatialSizes, type WindowAttributes } from '../../../core/ops/convolution/window.js';
import { imageForm, type Lowering, type Lowerings } from '../call.js';
import { padded } from '../kernels.js';
import type { Tfjs } from '../program.js';

/** Weights [Ci, Co/g, …k] with zeros between the taps of a dilated kernel, as tfjs has no dilation here. */
function dilated(tf: Tfjs, w: Tensor, dilation: readonly number[]): Tensor {
  return dilation.reduce((kernel, d, i) => {
    const axis = i + 2;
    const size = kernel.shape[axis] as number;
    if (d === 1 || size === 1) return kernel;
    const apart = tf.expandDims(kernel, axis + 1);
    const spaced = padded(
      tf,
      apart,
      apart.shape.map((_, k): [number, number] => (k === axis + 1 ? [0, d - 1] : [0, 0])),
    );
    const joined = tf.reshape(spaced, kernel.shape.with(axis, size * d));
    return tf.slice(
      joined,
      joined.shape.map(() => 0),
      joined.shape.with(axis, (size - 1) * d + 1),
    );
  }, w);
}

/** The full transposed convolution, nothing cut off, channels last. */
function full(tf: Tfjs, x: Tensor, filter: Tensor, stride: readonly number[], outChannels: number): Tensor {
  const kernel = filter.shape.slice(0, -2);
  const sizes = kernel.map((k, i) => ((x.shape[i + 1] as number) - 1) * (stride[i] as number) + k);
  const output = [x.shape[0] as number, ...sizes, outChannels];
  if (kernel.length === 3) {
    return tf.conv3dTranspose(x as Tensor5D, filter as Tensor5D, output as never, stride as never, 'valid');
  }
  return tf.conv2dTranspose(x as Tensor4D, filter as Tensor4D, output as never, stride as never, 'valid');
}

/** Cuts the padding off, or fills with zeros what output padding adds. */
function cutTo(tf: Tfjs, y: Tensor, begin: readonly number[], sizes: readonly number[]): Tensor {
  const short = sizes.map((size, i) => Math.max(0, size + (begin[i] as number) - (y.shape[i + 1] as number)));
  const pads: [number, number][] = [[0, 0], ...short.map((s): [number, number] => [0, s]), [0, 0]];
  const long = short.some((s) => s > 0) ? padded(tf, y, pads) : y;
  return tf.slice(long, [0, ...begin, 0], [y.shape[0] as number, ...sizes, y.shape.at(-1) as number]);
}

/** Filters lie […kernel, Co, Ci] in tfjs. */
const convTranspose: Lowering<'convTranspose'> = (call) => {
  const { tf } = call;
  const a = call.attributes;
  const [channels = 1, perGroup = 1, ...kernel] = call.type(1).shape;
  const groups = a.groups;
  const rank = kernel.length;
  const form = imageForm(call);
  const input = spatialSizes(call.type(0).shape, a.layout);
  const sizes = spatialSizes(call.outputType().shape, a.layout);
  const [stride, dilation] = [a.stride, a.dilation].map((value) => perAxis(value, rank, 'window')) as [
    number[],
    number[],
  ];
  const reach = kernel.map((k, i) => (dilation[i] as number) * (k - 1) + 1);
  const begin = beginnings(a, input, sizes, reach, stride, kernel, dilation);
  const lead = rank === 1 ? [1] : [];
  const filter = call.prepared(1, (w) => {
    const wide = dilated(tf, w, dilation);
    const last = Array.from({ length: rank }, (_, i) => i + 2);
    return tf.reshape(tf.transpose(wide, [...last, 1, 0]), [...lead, ...reach, perGroup, channels]);
  });
  const bias = call.has(2) ? [call.prepared(2, (b) => b)] : [];
  call.emit(
    [call.input(0, form), filter, ...bias],
    ([input, w, b]) => {
      const x = rank === 1 ? tf.expandDims(input as Tensor, 1) : (input as Tensor);
      const channelAxis = x.rank - 1;
      const inputs = groups === 1 ? [x] : tf.split(x, groups, channelAxis);
      const filters = groups === 1 ? [w as Tensor] : tf.split(w as Tensor, groups, channelAxis);
      const parts = inputs.map((part, i) => full(tf, part, filters[i] as Tensor, [...lead, ...stride], perGroup));
      const joined = parts.length === 1 ? (parts[0] as Tensor) : tf.concat(parts, channelAxis);
      const fitted = cutTo(tf, joined, [...lead.map(() => 0), ...begin], [...lead, ...sizes]);
      const y = b === undefined ? fitted : tf.add(fitted, b);
      return rank === 1 ? tf.squeeze(y, [1]) : y;
    },
    form,
  );
};

/** How much is cut at the beginning of each axis. */
function beginnings(
  a: WindowAttributes,
  input: readonly number[],
  sizes: readonly number[],
  reach: readonly number[],
  stride: readonly number[],
  kernel: readonly number[],
  dilation: readonly number[],
): number[] {
  if (a.padding !== 'same' && a.padding !== 'sameLower') {
    return resolvePadding(a.padding, input, kernel, stride, dilation).map(([begin]) => begin);
  }
  return sizes.map((size, i) => {
    const total = Math.max(((input[i] as number) - 1) * (stride[i] as number) + (reach[i] as number) - size, 0);
    return a.padding === 'same' ? Math.floor(total / 2) : Math.ceil(total / 2);
  });
}

export const transposedConvolution: Lowerings = { convTranspose };
