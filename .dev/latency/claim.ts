import { spearman } from '../../src/core/statistics/correlation.js';
import { quantile } from '../../src/core/statistics/quantile.js';
import { createRandom } from '../../src/core/statistics/random.js';
import { type HeldOutCase, pairsOf } from './judge.js';

export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** How well one figure foretells measured time, with 95 % intervals. */
export interface ClaimRow {
  readonly predictor: string;
  readonly spearman: Interval;
  readonly medianError: Interval;
}

const RESAMPLES = 2000;

/**
 * Bootstrap over families: whole families are drawn, since relatives say the same twice (Efron and Tibshirani 1993,
 * section 8.6, cluster by cluster).
 */
export function examine(cases: readonly HeldOutCase[], predictors: readonly string[]): ClaimRow[] {
  const families = [...new Set(cases.map(({ one }) => one.family))].sort();
  const members = families.map((family) => cases.filter(({ one }) => one.family === family));
  const random = createRandom(1);
  const draws = Array.from({ length: RESAMPLES }, () =>
    families.flatMap(() => members[random.integer(families.length)] ?? []),
  );
  return predictors.map((predictor) => {
    const rank = (list: readonly HeldOutCase[]) => {
      const pairs = pairsOf(list, predictor);
      return spearman(
        pairs.map(({ estimated }) => estimated),
        pairs.map(({ measured }) => measured),
      );
    };
    const error = (list: readonly HeldOutCase[]) =>
      quantile(
        pairsOf(list, predictor).map(({ estimated, measured }) => Math.abs(estimated / measured - 1)),
        0.5,
      );
    const interval = (statistic: (list: readonly HeldOutCase[]) => number): Interval => {
      const replicates = draws.map(statistic);
      return { estimate: statistic(cases), low: quantile(replicates, 0.025), high: quantile(replicates, 0.975) };
    };
    return { predictor, spearman: interval(rank), medianError: interval(error) };
  });
}
