import type { Distribution } from '../../core/measurement.js';
import { blockLengthForMedian } from '../../core/statistics/block-length.js';
import { bootstrapMedians, percentileInterval } from '../../core/statistics/bootstrap.js';
import { type PairedRatio, type PairedRound, pairedRatio } from '../../core/statistics/paired-ratio.js';
import { median, quantileOfSorted, sorted } from '../../core/statistics/quantile.js';
import { createRandom } from '../../core/statistics/random.js';
import type { ArmRun, SampleCalls } from './arm-run.js';
import type { Context } from './context.js';
import type { Settings } from './options.js';
import { reduceHot } from './reduce.js';

type EstimateOptions = Pick<Settings, 'confidence' | 'resamples' | 'seed'>;

/** Median of a series in time order, with an interval that allows for what neighbouring samples share. */
export function distributionOf(samples: readonly number[], options: EstimateOptions): Distribution {
  const { confidence, resamples, seed } = options;
  const ascending = sorted(samples);
  const replicates = bootstrapMedians(samples, blockLengthForMedian(samples), resamples, createRandom(seed));
  const { low, high } = percentileInterval(replicates, 0, confidence);
  return {
    medianMs: median(samples),
    lowMs: low,
    highMs: high,
    confidence,
    p5Ms: quantileOfSorted(ascending, 0.05),
    p95Ms: quantileOfSorted(ascending, 0.95),
    p99Ms: quantileOfSorted(ascending, 0.99),
    samplesMs: samples,
  };
}

/** Half-width of an interval over its median. */
export function relativeHalfWidth(medianMs: number, low: number, high: number): number {
  return (high - low) / 2 / Math.abs(medianMs);
}

export function ratioOf(context: Context, arm: ArmRun, baseline: ArmRun, options: EstimateOptions): PairedRatio {
  const others = timesByRound(context, baseline);
  const rounds = [...timesByRound(context, arm)].flatMap(([round, times]): PairedRound[] => {
    const partner = others.get(round);
    return partner === undefined ? [] : [{ arm: times, baseline: partner }];
  });
  return pairedRatio(rounds, options.resamples, createRandom(options.seed));
}

function timesByRound(context: Context, run: ArmRun): Map<number, number[]> {
  const byRound = new Map<number, number[]>();
  reduceHot(context, run, context.clock).timesMs.forEach((time, i) => {
    const { round } = run.hot[i] as SampleCalls;
    const list = byRound.get(round);
    if (list === undefined) byRound.set(round, [time]);
    else list.push(time);
  });
  return byRound;
}
