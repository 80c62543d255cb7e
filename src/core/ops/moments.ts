/** Mean and E[x²] of the elements of random tensors: what ops make of those of their inputs, so that random weights keep activations near 1. */
export interface Moments {
  readonly mean: number;
  readonly second: number;
}

/** Even numbers around a center. */
export interface Range {
  readonly center: number;
  readonly spread: number;
}

/**
 * What scales and shifts add, with the ranges of `export/weights`. E[scale²] of [0.5, 1.5] is 13/12, E[shift²] of ±0.2
 * is 0.04/3. Batch norm divides by a variance drawn from [0.5, 1.5] of the estimate, E[1/v] = ln 3, and moves the mean
 * by up to ±0.3: what is left out here would grow with every layer.
 */
export const SHIFT = 0.04 / 3;
export const NORMALIZED: Moments = { mean: 0, second: 13 / 12 + SHIFT };
export const BATCH_NORMALIZED: Moments = { mean: 0, second: (13 / 12) * Math.log(3) * (1 + 0.09 / 3) + SHIFT };

/** Into [0, 1], most of it near one half. */
export const gating = (): Moments => ({ mean: 0.5, second: 0.3 });

/** Into a few units around zero. */
export const squashed = ([x]: readonly Moments[]): Moments => ({
  mean: 0,
  second: Math.min((x as Moments).second, 0.5),
});

export const varianceOf = ({ mean, second }: Moments) => Math.max(second - mean ** 2, 0);

/** max(x, 0) of a normal x: mean μΦ + σφ, second moment (μ² + σ²)Φ + μσφ, with Φ and φ at μ/σ. */
export function rectified([input]: readonly Moments[]): Moments {
  const x = input as Moments;
  const deviation = Math.sqrt(varianceOf(x)) || 1e-6;
  const z = x.mean / deviation;
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  // Logistic approximation of the normal distribution (Page 1977), within 2·10⁻⁴.
  const below = 1 / (1 + Math.exp(-1.5976 * z - 0.070566 * z ** 3));
  return {
    mean: x.mean * below + deviation * density,
    second: x.second * below + x.mean * deviation * density,
  };
}
