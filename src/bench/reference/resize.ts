import { ArchmeterError } from '../../core/errors.js';
import {
  channelsFirst,
  inputOf,
  type Kernel,
  type Kernels,
  outputShape,
  type Tensor,
  tensor,
} from '../../core/evaluate/tensor.js';
import { elementCount } from '../../core/ir/tensor.js';
import { spatialSizes } from '../../core/ops/convolution/window.js';
import { resizeScales, resizeTaps, type Taps } from '../interpolation.js';

/** Interpolates one axis: all modes are separable. */
function resizeAxis(x: Tensor, axis: number, taps: readonly Taps[]): Tensor {
  const inner = elementCount(x.shape.slice(axis + 1));
  const size = x.shape[axis] as number;
  const outer = elementCount(x.shape.slice(0, axis));
  const y = tensor(x.shape.with(axis, taps.length));
  for (let o = 0; o < outer; o++) {
    taps.forEach((list, i) => {
      for (let k = 0; k < inner; k++) {
        let sum = 0;
        for (const { at, weight } of list) sum += weight * (x.data[(o * size + at) * inner + k] as number);
        y.data[(o * taps.length + i) * inner + k] = sum;
      }
    });
  }
  return y;
}

const resizeKernel: Kernel<'resize'> = (call) => {
  const a = call.attributes;
  if (a.antialias) throw new ArchmeterError('resizing with antialias has no reference implementation');
  if (a.coordinates === 'cropAndResize') throw new ArchmeterError('resizing a crop has no reference implementation');
  const output = spatialSizes(outputShape(call), a.layout);
  return [
    channelsFirst(call, inputOf(call, 0), (x) => {
      const input = x.shape.slice(2);
      const scales = resizeScales(a, input, output);
      return output.reduce((image, size, i) => {
        const taps = Array.from({ length: size }, (_, o) =>
          resizeTaps(o, input[i] as number, size, scales[i] as number, a),
        );
        return resizeAxis(image, i + 2, taps);
      }, x);
    }),
  ];
};

export const resize: Kernels = { resize: resizeKernel };
