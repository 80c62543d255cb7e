import { MAD_TO_DEVIATION, median, medianAbsoluteDeviation, quantileOfSorted, sorted } from './quantile.js';

/**
 * Indices of samples whose modified z-score, |x - median| / (1.4826 MAD), exceeds `limit`: Iglewicz and Hoaglin, "How
 * to detect and handle outliers" (1993), whose limit is 3.5. None where more than half of the samples are equal.
 */
export function outliers(samples: readonly number[], limit = 3.5): number[] {
  const center = median(samples);
  const deviation = MAD_TO_DEVIATION * medianAbsoluteDeviation(samples, center);
  if (!(deviation > 0)) return [];
  return samples.flatMap((value, i) => (Math.abs(value - center) > limit * deviation ? [i] : []));
}

/** Tukey's fences (1977): quartiles widened by `reach` times their distance; 1.5 marks mild outliers, 3 far ones. */
export function tukeyFences(samples: ArrayLike<number>, reach = 1.5): { readonly low: number; readonly high: number } {
  const ascending = sorted(samples);
  const lower = quantileOfSorted(ascending, 0.25);
  const upper = quantileOfSorted(ascending, 0.75);
  return { low: lower - reach * (upper - lower), high: upper + reach * (upper - lower) };
}
