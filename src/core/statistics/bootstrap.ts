import { DrawnMedians } from './drawn-medians.js';
import { normalCdf, normalQuantile } from './normal.js';
import { median, quantileOfSorted } from './quantile.js';
import { createRandom, type Random } from './random.js';

export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

export interface BootstrapOptions {
  /** Default 0.95. */
  readonly confidence?: number;
  /** Default 2000. */
  readonly resamples?: number;
  readonly seed?: number;
}

/** The middle `confidence` of ascending bootstrap replicates: Efron's percentile interval (1981). */
export function percentileInterval(ascending: ArrayLike<number>, estimate: number, confidence: number): Interval {
  const tail = (1 - confidence) / 2;
  return {
    estimate,
    low: quantileOfSorted(ascending, tail),
    high: quantileOfSorted(ascending, 1 - tail),
  };
}

/**
 * Replicates, ascending, of the median of a series taken in time order, by the circular block bootstrap (Politis and
 * Romano 1992): whole runs of `blockLength` neighbours are drawn, so that what neighbours share widens the interval.
 * `blockLength` 1 is the plain bootstrap (Efron 1979).
 */
export function bootstrapMedians(
  series: ArrayLike<number>,
  blockLength: number,
  resamples: number,
  random: Random,
): Float64Array {
  const count = series.length;
  const replicates = new Float64Array(resamples);
  if (count === 0) return replicates.fill(Number.NaN);
  const medians = new DrawnMedians(series);
  for (let r = 0; r < resamples; r++) {
    medians.clear();
    for (let i = 0; i < count; ) {
      let from = random.integer(count);
      for (const end = Math.min(count, i + blockLength); i < end; i++) {
        medians.draw(from);
        if (++from === count) from = 0;
      }
    }
    replicates[r] = medians.median(count);
  }
  return replicates.sort();
}

/** Percentile interval of the median of independent samples. */
export function medianInterval(samples: ArrayLike<number>, options: BootstrapOptions = {}): Interval {
  const { confidence = 0.95, resamples = 2000, seed = 1 } = options;
  return percentileInterval(bootstrapMedians(samples, 1, resamples, createRandom(seed)), median(samples), confidence);
}

/**
 * Bias-corrected and accelerated interval of a smooth statistic of independent samples (Efron, "Better bootstrap
 * confidence intervals", 1987). Not for the median, whose jackknife is inconsistent: use `medianInterval`.
 */
export function bcaInterval(
  samples: readonly number[],
  statistic: (values: readonly number[]) => number,
  options: BootstrapOptions = {},
): Interval {
  const { confidence = 0.95, resamples = 2000, seed = 1 } = options;
  const random = createRandom(seed);
  const count = samples.length;
  const estimate = statistic(samples);
  if (count < 2) return { estimate, low: estimate, high: estimate };
  const replicates = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++)
    replicates[r] = statistic(samples.map(() => samples[random.integer(count)] as number));
  replicates.sort();

  const below = replicates.reduce((n, value) => n + (value < estimate ? 1 : value === estimate ? 0.5 : 0), 0);
  const bias = normalQuantile(Math.min(Math.max(below, 0.5), resamples - 0.5) / resamples);
  const jackknife = samples.map((_, i) => statistic(samples.filter((__, j) => j !== i)));
  const center = jackknife.reduce((sum, value) => sum + value, 0) / count;
  const squares = jackknife.reduce((sum, value) => sum + (center - value) ** 2, 0);
  const cubes = jackknife.reduce((sum, value) => sum + (center - value) ** 3, 0);
  const acceleration = squares === 0 ? 0 : cubes / (6 * squares ** 1.5);

  const at = (probability: number): number => {
    const z = bias + normalQuantile(probability);
    return quantileOfSorted(replicates, normalCdf(bias + z / (1 - acceleration * z)));
  };
  return { estimate, low: at((1 - confidence) / 2), high: at((1 + confidence) / 2) };
}
