import type { Bounds } from './median-interval.js';
import { normalQuantile } from './normal.js';
import { MAD_TO_DEVIATION, mean, median, medianAbsoluteDeviation, variance } from './quantile.js';
import { fisherTail, studentQuantile } from './student-t.js';

/**
 * A mean over copies of a model, each prepared anew: memory layout, choice of kernels and compilation are drawn once a
 * copy, so that copies, not samples, are what counts as independent (Kalibera and Jones, "Rigorous benchmarking in
 * reasonable time", 2013). With 4 to 8 of them Student's distribution covers what it says; a bootstrap would not.
 */
export interface CopyMean {
  readonly mean: number;
  readonly standardError: number;
  /** 0 for a single copy, which says nothing of others. */
  readonly degreesOfFreedom: number;
  readonly copies: number;
  /** Neighbouring copies were taken together, since values drifted within them. */
  readonly merged: boolean;
}

/**
 * Mean over copies of the median within each. Where values drift within copies by more than their noise, neighbours
 * are not independent: they are taken together then, two by two.
 *
 * @param copies values of each copy in time order, e.g. log ratios by round; empty ones are left out
 */
export function copyMean(copies: readonly (readonly number[])[]): CopyMean {
  const usable = copies.filter(({ length }) => length > 0);
  const medians = usable.map(median);
  const single = meanOf(medians, usable.length, false);
  if (usable.length < 4 || !drifts(usable)) return single;
  const sizes = usable.map(({ length }) => length);
  const together = meanOf(groups(medians, sizes, usable.length >> 1), usable.length, true);
  return { ...together, standardError: Math.max(together.standardError, single.standardError) };
}

function meanOf(values: readonly number[], copies: number, merged: boolean): CopyMean {
  return {
    mean: values.length === 0 ? Number.NaN : mean(values),
    standardError: Math.sqrt(variance(values) / values.length),
    degreesOfFreedom: Math.max(0, values.length - 1),
    copies,
    merged,
  };
}

/** Means of neighbours in so many groups of about the same size, by how many values each neighbour stands for. */
function groups(values: readonly number[], sizes: readonly number[], count: number): number[] {
  const share = sizes.reduce((sum, size) => sum + size, 0) / count;
  const sums = Array.from({ length: count }, () => ({ sum: 0, weight: 0 }));
  let passed = 0;
  values.forEach((value, i) => {
    const size = sizes[i] as number;
    const group = sums[Math.min(count - 1, Math.floor((passed + size / 2) / share))] as (typeof sums)[number];
    group.sum += value * size;
    group.weight += size;
    passed += size;
  });
  return sums.filter(({ weight }) => weight > 0).map(({ sum, weight }) => sum / weight);
}

/**
 * Whether the halves of copies stand further apart than independent noise would let them: the mean square of their
 * differences against its expectation, at 5 % (chi-square by Wilson and Hilferty 1931) with room for the estimate of
 * the noise, which comes from differences of neighbours and so holds no slow part.
 */
function drifts(copies: readonly (readonly number[])[]): boolean {
  const long = copies.filter(({ length }) => length >= 4);
  if (long.length < 3) return false;
  const steps = long.flatMap((values) => values.slice(1).map((value, i) => value - (values[i] as number)));
  const noise = (MAD_TO_DEVIATION * medianAbsoluteDeviation(steps.filter(Number.isFinite), 0)) / Math.SQRT2;
  if (!(noise > 0)) return false;
  let sum = 0;
  for (const values of long) {
    const half = values.length >> 1;
    const step = median(values.slice(values.length - half)) - median(values.slice(0, half));
    // A median's error is 1.2533 deviations over the root of the count.
    sum += (step / (1.2533 * noise)) ** 2 * (half / 2);
  }
  const n = long.length;
  const limit = (1 - 2 / (9 * n) + normalQuantile(0.95) * Math.sqrt(2 / (9 * n))) ** 3;
  return sum / n > 1.3 * limit;
}

/** Deviation between copies of one model, of all arms together. */
export interface CopyDeviation {
  readonly deviation: number;
  readonly degreesOfFreedom: number;
}

/**
 * Deviation of log medians between copies of one arm, arms and copies each freed of their own level (two-way layout):
 * what a copy as a whole had in common, such as a clock, cancels in ratios.
 *
 * @param arms log median of each copy, by arm; arms that lack copies are left out
 */
export function copyDeviation(arms: readonly (readonly number[])[]): CopyDeviation {
  const copies = Math.max(0, ...arms.map(({ length }) => length));
  const full = arms.filter((values) => values.length === copies && values.every(Number.isFinite));
  const none = { deviation: Number.NaN, degreesOfFreedom: 0 };
  if (copies < 2 || full.length === 0) return none;
  const columns =
    full.length === 1 ? [] : Array.from({ length: copies }, (_, c) => mean(full.map((a) => a[c] as number)));
  const all = mean(columns);
  let sum = 0;
  for (const values of full) {
    const level = mean(values);
    values.forEach((value, c) => {
      sum += (value - level - (columns.length === 0 ? 0 : (columns[c] as number) - all)) ** 2;
    });
  }
  const degreesOfFreedom = Math.max(1, full.length - 1) * (copies - 1);
  return { deviation: Math.sqrt(sum / degreesOfFreedom), degreesOfFreedom };
}

/**
 * Takes the deviation of all arms for a ratio in place of its own few copies', unless its own is larger by more than
 * chance (F test at 5 %) or drifts.
 */
export function withPooledDeviation(ratio: CopyMean, pooled: CopyDeviation): CopyMean {
  const { standardError, degreesOfFreedom, copies, merged } = ratio;
  if (merged || degreesOfFreedom === 0 || !(pooled.degreesOfFreedom > degreesOfFreedom)) return ratio;
  const common = pooled.deviation * Math.sqrt(2 / copies);
  if (fisherTail((standardError / common) ** 2, degreesOfFreedom, pooled.degreesOfFreedom) < 0.05) return ratio;
  return { ...ratio, standardError: common, degreesOfFreedom: pooled.degreesOfFreedom };
}

/** Student's interval of a mean over copies; undefined for a single copy. */
export function copyInterval(of: CopyMean, confidence: number): Bounds | undefined {
  if (of.degreesOfFreedom === 0) return undefined;
  const half = studentQuantile((1 - confidence) / 2, of.degreesOfFreedom) * of.standardError;
  return { low: of.mean - half, high: of.mean + half };
}

/** How far two sets of so many copies of one model stand apart by chance alone, at a confidence: the A/A floor. */
export function copyFloor({ deviation, degreesOfFreedom }: CopyDeviation, copies: number, confidence: number): number {
  if (degreesOfFreedom === 0) return Number.POSITIVE_INFINITY;
  return studentQuantile((1 - confidence) / 2, degreesOfFreedom) * deviation * Math.sqrt(2 / copies);
}
