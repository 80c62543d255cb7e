import { perAxis } from '../core/ops/convolution/window.js';
import type { ResolvedAttributes } from '../core/ops/define-op.js';

export type ResizeAttributes = ResolvedAttributes<'resize'>;

/** Input elements that one output element is made of along an axis, and their weights. */
export type Taps = readonly { readonly at: number; readonly weight: number }[];

/** Factor along each axis: as given, else what the sizes make it. */
export function resizeScales(a: ResizeAttributes, input: readonly number[], output: readonly number[]): number[] {
  if (a.size === undefined && a.scale !== undefined) return perAxis(a.scale, input.length, 'scale');
  return output.map((size, i) => size / (input[i] as number));
}

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

/** Coordinates are quotients: what should be whole may lie a little below. */
const TINY = 1e-9;

/** Taps of output element `i` along an axis. */
export function resizeTaps(i: number, input: number, output: number, scale: number, a: ResizeAttributes): Taps {
  const inside = (at: number) => Math.min(Math.max(at, 0), input - 1);
  const x = coordinate(i, input, output, scale, a);
  switch (a.mode) {
    case 'nearest': {
      // Asymmetric coordinates round down (torch 'nearest'); others to the nearest, halves up (torch 'nearest-exact').
      const half = a.coordinates === 'asymmetric' && !a.alignCorners ? 0 : 0.5;
      return [{ at: inside(Math.floor(x + half + TINY)), weight: 1 }];
    }
    case 'linear': {
      const clamped = inside(x);
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
