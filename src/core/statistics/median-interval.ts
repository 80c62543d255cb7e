import { normalQuantile } from './normal.js';
import { quantileOfSorted, sorted } from './quantile.js';

export interface Bounds {
  readonly low: number;
  readonly high: number;
}

/** Samples below which no two of them hold the median with 95 % (1 - 2·2^-n): none is said then. */
const LEAST_SAMPLES = 6;

/**
 * Interval of the median between two order statistics (Hahn and Meeker, "Statistical Intervals", 1991, section 5.2):
 * no assumption on the distribution, at least the confidence asked for. Where neighbours share noise, samples count by
 * blocks: `blockLength` of them as one.
 *
 * @returns undefined for fewer than 6 independent samples, or where that many cannot reach the confidence
 */
export function medianInterval(samples: ArrayLike<number>, confidence = 0.95, blockLength = 1): Bounds | undefined {
  const count = Math.floor(samples.length / blockLength);
  if (count < LEAST_SAMPLES) return undefined;
  const rank = lowRank(count, (1 - confidence) / 2);
  if (rank === 0) return undefined;
  const ascending = sorted(samples);
  if (blockLength === 1) return { low: ascending[rank - 1] as number, high: ascending[count - rank] as number };
  const share = (rank - 1) / (count - 1);
  return { low: quantileOfSorted(ascending, share), high: quantileOfSorted(ascending, 1 - share) };
}

/** Largest k with P(fewer than k of `count` lie below the median) at most `tail`; 0 where there is none. */
function lowRank(count: number, tail: number): number {
  if (count > 500) return Math.max(1, Math.floor((count + normalQuantile(tail) * Math.sqrt(count)) / 2));
  let term = 0.5 ** count;
  let sum = 0;
  for (let k = 0; k <= count; k++) {
    sum += term;
    if (sum > tail) return k;
    term = (term * (count - k)) / (k + 1);
  }
  return 0;
}
