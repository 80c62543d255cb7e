import { MAD_TO_DEVIATION, median, medianAbsoluteDeviation } from './quantile.js';

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
