import type { Tensor, Tensor4D, Tensor5D } from '@tensorflow/tfjs-core';
import { perAxis, spatialSizes } from '../../../core/ops/convolution/window.js';
import { type Call, imageForm, type Lowering, type Lowerings } from '../call.js';
import type { Tfjs } from '../program.js';
import { asPlane, type Geometry, geometryOf, type PoolName, padSpatial } from './convolution.js';

type Kind = 'max' | 'avg';

/**
 * The window with the padding at the end that the output size asks for: ceil mode may read past the padding given.
 * `excess` is how far, by axis.
 */
function poolGeometry(call: Call<PoolName>): { geometry: Geometry; excess: number[]; output: number[] } {
  const a = call.attributes;
  const sizes = spatialSizes(call.type(0).shape, a.layout);
  const output = spatialSizes(call.outputType().shape, a.layout);
  const g = geometryOf(call, perAxis(a.kernel, sizes.length, 'kernel'));
  const ends = sizes.map((size, i) => {
    const reach = (g.dilation[i] as number) * ((g.kernel[i] as number) - 1) + 1;
    return Math.max(
      0,
      ((output[i] as number) - 1) * (g.stride[i] as number) +
        reach -
        size -
        (g.padding[i] as readonly [number, number])[0],
    );
  });
  return {
    geometry: { ...g, padding: g.padding.map(([begin], i) => [begin, ends[i] as number] as const) },
    excess: ends.map((end, i) => Math.max(0, end - (g.padding[i] as readonly [number, number])[1])),
    output,
  };
}

/** TensorFlow itself has no padding of its own choice for poolings: the image is padded before. */
const padsItself = (tf: Tfjs) => tf.getBackend() !== 'tensorflow';

const LOWEST = -3.4e38;

/** Pools an image with one or two spatial axes, channels last. Averages leave padding out, as TensorFlow does. */
function poolPlane(tf: Tfjs, x: Tensor, g: Geometry, kind: Kind): Tensor {
  const ready = kind === 'avg' || padsItself(tf) ? x : padSpatial(tf, x, g.padding, LOWEST);
  const flat = g.kernel.length === 1;
  const image = (flat ? tf.expandDims(ready, 1) : ready) as Tensor4D;
  const { kernel, stride, padding } = asPlane(g);
  const pads = [[0, 0], ...(ready === x ? padding : padding.map(() => [0, 0])), [0, 0]];
  const run = kind === 'max' ? tf.maxPool : tf.avgPool;
  const y = run(image, kernel as [number, number], stride as [number, number], pads as never, 'floor');
  return flat ? tf.squeeze(y, [1]) : y;
}

function poolVolume(tf: Tfjs, x: Tensor, g: Geometry, kind: Kind): Tensor {
  const run = kind === 'max' ? tf.maxPool3d : tf.avgPool3d;
  return run(x as Tensor5D, g.kernel as [number, number, number], g.stride as [number, number, number], 'valid');
}

/** Maximum over the taps of a dilated window, each a strided slice of the padded image. */
function dilatedMax(tf: Tfjs, x: Tensor, g: Geometry, output: readonly number[]): Tensor {
  const padded = padSpatial(tf, x, g.padding, LOWEST);
  let taps: number[][] = [[]];
  for (const size of g.kernel) taps = taps.flatMap((tap) => Array.from({ length: size }, (_, k) => [...tap, k]));
  const slices = taps.map((tap) => {
    const begin = [0, ...tap.map((k, i) => k * (g.dilation[i] as number)), 0];
    const end = output.map((size, i) => (begin[i + 1] as number) + (size - 1) * (g.stride[i] as number) + 1);
    const [batch = 1] = padded.shape;
    return tf.stridedSlice(padded, begin, [batch, ...end, padded.shape.at(-1) as number], [1, ...g.stride, 1]);
  });
  return slices.reduce((max, slice) => tf.maximum(max, slice));
}

const maxPool: Lowering<'maxPool'> = (call) => {
  const { tf } = call;
  const { geometry: g, output } = poolGeometry(call);
  const form = imageForm(call);
  call.emit(
    [call.input(0, form)],
    ([x]) => {
      if (g.dilation.some((d) => d > 1)) return dilatedMax(tf, x as Tensor, g, output);
      if (g.kernel.length === 3) return poolVolume(tf, padSpatial(tf, x as Tensor, g.padding, LOWEST), g, 'max');
      return poolPlane(tf, x as Tensor, g, 'max');
    },
    form,
  );
};

/** What an average over the padded window is to be multiplied by, where the divisor is not the window's size. */
function correction(
  call: Call<'avgPool'>,
  g: Geometry,
  excess: readonly number[],
  output: readonly number[],
): number[] | undefined {
  const a = call.attributes;
  const sizes = spatialSizes(call.type(0).shape, a.layout);
  const area = g.kernel.reduce((product, size) => product * size, 1);
  const counted = output.map((count, axis) => {
    const [begin, end] = g.padding[axis] as readonly [number, number];
    const size = sizes[axis] as number;
    return Array.from({ length: count }, (_, o) => {
      const start = o * (g.stride[axis] as number) - begin;
      const low = !a.countIncludePad ? 0 : -begin;
      const high = !a.countIncludePad ? size : size + end - (excess[axis] as number);
      let inside = 0;
      for (let k = 0; k < (g.kernel[axis] as number); k++) {
        const at = start + k * (g.dilation[axis] as number);
        if (at >= low && at < high) inside++;
      }
      return inside;
    });
  });
  let factors = [1];
  for (const axis of counted) factors = factors.flatMap((product) => axis.map((inside) => product * inside));
  const result = factors.map((count) => area / (a.divisor ?? count));
  return result.every((factor) => factor === 1) ? undefined : result;
}

