import type { Tensor, Tensor3D, Tensor4D, Tensor5D } from '@tensorflow/tfjs-core';
import { perAxis, resolvePadding, spatialSizes } from '../../../core/ops/convolution/window.js';
import type { OpName } from '../../../core/ops/op-attributes.js';
import { type Call, imageForm, type Lowering, type Lowerings } from '../call.js';
import { padded, transposed } from '../kernels.js';
import type { Tfjs } from '../program.js';
import { FUSED_ACTIVATIONS } from './fused-activations.js';

/** Ops of a window that slides over an image. */
export type Windowed = 'conv' | PoolName;
export type PoolName = 'maxPool' | 'avgPool' | 'lpPool';

type Pair = readonly [number, number];

export interface Geometry {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly padding: readonly Pair[];
}

/** Window of a convolution or pooling over the spatial axes of input 0. */
export function geometryOf(call: Call<Windowed>, kernel: readonly number[]): Geometry {
  const a = call.attributes;
  const sizes = spatialSizes(call.type(0).shape, a.layout);
  const rank = sizes.length;
  const strides = perAxis(a.stride, rank, 'stride');
  const dilation = perAxis(a.dilation, rank, 'dilation');
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

/**
 * Groups are brought to the front, where joining them copies whole blocks of memory. They are gathered and not sliced:
 * tfjs-wasm copies the whole tensor for every slice of it, which for many groups costs more than the convolutions.
 */
function grouped(
  tf: Tfjs,
  x: Tensor4D,
  filters: readonly Tensor[],
  g: Geometry,
  biases: readonly Tensor[],
  activation: Epilogue['activation'],
): Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const groups = filters.length;
  const each = channels / groups;
  const blocks = transposed(tf, tf.reshape(x, [-1, groups, each]), [1, 0, 2]);
  let side: readonly number[] = [];
  const results = filters.map((filter, i) => {
    const input = tf.reshape(tf.gather(blocks, tf.tensor1d([i], 'int32')), [batch, height, width, each]) as Tensor4D;
    const y = plane(tf, input, filter as Tensor4D, g, false, { bias: biases[i], activation });
    side = y.shape.slice(0, 3);
    return tf.reshape(y, [1, -1, y.shape[3]]);
  });
  return tf.reshape(transposed(tf, tf.concat(results, 0), [1, 0, 2]), [...side, -1] as Tensor4D['shape']);
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
  return FUSED_ACTIVATIONS[call.folded?.activation?.op as OpName];
}

/** Filters lie [...kernel, Ci/groups, Co] in tfjs, and [...kernel, C, multiplier] for depthwise convolution. */
const conv: Lowering<'conv'> = (call) => {
  const { tf } = call;
  const a = call.attributes;
  const [outChannels = 1, perGroup = 1, ...kernel] = call.type(1).shape;
  const groups = a.groups;
  const rank = kernel.length;
  const form = imageForm(call);
  const g = asPlane(geometryOf(call, kernel));
  const depthwise = groups > 1 && perGroup === 1;
  if (rank === 3 && groups > 1) call.refuse('grouped convolution over three axes');
  const last = Array.from({ length: rank }, (_, i) => i + 2);
  const lead = rank === 1 ? [1] : [];
  const order = depthwise ? [...last, 0, 1] : [...last, 1, 0];
  // Filters of groups are kept apart: tfjs-wasm packs each filter tensor that it sees for the first time.
  const parts = depthwise ? 1 : groups;
  const each = outChannels / parts;
  const slices = Array.from(
    { length: parts },
    (_, i) => (whole: Tensor) => (parts === 1 ? whole : tf.slice(whole, i * each, each)),
  );
  const filters = slices.map((slice) =>
    call.prepared(1, (w) =>
      tf.reshape(tf.transpose(slice(w), order), [
        ...lead,
        ...kernel,
        ...(depthwise ? [groups, outChannels / groups] : [perGroup, each]),
      ]),
    ),
  );
  const biases = call.has(2) ? slices.map((slice) => call.prepared(2, slice)) : [];
  const activation = activationOf(call);
  call.emit(
    [call.input(0, form), ...filters, ...biases],
    ([input, ...stored]) => {
      const x = input as Tensor;
      const [w, b] = [stored[0], stored[parts]];
      const epilogue = { bias: b, activation };
      if (rank === 3) return volume(tf, x as Tensor5D, w as Tensor5D, g, epilogue);
      const image = (rank === 1 ? tf.expandDims(x as Tensor3D, 1) : x) as Tensor4D;
      const y =
        parts > 1
          ? grouped(tf, image, stored.slice(0, parts), g, stored.slice(parts), activation)
          : plane(tf, image, w as Tensor4D, g, depthwise, epilogue);
      return rank === 1 ? tf.squeeze(y, [1]) : y;
    },
    form,
  );
};

export const convolution: Lowerings = { conv };
