import type { Distribution } from '../../../core/measurement.js';
import { blockLengthForMedian } from '../../../core/statistics/block-length.js';
import {
  type CopyMean,
  copyDeviation,
  copyInterval,
  copyMean,
  withPooledDeviation,
} from '../../../core/statistics/copies.js';
import { type Bounds, medianInterval } from '../../../core/statistics/median-interval.js';
import { median, quantileOfSorted, sorted } from '../../../core/statistics/quantile.js';
import { type Arm, isAlive, nameOf } from '../arm.js';
import type { Reducer } from './reduce.js';

/**
 * Median of all samples, with the interval of a copy's median over copies; of one copy alone the interval between two
 * of its samples.
 */
export function distributionOf(copies: readonly (readonly number[])[], confidence: number): Distribution {
  const samplesMs = copies.flat();
  const ascending = sorted(samplesMs);
  const medianMs = median(samplesMs);
  const bounds = medianBounds(copies, confidence);
  return {
    medianMs,
    ...(bounds === undefined ? {} : { lowMs: Math.min(bounds.low, medianMs), highMs: Math.max(bounds.high, medianMs) }),
    confidence,
    p5Ms: quantileOfSorted(ascending, 0.05),
    p95Ms: quantileOfSorted(ascending, 0.95),
    p99Ms: quantileOfSorted(ascending, 0.99),
    samplesMs,
    ...(copies.length > 1 ? { copiesMs: copies.map(median) } : {}),
  };
}

export function medianBounds(copies: readonly (readonly number[])[], confidence: number): Bounds | undefined {
  const [first = []] = copies;
  if (copies.length < 2) return medianInterval(first, confidence, blockLengthForMedian(first));
  const log = copyInterval(copyMean(copies.map((times) => times.map(logOf))), confidence);
  if (log === undefined || !Number.isFinite(log.low)) return undefined;
  return { low: Math.exp(log.low), high: Math.exp(log.high) };
}

/** Half-width of an interval over its median; Infinity where there is none. */
export function relativeHalfWidth(center: number, bounds: Bounds | undefined): number {
  return bounds === undefined ? Number.POSITIVE_INFINITY : (bounds.high - bounds.low) / 2 / Math.abs(center);
}

/** Arms with their baselines. Failed arms are left out. */
function comparedPairs(arms: readonly Arm[]): (readonly [arm: Arm, baseline: Arm])[] {
  const first = arms[0];
  const usable = arms.filter((arm) => isAlive(arm) && arm.hot.length > 0);
  return usable.flatMap((arm) => {
    const name = arm.spec.baseline;
    const baseline = name === undefined ? first : arms.find((other) => nameOf(other) === name);
    return baseline === undefined || baseline === arm || !usable.includes(baseline) ? [] : [[arm, baseline] as const];
  });
}

/** The log ratio of two arms over copies, before other arms' deviation is taken into account. */
export function ratioOf(reducer: Reducer, arm: Arm, baseline: Arm, sustained: boolean): CopyMean {
  const tops = byCopyAndRound(reducer, arm);
  const bottoms = byCopyAndRound(reducer, baseline);
  const copies = [...tops].map(([copy, rounds]) => {
    const others = bottoms.get(copy);
    if (others === undefined) return [];
    if (sustained) return [Math.log(median([...rounds.values()].flat()) / median([...others.values()].flat()))];
    return [...rounds].flatMap(([round, times]) => {
      const partner = others.get(round);
      return partner === undefined ? [] : [logRatio(times, partner)];
    });
  });
  return copyMean(copies);
}

/** Log ratios of all pairs with the deviation between copies of all arms, and that deviation. */
export function ratiosOf(reducer: Reducer, arms: readonly Arm[], sustained: boolean) {
  const usable = arms.filter((arm) => isAlive(arm) && arm.hot.length > 0);
  const pooled = copyDeviation(usable.map((arm) => reducer.copies(arm).map((times) => logOf(median(times)))));
  const ratios = comparedPairs(arms).map(([arm, baseline]) => ({
    arm,
    baseline,
    ratio: withPooledDeviation(ratioOf(reducer, arm, baseline, sustained), pooled),
  }));
  return { ratios, pooled };
}

function byCopyAndRound(reducer: Reducer, arm: Arm): Map<number, Map<number, number[]>> {
  const copies = new Map<number, Map<number, number[]>>();
  reducer.hot(arm).timesMs.forEach((time, i) => {
    const { copy, round } = arm.hot[i] as Arm['hot'][number];
    const rounds = copies.get(copy) ?? new Map<number, number[]>();
    copies.set(copy, rounds);
    const list = rounds.get(round);
    if (list === undefined) rounds.set(round, [time]);
    else list.push(time);
  });
  return copies;
}

/** A difference of two calls can be below 0 by noise: far out, not a number. */
const logOf = (time: number): number => (time > 0 ? Math.log(time) : Number.NEGATIVE_INFINITY);

/** Of the mean times of a round. */
function logRatio(arm: readonly number[], baseline: readonly number[]): number {
  const [top, bottom] = [arm, baseline].map((times) => times.reduce((sum, time) => sum + time, 0) / times.length) as [
    number,
    number,
  ];
  if (top <= 0) return bottom <= 0 ? 0 : Number.NEGATIVE_INFINITY;
  return bottom <= 0 ? Number.POSITIVE_INFINITY : Math.log(top / bottom);
}
