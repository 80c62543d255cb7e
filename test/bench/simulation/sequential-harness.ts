import { mean, variance } from '../../../src/core/statistics/quantile.js';
import type { Verdict } from '../../../src/core/statistics/verdict.js';
import type { SyntheticMachine } from './synthetic-runtime.js';

const WARM_UP_RUNS = 3;
const MOST_RUNS = 200;
/** Two-sided 1 % point of the normal distribution, which Welch's t nears at the numbers of runs taken here. */
const ONE_PERCENT = 2.576;

export interface SequentialVerdicts {
  /** The means differ by more than the tolerance. */
  readonly means: Verdict;
  /** They do, and Welch's t-test (1947) rejects equality at 1 %. */
  readonly tested: Verdict;
}

/** What most benchmarks do: three runs to warm up, then one arm after the other, and the means compared. */
export function timeSequentially(
  machine: SyntheticMachine,
  baselineMs: number,
  armMs: number,
  tolerance: number,
  budgetSeconds: number,
): SequentialVerdicts {
  const [baseline, arm] = [baselineMs, armMs].map((trueMs): number[] => {
    const copy = machine.prepare(trueMs);
    for (let i = 0; i < WARM_UP_RUNS; i++) copy.time(1);
    const began = machine.now();
    const times: number[] = [];
    while (times.length < MOST_RUNS && machine.now() - began < budgetSeconds * 500) times.push(copy.time(1));
    return times;
  }) as [number[], number[]];
  const ratio = mean(arm) / mean(baseline);
  if (Math.abs(Math.log(ratio)) <= Math.log1p(tolerance)) return { means: 'equivalent', tested: 'inconclusive' };
  const verdict = ratio < 1 ? 'faster' : 'slower';
  const error = Math.sqrt(variance(arm) / arm.length + variance(baseline) / baseline.length);
  const rejected = Math.abs(mean(arm) - mean(baseline)) > ONE_PERCENT * error;
  return { means: verdict, tested: rejected ? verdict : 'inconclusive' };
}
