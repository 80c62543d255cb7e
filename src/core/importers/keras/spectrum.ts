import type { Value } from '../../ir/graph.js';
import type { LayerCall } from './layer.js';

export interface Frames {
  /** Samples of a frame. */
  readonly length: number;
  readonly step: number;
  /** Half a frame is added on both sides, mirrored. */
  readonly centered: boolean;
}

/** Overlapping frames of a signal under a window function: [..., samples] → [..., frames, length]. */
export function windows(call: LayerCall, x: Value, { length, step, centered }: Frames): Value {
  const side = Math.floor(length / 2);
  const signal = centered
    ? call.part('pad', 'pad', [x], {
        pads: x.shape.map((_, axis) => (axis === x.shape.length - 1 ? [side, side] : [0, 0])),
        mode: 'reflect',
      })
    : x;
  const framed = call.part('frames', 'slidingWindow', [signal], { axis: -1, size: length, step });
  return call.part('window', 'mul', [framed, call.constant('window', [length], x.dtype)]);
}

/** The half of the spectrum that real samples have: [..., samples] → [..., bins, 2], real and imaginary parts. */
export function spectrum(call: LayerCall, x: Value, length?: number): Value {
  const samples = call.part('samples', 'unsqueeze', [x], { axes: [-1] });
  return call.part('transform', 'fourierTransform', [samples], {
    axis: -2,
    oneSided: true,
    ...(length === undefined ? {} : { length }),
  });
}
