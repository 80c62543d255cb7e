import { mean, variance } from '../../../src/core/statistics/quantile.js';
import type { Verdict } from '../../../src/core/statistics/verdict.js';
import type { SyntheticMachine } from './synthetic-runtime.js';

const WARM_UP_RUNS = 3;
const MOST_RUNS = 200;
/** Two-sided 1 % point of the normal distribution, which Welch's t nears at the numbers of runs taken here. */
const ONE_PERCENT = 2.576;

/** Of each arm after the first against the first. */
export interface SequentialVerdicts {
  /** The means differ by more than the tolerance. */
  readonly means: readonly Verdict[];
  /** They do, and Welch's t-test (1947) rejects equality at 1 %. */
  readonly tested: readonly Verdict[];
}

/** What most benchmarks do: three runs to warm up, then one arm after the other, and the means compared. */
export function timeSequentially(
  machine: SyntheticMachine,
  baselineMs: number,
  ratios: readonly number[],
  tolerance: number,
  budgetSeconds: number,
): SequentialVerdicts {
  const [baseline = [], ...arms] = ratios.map((ratio, i): number[] => {
    const copy = machine.prepare(baselineMs * ratio, i === 1);
    for (let run = 0; run < WARM_UP_RUNS; run++) copy.time(1);
    const began = machine.now();
    const times: number[] = [];
    while (times.length < MOST_RUNS && machine.now() - began < (budgetSeconds * 1000) / ratios.length)
      times.push(copy.time(1));
    return times;
  });
  const means: Verdict[] = [];
  const tested: Verdict[] = [];
  for (const arm of arms) {
    const ratio = mean(arm) / mean(baseline);
    const apart = Math.abs(Math.log(ratio)) > Math.log1p(tolerance);
    const verdict = !apart ? 'equivalent' : ratio < 1 ? 'faster' : 'slower';
    const error = Math.sqrt(variance(arm) / arm.length + variance(baseline) / baseline.length);
    means.push(verdict);
    tested.push(apart && Math.abs(mean(arm) - mean(baseline)) > ONE_PERCENT * error ? verdict : 'inconclusive');
  }
  return { means, tested };
}
