import { kendall, spearman } from '../../src/core/statistics/correlation.js';
import { quantile } from '../../src/core/statistics/quantile.js';

/** How well estimates stand beside measured times. */
export interface Accuracy {
  readonly rows: number;
  /** Absolute error as a part of the measured time. */
  readonly median: number;
  readonly p90: number;
  readonly spearman: number;
  readonly kendall: number;
  readonly within10: number;
  readonly within25: number;
}

export interface Judged {
  readonly estimated: number;
  readonly measured: number;
}

export function accuracyOf(pairs: readonly Judged[]): Accuracy {
  const errors = pairs.map(({ estimated, measured }) => Math.abs(estimated / measured - 1));
  const within = (limit: number) => errors.filter((error) => error <= limit).length / errors.length;
  const estimated = pairs.map((pair) => pair.estimated);
  const measured = pairs.map((pair) => pair.measured);
  return {
    rows: pairs.length,
    median: quantile(errors, 0.5),
    p90: quantile(errors, 0.9),
    spearman: spearman(estimated, measured),
    kendall: kendall(estimated, measured),
    within10: within(0.1),
    within25: within(0.25),
  };
}