const isUnpadded = (g: Geometry) => g.padding.every(([begin, end]) => begin === 0 && end === 0);

const avgPool: Lowering<'avgPool'> = (call) => {
  const { tf } = call;
  const a = call.attributes;
  const { geometry: g, excess, output } = poolGeometry(call);
  const form = imageForm(call);
  if (g.dilation.some((d) => d > 1)) call.refuse('dilated average pooling');
  const planar = g.kernel.length < 3;
  const plain = !a.countIncludePad && a.divisor === undefined;
  if (planar && plain && (padsItself(tf) || isUnpadded(g))) {
    call.emit([call.input(0, form)], ([x]) => poolPlane(tf, x as Tensor, g, 'avg'), form);
    return;
  }
  const factors = correction(call, g, excess, output);
  const factor = factors && call.resident(() => tf.tensor(factors, [1, ...output, 1], 'float32'));
  const unpadded: Geometry = { ...g, padding: g.padding.map(() => [0, 0] as const) };
  call.emit(
    [call.input(0, form), ...(factor === undefined ? [] : [factor])],
    ([x, f]) => {
      const padded = padSpatial(tf, x as Tensor, g.padding);
      const y = planar ? poolPlane(tf, padded, unpadded, 'avg') : poolVolume(tf, padded, unpadded, 'avg');
      return f === undefined ? y : tf.mul(y, f);
    },
    form,
  );
};

/** Σ|x|ᵖ over the window is its average times its size. */
const lpPool: Lowering<'lpPool'> = (call) => {
  const { tf } = call;
  const { geometry: g } = poolGeometry(call);
  const p = call.attributes.p;
  const area = g.kernel.reduce((product, size) => product * size, 1);
  const form = imageForm(call);
  const unpadded: Geometry = { ...g, padding: g.padding.map(() => [0, 0] as const) };
  call.emit(
    [call.input(0, form)],
    ([x]) => {
      const powers = padSpatial(tf, tf.pow(tf.abs(x as Tensor), p), g.padding);
      const mean =
        g.kernel.length < 3 ? poolPlane(tf, powers, unpadded, 'avg') : poolVolume(tf, powers, unpadded, 'avg');
      return tf.pow(tf.mul(mean, area), 1 / p);
    },
    form,
  );
};

function globalPool(kind: Kind): Lowering<'globalAvgPool' | 'globalMaxPool'> {
  return (call) => {
    const { tf } = call;
    const form = imageForm(call);
    const keepDims = call.attributes.keepDims;
    const axes = Array.from({ length: call.type(0).shape.length - 2 }, (_, i) => i + 1);
    call.emit(
      [call.input(0, form)],
      ([x]) => (kind === 'max' ? tf.max(x as Tensor, axes, keepDims) : tf.mean(x as Tensor, axes, keepDims)),
      keepDims ? form : 'logical',
    );
  };
}

/** Where the output size divides the input's, a plain pooling; else one reduction per output position. */
function adaptivePool(kind: Kind): Lowering<'adaptiveAvgPool' | 'adaptiveMaxPool'> {
  return (call) => {
    const { tf } = call;
    const { layout } = call.attributes;
    const form = imageForm(call);
    const sizes = spatialSizes(call.type(0).shape, layout);
    const output = spatialSizes(call.outputType().shape, layout);
    const axes = sizes.map((_, i) => i + 1);
    const reduce = (x: Tensor, over: number[]) => (kind === 'max' ? tf.max(x, over, true) : tf.mean(x, over, true));
    const even = sizes.every((size, i) => size % (output[i] as number) === 0);
    const window = sizes.map((size, i) => size / (output[i] as number));
    const g: Geometry = {
      kernel: window,
      stride: window,
      dilation: sizes.map(() => 1),
      padding: sizes.map(() => [0, 0]),
    };
    call.emit(
      [call.input(0, form)],
      ([x]) => {
        if (output.every((size) => size === 1)) return reduce(x as Tensor, axes);
        if (even) return sizes.length < 3 ? poolPlane(tf, x as Tensor, g, kind) : poolVolume(tf, x as Tensor, g, kind);
        // The windows of each axis are independent: one axis after the other.
        return axes.reduce((image, axis, i) => adaptAxis(tf, image, axis, output[i] as number, reduce), x as Tensor);
      },
      form,
    );
  };
}

function adaptAxis(
  tf: Tfjs,
  x: Tensor,
  axis: number,
  count: number,
  reduce: (x: Tensor, over: number[]) => Tensor,
): Tensor {
  const size = x.shape[axis] as number;
  const windows = Array.from({ length: count }, (_, o) => {
    const start = Math.floor((o * size) / count);
    const begin = x.shape.map((_, i) => (i === axis ? start : 0));
    const extent = x.shape.map((s, i) => (i === axis ? Math.ceil(((o + 1) * size) / count) - start : s));
    return reduce(tf.slice(x, begin, extent), [axis]);
  });
  return windows.length === 1 ? (windows[0] as Tensor) : tf.concat(windows, axis);
}

export const pooling: Lowerings = {
  maxPool,
  avgPool,
  lpPool,
  globalAvgPool: globalPool('avg'),
  globalMaxPool: globalPool('max'),
  adaptiveAvgPool: adaptivePool('avg'),
  adaptiveMaxPool: adaptivePool('max'),
};
