import type { Tensor, Tensor3D, Tensor4D, Tensor5D } from '@tensorflow/tfjs-core';
import { type Padding, type PerAxis, perAxis, resolvePadding, spatialSizes } from '../../../core/ops/window.js';
import { type Call, imageForm, type Lowering } from '../call.js';
import { FUSED_ACTIVATIONS } from '../folding.js';
import { padded } from '../kernels.js';
import type { Tfjs } from '../program.js';

interface ConvAttributes {
  readonly outChannels: number;
  readonly stride?: PerAxis;
  readonly padding?: Padding;
  readonly dilation?: PerAxis;
  readonly groups?: number;
  readonly layout?: 'channelsFirst' | 'channelsLast';
}

type Pair = readonly [number, number];

export interface Geometry {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly padding: readonly Pair[];
}

/** Window of a convolution or pooling over the spatial axes of input 0. */
export function geometryOf(call: Call, kernel: readonly number[], stride?: PerAxis): Geometry {
  const a = call.attributes as unknown as ConvAttributes;
  const sizes = spatialSizes(call.type(0).shape, a.layout);
  const rank = sizes.length;
  const strides = perAxis(stride ?? a.stride, rank, 1, 'stride');
  const dilation = perAxis(a.dilation, rank, 1, 'dilation');
  return { kernel, stride: strides, dilation, padding: resolvePadding(a.padding, sizes, kernel, strides, dilation) };
}

/** A convolution over one spatial axis runs as one over two, of which the first has size 1. */
export function asPlane(g: Geometry): Geometry {
  if (g.kernel.length !== 1) return g;
  return {
    kernel: [1, ...g.kernel],
    stride: [1, ...g.stride],
    dilation: [1, ...g.dilation],
    padding: [[0, 0], ...g.padding],
  };
}

const pads = (g: Geometry): [Pair, Pair, Pair, Pair] => [[0, 0], g.padding[0] as Pair, g.padding[1] as Pair, [0, 0]];
const two = (values: readonly number[]) => [values[0] as number, values[1] as number] as [number, number];

export function padSpatial(tf: Tfjs, x: Tensor, padding: readonly Pair[], value = 0): Tensor {
  if (padding.every(([begin, end]) => begin === 0 && end === 0)) return x;
  return padded(tf, x, [[0, 0], ...padding.map(([begin, end]): [number, number] => [begin, end]), [0, 0]], value);
}

interface Epilogue {
  readonly bias: Tensor | undefined;
  readonly activation: 'relu' | 'relu6' | 'sigmoid' | 'elu' | undefined;
}

function plane(
  tf: Tfjs,
  x: Tensor4D,
  w: Tensor4D,
  g: Geometry,
  depthwise: boolean,
  { bias, activation }: Epilogue,
): Tensor4D {
  const strided = g.stride.some((s) => s > 1) && g.dilation.some((d) => d > 1);
  // tfjs refuses a stride with a dilation: every position is computed, then every s-th kept.
  const strides = strided ? ([1, 1] as [number, number]) : two(g.stride);
  const options = {
    x,
    filter: w,
    strides,
    pad: pads(g) as never,
    dilations: two(g.dilation),
    ...(bias && { bias }),
    ...(activation && { activation }),
  };
  const y = depthwise ? tf.fused.depthwiseConv2d(options) : tf.fused.conv2d(options);
  if (!strided) return y as Tensor4D;
  const [sh, sw] = two(g.stride);
  return tf.stridedSlice(y, [0, 0, 0, 0], y.shape, [1, sh, sw, 1]) as Tensor4D;
}

function grouped(
  tf: Tfjs,
  x: Tensor4D,
  w: Tensor4D,
  g: Geometry,
  groups: number,
  { bias, activation }: Epilogue,
): Tensor4D {
  const inputs = tf.split(x, groups, 3) as Tensor4D[];
  const filters = tf.split(w, groups, 3) as Tensor4D[];
  const biases = bias === undefined ? [] : tf.split(bias, groups);
  const parts = inputs.map((input, i) =>
    plane(tf, input, filters[i] as Tensor4D, g, false, { bias: biases[i], activation }),
  );
  return tf.concat(parts, 3);
}

function volume(tf: Tfjs, x: Tensor5D, w: Tensor5D, g: Geometry, { bias, activation }: Epilogue): Tensor5D {
  const image = padSpatial(tf, x, g.padding) as Tensor5D;
  const three = (values: readonly number[]) => values.slice(0, 3) as [number, number, number];
  const y = tf.conv3d(image, w, three(g.stride), 'valid', 'NDHWC', three(g.dilation));
  // tfjs-webgpu adds tensors of at most four axes.
  const rows = tf.reshape(y, [-1, y.shape[4]]);
  const shifted = bias === undefined ? y : tf.reshape(tf.add(rows, bias), y.shape);
  return activate(tf, shifted, activation) as Tensor5D;
}

export function activate(tf: Tfjs, x: Tensor, activation: Epilogue['activation']): Tensor {
  return activation === undefined ? x : tf[activation](x);
}

export function activationOf(call: Call): Epilogue['activation'] {
  return FUSED_ACTIVATIONS[call.folded?.activation?.op ?? ''];
}

/** Filters lie [...kernel, Ci/groups, Co] in tfjs, and [...kernel, C, multiplier] for depthwise convolution. */
const conv: Lowering = (call) => {
  const { tf } = call;
  const a = call.attributes as unknown as ConvAttributes;
  const [outChannels = 1, perGroup = 1, ...kernel] = call.type(1).shape;
  const groups = a.groups ?? 1;
  const rank = kernel.length;
  const form = imageForm(call);
  const g = asPlane(geometryOf(call, kernel));
  const depthwise = groups > 1 && perGroup === 1;
  if (rank === 3 && groups > 1) call.refuse('grouped convolution over three axes');
  const last = Array.from({ length: rank }, (_, i) => i + 2);
  const filter = call.prepared(1, (w) => {
    const lead = rank === 1 ? [1] : [];
    if (!depthwise) return tf.reshape(tf.transpose(w, [...last, 1, 0]), [...lead, ...kernel, perGroup, outChannels]);
    return tf.reshape(tf.transpose(w, [...last, 0, 1]), [...lead, ...kernel, groups, outChannels / groups]);
  });
  const bias = call.has(2) ? [call.prepared(2, (b) => b)] : [];
  const activation = activationOf(call);
  call.emit(
    [call.input(0, form), filter, ...bias],
    ([input, w, b]) => {
      const epilogue = { bias: b, activation };
      const x = input as Tensor;
      if (rank === 3) return volume(tf, x as Tensor5D, w as Tensor5D, g, epilogue);
      const image = (rank === 1 ? tf.expandDims(x as Tensor3D, 1) : x) as Tensor4D;
      const y =
        groups > 1 && !depthwise
          ? grouped(tf, image, w as Tensor4D, g, groups, epilogue)
          : plane(tf, image, w as Tensor4D, g, depthwise, epilogue);
      return rank === 1 ? tf.squeeze(y, [1]) : y;
    },
    form,
  );
};

export const convolution: Readonly<Record<string, Lowering>> = { conv };
