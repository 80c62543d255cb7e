import { runBenchmark } from '../../../src/bench/harness/run-benchmark.js';
import { createRandom } from '../../../src/core/statistics/random.js';
import type { Verdict } from '../../../src/core/statistics/verdict.js';
import { SCENARIOS } from './scenarios.js';
import { timeSequentially } from './sequential-harness.js';
import { syntheticArm, syntheticMachine } from './synthetic-runtime.js';

export const HARNESSES = ['archmeter', 'sequential means', 'sequential means, t-test'] as const;
export type Harness = (typeof HARNESSES)[number];

export interface TrialOptions {
  readonly scenario: string;
  /** True ratio of the second arm to the first. */
  readonly ratio: number;
  readonly seed: number;
  readonly timeBudgetSeconds: number;
}

/** The default, stated for the harness that has none. */
const TOLERANCE = 0.01;

/** One comparison of two arms by each harness, each on a machine of its own with the same noise. */
export async function runTrial(options: TrialOptions): Promise<Record<Harness, Verdict>> {
  const { scenario, ratio, seed, timeBudgetSeconds } = options;
  const noise = SCENARIOS[scenario];
  if (noise === undefined) throw new Error(`no scenario '${scenario}'`);
  const baselineMs = 0.5 * 40 ** createRandom(seed).uniform();
  const armMs = baselineMs * ratio;
  const machine = syntheticMachine(noise, seed);
  const measurement = await runBenchmark(
    machine.session,
    [syntheticArm('baseline', baselineMs), syntheticArm('arm', armMs)],
    { seed, timeBudgetSeconds, cold: false },
    { now: machine.now, environment: async () => ({}) },
  );
  const { elapsedSeconds = timeBudgetSeconds } = measurement.settings;
  const other = syntheticMachine(noise, seed + 0x5eed);
  const sequential = timeSequentially(other, baselineMs, armMs, TOLERANCE, elapsedSeconds);
  return {
    archmeter: measurement.comparisons[0]?.verdict ?? 'inconclusive',
    'sequential means': sequential.means,
    'sequential means, t-test': sequential.tested,
  };
}

export type Counts = Record<Verdict, number>;

/** How often each harness gave each verdict, by scenario, for arms of one true ratio. */
export interface Tally {
  readonly ratio: number;
  readonly byScenario: Readonly<Record<string, Readonly<Record<Harness, Counts>>>>;
}

/** Runs `trials` comparisons at one true ratio, spread evenly over the scenarios. */
export async function runTrials(
  ratio: number,
  trials: number,
  { timeBudgetSeconds = 30, seed = 1, onTrial = (_done: number): void => undefined } = {},
): Promise<Tally> {
  const names = Object.keys(SCENARIOS);
  const byScenario = Object.fromEntries(
    names.map((name) => [name, Object.fromEntries(HARNESSES.map((harness) => [harness, noCounts()]))]),
  ) as Record<string, Record<Harness, Counts>>;
  for (let trial = 0; trial < trials; trial++) {
    const scenario = names[trial % names.length] as string;
    const verdicts = await runTrial({ scenario, ratio, seed: seed + trial * 7919, timeBudgetSeconds });
    for (const harness of HARNESSES) (byScenario[scenario] as Record<Harness, Counts>)[harness][verdicts[harness]]++;
    onTrial(trial + 1);
  }
  return { ratio, byScenario };
}

/** Sum over all scenarios. */
export function total({ byScenario }: Tally, harness: Harness): Counts {
  const sum = noCounts();
  for (const counts of Object.values(byScenario))
    for (const verdict of Object.keys(sum) as Verdict[]) sum[verdict] += counts[harness][verdict];
  return sum;
}

export const trialsOf = (counts: Counts): number => Object.values(counts).reduce((sum, count) => sum + count, 0);

const noCounts = (): Counts => ({ faster: 0, slower: 0, equivalent: 0, inconclusive: 0 });
