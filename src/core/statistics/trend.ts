import { normalCdf } from './normal.js';
import { median } from './quantile.js';

export interface Trend {
  /** Median of the slopes between all pairs, per sample (Theil 1950; Sen 1968). */
  readonly slope: number;
  /** Two-sided p-value of "no trend" (Mann 1945; Kendall 1975), with the correction for ties. */
  readonly pValue: number;
}

/** Pairs beyond which the series is thinned, evenly, to keep the cost bounded. */
const MOST_SAMPLES = 500;

/** Monotone trend of a series in time order. The test takes samples as independent: neighbours that are not overstate it. */
export function trend(series: readonly number[]): Trend {
  const step = Math.max(1, Math.ceil(series.length / MOST_SAMPLES));
  const values = step === 1 ? series : series.filter((_, i) => i % step === 0);
  const count = values.length;
  if (count < 3) return { slope: 0, pValue: 1 };
  const slopes = new Float64Array((count * (count - 1)) / 2);
  let score = 0;
  for (let j = 1, k = 0; j < count; j++) {
    for (let i = 0; i < j; i++, k++) {
      const rise = (values[j] as number) - (values[i] as number);
      score += Math.sign(rise);
      slopes[k] = rise / (j - i);
    }
  }
  const spread = (n: number): number => n * (n - 1) * (2 * n + 5);
  const ties = new Map<number, number>();
  for (const value of values) ties.set(value, (ties.get(value) ?? 0) + 1);
  const tied = [...ties.values()].reduce((sum, n) => sum + spread(n), 0);
  const variance = (spread(count) - tied) / 18;
  const z = variance === 0 ? 0 : Math.max(0, Math.abs(score) - 1) / Math.sqrt(variance);
  return { slope: median(slopes) / step, pValue: 2 * normalCdf(-z) };
}
