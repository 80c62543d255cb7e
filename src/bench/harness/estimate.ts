import type { Distribution } from '../../core/measurement.js';
import { blockLengthForMedian } from '../../core/statistics/block-length.js';
import { bootstrapMedians, percentileInterval } from '../../core/statistics/bootstrap.js';
import { type PairedRatio, type PairedRound, pairedRatio } from '../../core/statistics/paired-ratio.js';
import { median, quantileOfSorted, sorted } from '../../core/statistics/quantile.js';
import { createRandom } from '../../core/statistics/random.js';
import { type ArmRun, type Clock, type Samples, samplesByRound } from './arm-run.js';
import type { Settings } from './options.js';

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

export function ratioOf(arm: ArmRun, baseline: ArmRun, clock: Clock, options: EstimateOptions): PairedRatio {
  return pairedRatio(pairRounds(arm.hot, baseline.hot, clock), options.resamples, createRandom(options.seed));
}

function pairRounds(arm: Samples, baseline: Samples, clock: Clock): PairedRound[] {
  const other = samplesByRound(baseline, clock);
  return [...samplesByRound(arm, clock)].flatMap(([round, samples]) => {
    const partner = other.get(round);
    return partner === undefined ? [] : [{ arm: samples, baseline: partner }];
  });
}
