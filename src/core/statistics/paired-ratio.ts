import { blockLengthForMedian } from './block-length.js';
import { type Interval, percentileInterval } from './bootstrap.js';
import { DrawnMedians } from './drawn-medians.js';
import { median } from './quantile.js';
import type { Random } from './random.js';

/** What one round gave for two arms: their samples, taken within the same short while. */
export interface PairedRound {
  readonly arm: readonly number[];
  readonly baseline: readonly number[];
}

/** Median over rounds of log(time(arm) / time(baseline)) with its bootstrap replicates, ascending. */
export interface PairedRatio {
  readonly logRatio: number;
  readonly replicates: Float64Array;
  readonly rounds: number;
  /** Rounds that count as independent: rounds over the length of the blocks that were drawn. */
  readonly independentRounds: number;
}

/**
 * Hierarchical bootstrap of paired ratios (levels as in Kalibera and Jones, "Rigorous benchmarking in reasonable
 * time", 2013): blocks of neighbouring rounds are drawn with replacement, and within each round the samples of either
 * arm. What disturbs a round disturbs both arms and leaves the ratio; what lasts over rounds widens the interval.
 */
export function pairedRatio(rounds: readonly PairedRound[], resamples: number, random: Random): PairedRatio {
  const usable = rounds.filter(({ arm, baseline }) => arm.length > 0 && baseline.length > 0);
  const count = usable.length;
  const observed = Float64Array.from(usable, ({ arm, baseline }) => logRatioOf(sum(arm), sum(baseline), arm, baseline));
  const block = blockLengthForMedian(observed);
  const replicates = new Float64Array(resamples);
  if (count === 0)
    return { logRatio: Number.NaN, replicates: replicates.fill(Number.NaN), rounds: 0, independentRounds: 0 };
  const outcomes = usable.map((round) => outcomesOf(round, random));
  const starts = outcomes.map(() => 0);
  for (let i = 1; i < count; i++) starts[i] = (starts[i - 1] as number) + (outcomes[i - 1] as number[]).length;
  const sizes = outcomes.map(({ length }) => length);
  const medians = new DrawnMedians(outcomes.flat());
  for (let r = 0; r < resamples; r++) {
    medians.clear();
    for (let i = 0; i < count; ) {
      let from = random.integer(count);
      for (const end = Math.min(count, i + block); i < end; i++) {
        const size = sizes[from] as number;
        medians.draw((starts[from] as number) + (size === 1 ? 0 : random.integer(size)));
        if (++from === count) from = 0;
      }
    }
    replicates[r] = medians.median(count);
  }
  return { logRatio: median(observed), replicates: replicates.sort(), rounds: count, independentRounds: count / block };
}

/** Interval of the ratio itself. */
export function ratioInterval(paired: PairedRatio, confidence: number): Interval {
  const log = percentileInterval(paired.replicates, paired.logRatio, confidence);
  return { estimate: Math.exp(log.estimate), low: Math.exp(log.low), high: Math.exp(log.high) };
}

/** Draws of a round with more than two samples of an arm, in place of all that there are. */
const LISTED_DRAWS = 64;

/** Equally likely log ratios of a round whose samples are drawn anew with replacement: all of them, or a sample. */
function outcomesOf({ arm, baseline }: PairedRound, random: Random): number[] {
  if (arm.length > 2 || baseline.length > 2) {
    return Array.from({ length: LISTED_DRAWS }, () =>
      logRatioOf(drawSum(arm, random), drawSum(baseline, random), arm, baseline),
    );
  }
  return sums(arm).flatMap((top) => sums(baseline).map((bottom) => logRatioOf(top, bottom, arm, baseline)));
}

/** Sums of all equally likely draws with replacement from one or two samples. */
function sums(samples: readonly number[]): number[] {
  const [a = 0, b] = samples;
  return b === undefined ? [a] : [2 * a, a + b, a + b, 2 * b];
}

function drawSum(samples: readonly number[], random: Random): number {
  let total = 0;
  for (let i = 0; i < samples.length; i++) total += samples[random.integer(samples.length)] as number;
  return total;
}

// A difference of two timings can be negative by noise: such a round says "much faster" or "much slower".
function logRatioOf(arm: number, baseline: number, arms: readonly number[], baselines: readonly number[]): number {
  if (arm <= 0) return baseline <= 0 ? 0 : Number.NEGATIVE_INFINITY;
  if (baseline <= 0) return Number.POSITIVE_INFINITY;
  return Math.log(arm / arms.length / (baseline / baselines.length));
}

function sum(values: readonly number[]): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i] as number;
  return total;
}
