import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { spatialSizes } from '../../../core/ops/convolution/window.js';
import { type ResizeAttributes, resizeScales, resizeTaps } from '../../interpolation.js';
import { imageForm, type Lowering, type Lowerings } from '../call.js';
import type { Tfjs } from '../program.js';

/** tfjs has nearest and linear over two axes; every other kind is a matrix product along each axis. */
const resizeLowering: Lowering<'resize'> = (call) => {
  const { tf } = call;
  const a = call.attributes;
  if (a.antialias) call.refuse('antialiasing');
  if (a.coordinates === 'cropAndResize') call.refuse('the crop is not part of the graph');
  const form = imageForm(call);
  const input = spatialSizes(call.type(0).shape, a.layout);
  const output = spatialSizes(call.outputType().shape, a.layout);
  const scales = resizeScales(a, input, output);
  const mode = a.mode;
  const exact = scales.every((scale, i) => Math.abs(scale * (input[i] as number) - (output[i] as number)) < 1e-9);
  if (output.length === 2 && exact && mode === 'linear' && a.coordinates !== 'pytorchHalfPixel') {
    const half = !a.alignCorners && a.coordinates !== 'asymmetric';
    call.emit(
      [call.input(0, form)],
      ([x]) => tf.image.resizeBilinear(x as Tensor4D, output as [number, number], a.alignCorners, half),
      form,
    );
    return;
  }
  const whole = scales.map(Math.round);
  if (output.length === 2 && mode === 'nearest' && !a.alignCorners && scales.every((scale, i) => scale === whole[i])) {
    call.emit(
      [call.input(0, form)],
      ([x]) => tf.image.resizeNearestNeighbor(x as Tensor4D, output as [number, number]),
      form,
    );
    return;
  }
  const matrices = output.map((size, i) =>
    call.resident(() => tapMatrix(tf, size, input[i] as number, scales[i] as number, a)),
  );
  call.emit(
    [call.input(0, form), ...matrices],
    ([x, ...taps]) => taps.reduce((image, matrix, i) => alongAxis(tf, image, matrix, i + 1), x as Tensor),
    form,
  );
};

function tapMatrix(tf: Tfjs, size: number, input: number, scale: number, a: ResizeAttributes): Tensor {
  const values = new Float32Array(size * input);
  for (let o = 0; o < size; o++) {
    for (const { at, weight } of resizeTaps(o, input, size, scale, a)) {
      values[o * input + at] = (values[o * input + at] as number) + weight;
    }
  }
  return tf.tensor3d(values, [1, size, input]);
}

function alongAxis(tf: Tfjs, x: Tensor, matrix: Tensor, axis: number): Tensor {
  const [outer, inner] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)].map((sizes) =>
    sizes.reduce((p, s) => p * s, 1),
  ) as [number, number];
  const rows = tf.reshape(x, [outer, x.shape[axis] as number, inner]);
  return tf.reshape(tf.matMul(matrix, rows), x.shape.with(axis, matrix.shape[1] as number));
}

export const resize: Lowerings = { resize: resizeLowering };
