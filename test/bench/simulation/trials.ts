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
  /** True ratio of the second arm, and of every other one after it, to the first. */
  readonly ratio: number;
  readonly seed: number;
  readonly timeBudgetSeconds: number;
}

/** One arm against the first: what is true, and what a harness said. */
export interface Judged {
  readonly trueRatio: number;
  readonly verdict: Verdict;
  /** Whether the interval holds the true ratio; undefined where there is none. */
  readonly covered?: boolean | undefined;
}

/** The default, stated for the harness that has none. */
const TOLERANCE = 0.01;

/** One comparison of all arms with the first by each harness, each on a machine of its own with the same noise. */
export async function runTrial(options: TrialOptions): Promise<Record<Harness, readonly Judged[]>> {
  const { scenario: name, ratio, seed, timeBudgetSeconds } = options;
  const scenario = SCENARIOS[name];
  if (scenario === undefined) throw new Error(`no scenario '${name}'`);
  const { noise, arms } = scenario;
  const baselineMs = 0.5 * 40 ** createRandom(seed).uniform();
  const ratios = Array.from({ length: arms }, (_, i) => (i % 2 === 1 ? ratio : 1));
  const machine = syntheticMachine(noise, seed);
  const measurement = await runBenchmark(
    machine.session,
    ratios.map((each, i) => syntheticArm(`arm ${i}`, baselineMs * each, i === 1)),
    { seed, timeBudgetSeconds, cold: false },
    { now: machine.now },
  );
  const ours = ratios.slice(1).map((trueRatio, i): Judged => {
    const found = measurement.comparisons.find(({ name: arm }) => arm === `arm ${i + 1}`);
    const { low, high, verdict = 'inconclusive' } = found ?? {};
    const covered = low === undefined || high === undefined ? undefined : low <= trueRatio && trueRatio <= high;
    return { trueRatio, verdict, covered };
  });
  const { elapsedSeconds = timeBudgetSeconds } = measurement.settings;
  const other = syntheticMachine(noise, seed + 0x5eed);
  const sequential = timeSequentially(other, baselineMs, ratios, TOLERANCE, elapsedSeconds);
  const judged = (verdicts: readonly Verdict[]): Judged[] =>
    verdicts.map((verdict, i) => ({ verdict, trueRatio: ratios[i + 1] as number }));
  return {
    archmeter: ours,
    'sequential means': judged(sequential.means),
    'sequential means, t-test': judged(sequential.tested),
  };
}

/** What came out of many trials. */
export interface Counts {
  trials: number;
  /** Trials with a wrong verdict on any arm. */
  wrong: number;
  comparisons: number;
  right: number;
  inconclusive: number;
  /** Comparisons of arms that truly differ, and how many of them were called so, the right way round. */
  different: number;
  found: number;
  intervals: number;
  covered: number;
  /** Over trials: sums of squares and of products of the intervals that held the truth and of all. */
  coveredSquared: number;
  coveredTimesIntervals: number;
  intervalsSquared: number;
}

/** How often each harness was right, by scenario, for arms of one true ratio. */
export interface Tally {
  readonly ratio: number;
  readonly byScenario: Readonly<Record<string, Readonly<Record<Harness, Counts>>>>;
}

/** Machines with many arms take longer and tell of more comparisons at once: they get this share of the trials. */
const SHARE_OF_MANY = 0.25;

/** Runs so many trials of each scenario at one true ratio. */
export async function runTrials(
  ratio: number,
  trials: number,
  {
    timeBudgetSeconds = 60,
    seed = 1,
    names = Object.keys(SCENARIOS),
    onTrial = (_done: number): void => undefined,
  } = {},
): Promise<Tally> {
  const byScenario = Object.fromEntries(
    names.map((name) => [name, Object.fromEntries(HARNESSES.map((harness) => [harness, noCounts()]))]),
  ) as Record<string, Record<Harness, Counts>>;
  let done = 0;
  for (const [place, scenario] of names.entries()) {
    const own = (SCENARIOS[scenario]?.arms ?? 2) > 2 ? Math.ceil(SHARE_OF_MANY * trials) : trials;
    for (let trial = 0; trial < own; trial++) {
      // Of its own for each ratio too, so that tallies are independent.
      const drawn = seed + (trial * names.length + place) * 7919 + Math.round(1e4 * ratio) * 104_729;
      const judged = await runTrial({ scenario, ratio, seed: drawn, timeBudgetSeconds });
      for (const harness of HARNESSES) add((byScenario[scenario] as Record<Harness, Counts>)[harness], judged[harness]);
      onTrial(++done);
    }
  }
  return { ratio, byScenario };
}

function add(counts: Counts, judged: readonly Judged[]): void {
  counts.trials++;
  if (judged.some(isWrong)) counts.wrong++;
  const known = judged.filter(({ covered }) => covered !== undefined);
  const covered = known.filter((each) => each.covered).length;
  counts.intervals += known.length;
  counts.covered += covered;
  counts.coveredSquared += covered ** 2;
  counts.coveredTimesIntervals += covered * known.length;
  counts.intervalsSquared += known.length ** 2;
  for (const each of judged) {
    counts.comparisons++;
    if (each.verdict === 'inconclusive') counts.inconclusive++;
    else if (!isWrong(each)) counts.right++;
    if (each.trueRatio !== 1) {
      counts.different++;
      if (each.verdict === (each.trueRatio < 1 ? 'faster' : 'slower')) counts.found++;
    }
  }
}

/** A difference where none is, the wrong direction, or equivalence of what differs. */
function isWrong({ trueRatio, verdict }: Judged): boolean {
  if (trueRatio === 1) return verdict === 'faster' || verdict === 'slower';
  return verdict === (trueRatio < 1 ? 'slower' : 'faster') || verdict === 'equivalent';
}

/** Half-width of the 95 % interval of a coverage; trials, not arms of one, are independent. */
export function coverageError(counts: Counts): number {
  const share = counts.covered / counts.intervals;
  const squares =
    counts.coveredSquared - 2 * share * counts.coveredTimesIntervals + share ** 2 * counts.intervalsSquared;
  return (1.96 * Math.sqrt(squares)) / counts.intervals;
}

/** Sum over all scenarios. */
export function total({ byScenario }: Tally, harness: Harness): Counts {
  const sum = noCounts();
  for (const counts of Object.values(byScenario))
    for (const key of Object.keys(sum) as (keyof Counts)[]) sum[key] += counts[harness][key];
  return sum;
}

const noCounts = (): Counts => ({
  trials: 0,
  wrong: 0,
  comparisons: 0,
  right: 0,
  inconclusive: 0,
  different: 0,
  found: 0,
  intervals: 0,
  covered: 0,
  coveredSquared: 0,
  coveredTimesIntervals: 0,
  intervalsSquared: 0,
});
