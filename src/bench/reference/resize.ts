import { ArchmeterError } from '../../core/errors.js';
import { elementCount } from '../../core/ir/tensor.js';
import { type Layout, type PerAxis, perAxis, spatialSizes } from '../../core/ops/window.js';
import { channelsFirst, inputOf, type Kernel, outputShape, type Tensor, tensor } from './tensor.js';

interface ResizeAttributes {
  readonly scale?: PerAxis;
  readonly size?: PerAxis;
  readonly mode?: 'nearest' | 'linear' | 'cubic' | 'area';
  readonly alignCorners?: boolean;
  readonly coordinates?: 'halfPixel' | 'asymmetric' | 'pytorchHalfPixel' | 'cropAndResize';
  readonly antialias?: boolean;
  readonly layout?: Layout;
}

/** One output element along an axis: input elements and their weights. */
type Taps = readonly { readonly at: number; readonly weight: number }[];

/** Where output i lies in the input (ONNX Resize, coordinate_transformation_mode). */
function coordinate(i: number, input: number, output: number, scale: number, a: ResizeAttributes): number {
  if (a.alignCorners) return output === 1 ? 0 : (i * (input - 1)) / (output - 1);
  if (a.coordinates === 'asymmetric') return i / scale;
  if (a.coordinates === 'pytorchHalfPixel' && output === 1) return 0;
  return (i + 0.5) / scale - 0.5;
}

/** Keys' cubic convolution with a = -0.75, as torch and ONNX have it. */
function cubicWeights(t: number): number[] {
  const a = -0.75;
  const near = (x: number) => ((a + 2) * x - (a + 3)) * x * x + 1;
  const far = (x: number) => ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return [far(t + 1), near(t), near(1 - t), far(2 - t)];
}

function tapsOf(i: number, input: number, output: number, scale: number, a: ResizeAttributes): Taps {
  const inside = (at: number) => Math.min(Math.max(at, 0), input - 1);
  const x = coordinate(i, input, output, scale, a);
  switch (a.mode ?? 'nearest') {
    case 'nearest': {
      // Asymmetric coordinates round down (torch 'nearest'); others to the nearest, halves up (torch 'nearest-exact').
      const at = a.coordinates === 'asymmetric' && !a.alignCorners ? Math.floor(x + 1e-9) : Math.floor(x + 0.5 + 1e-9);
      return [{ at: inside(at), weight: 1 }];
    }
    case 'linear': {
      const clamped = Math.min(Math.max(x, 0), input - 1);
      const low = Math.floor(clamped);
      const t = clamped - low;
      return [
        { at: low, weight: 1 - t },
        { at: inside(low + 1), weight: t },
      ];
    }
    case 'cubic': {
      const low = Math.floor(x);
      return cubicWeights(x - low).map((weight, k) => ({ at: inside(low - 1 + k), weight }));
    }
    case 'area': {
      const start = Math.floor((i * input) / output);
      const end = Math.ceil(((i + 1) * input) / output);
      return Array.from({ length: end - start }, (_, k) => ({ at: start + k, weight: 1 / (end - start) }));
    }
  }
}

/** Interpolates one axis after the other: all modes are separable. */
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

const resizeKernel: Kernel = (call) => {
  const a = call.attributes as ResizeAttributes;
  if (a.antialias) throw new ArchmeterError('resizing with antialias has no reference implementation');
  if (a.coordinates === 'cropAndResize') throw new ArchmeterError('resizing a crop has no reference implementation');
  const output = spatialSizes(outputShape(call), a.layout);
  return [
    channelsFirst(call, inputOf(call, 0), (x) =>
      output.reduce((image, size, i) => {
        const input = x.shape[i + 2] as number;
        const given = a.size === undefined ? perAxis(a.scale, output.length, 1, 'scale')[i] : undefined;
        const scale = given ?? size / input;
        return resizeAxis(
          image,
          i + 2,
          Array.from({ length: size }, (_, o) => tapsOf(o, input, size, scale, a)),
        );
      }, x),
    ),
  ];
};

export const resize: Readonly<Record<string, Kernel>> = { resize: resizeKernel };
