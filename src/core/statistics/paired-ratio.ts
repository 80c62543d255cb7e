import { blockLengthForMedian } from './block-length.js';
import { type Interval, percentileInterval } from './bootstrap.js';
import { median, medianInPlace } from './quantile.js';
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
  const draws = usable.map((round, i) => drawsOf(round, observed[i] as number, random));
  const scratch = new Float64Array(count);
  const replicates = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    for (let i = 0; i < count; ) {
      let from = random.integer(count);
      const end = Math.min(count, i + block);
      while (i < end) {
        scratch[i++] = (draws[from] as () => number)();
        if (++from === count) from = 0;
      }
    }
    replicates[r] = medianInPlace(scratch, count);
  }
  return { logRatio: median(observed), replicates: replicates.sort(), rounds: count, independentRounds: count / block };
}

/** Interval of the ratio itself. */
export function ratioInterval(paired: PairedRatio, confidence: number): Interval {
  const log = percentileInterval(paired.replicates, paired.logRatio, confidence);
  return { estimate: Math.exp(log.estimate), low: Math.exp(log.low), high: Math.exp(log.high) };
}

/** Draws a round anew: the samples of either arm with replacement. For one or two of each all outcomes are listed. */
function drawsOf({ arm, baseline }: PairedRound, observed: number, random: Random): () => number {
  if (arm.length === 1 && baseline.length === 1) return () => observed;
  if (arm.length > 2 || baseline.length > 2)
    return () => logRatioOf(drawSum(arm, random), drawSum(baseline, random), arm, baseline);
  const outcomes = Float64Array.from(
    sums(arm).flatMap((top) => sums(baseline).map((bottom) => logRatioOf(top, bottom, arm, baseline))),
  );
  return () => outcomes[random.integer(outcomes.length)] as number;
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
