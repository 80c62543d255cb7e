import { describe, expect, it } from 'vitest';
import { runBenchmark } from '../../../src/bench/harness/run-benchmark.js';
import { checkTimed, needsConfirmation } from '../../../src/core/compare/check-timed.js';
import type { GateVerdict } from '../../../src/core/compare/gate.js';
import type { Measurement } from '../../../src/core/measurement.js';
import { createRandom } from '../../../src/core/statistics/random.js';
import { SCENARIOS } from '../../bench/simulation/scenarios.js';
import { syntheticArm, syntheticMachine } from '../../bench/simulation/synthetic-runtime.js';

const RUNS = 1000;
const MODEL = { name: 'net', head: 'net (head)', base: 'net (base)' };
const RULES = { measuredLatencyMs: {} };
const NAMES = Object.keys(SCENARIOS).filter((name) => SCENARIOS[name]?.arms === 2);

/** One `archmeter check --time` on a machine with one of the scenarios' noises; what seems worse is timed again. */
async function simulatedCheck(run: number, ratio: number): Promise<GateVerdict> {
  const seed = 1 + run * 7919;
  const { noise } = SCENARIOS[NAMES[run % NAMES.length] as string] as (typeof SCENARIOS)[string];
  const baseMs = 0.5 * 40 ** createRandom(seed).uniform();
  const machine = syntheticMachine(noise, seed);
  const measure = (again: number): Promise<Measurement> =>
    runBenchmark(
      machine.session,
      [syntheticArm(MODEL.base, baseMs), syntheticArm(MODEL.head, baseMs * ratio)],
      { seed: seed + again, timeBudgetSeconds: 8, cold: false },
      { now: machine.now },
    );
  const first = await measure(0);
  const second = needsConfirmation(MODEL, RULES, first) ? await measure(1) : undefined;
  const [row] = checkTimed(MODEL, RULES, [first, second], undefined, { today: '2026-11-24' });
  return row?.verdict as GateVerdict;
}

async function tally(runs: number, ratio: number): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (let run = 0; run < runs; run++) {
    const verdict = await simulatedCheck(run, ratio);
    counts[verdict] = (counts[verdict] ?? 0) + 1;
  }
  console.log(`${runs} checks, true ratio ${ratio}: ${JSON.stringify(counts)}`);
  return counts;
}

describe('check --time on simulated machines', () => {
  it(`hardly ever fails identical code in ${RUNS} checks`, { timeout: 300_000 }, async () => {
    const { pass = 0, inconclusive = 0 } = await tally(RUNS, 1);
    // On a third of the machines copies, or one arm's slow noise, differ by more than the tolerance.
    expect(pass + inconclusive).toBeGreaterThanOrEqual(0.995 * RUNS);
    expect(pass).toBeGreaterThan(0.7 * RUNS);
  });

  it('catches a slowdown of 5 % or says that it is inconclusive', { timeout: 300_000 }, async () => {
    const runs = RUNS / 5;
    const { fail = 0, inconclusive = 0 } = await tally(runs, 1.05);
    expect(fail + inconclusive).toBeGreaterThanOrEqual(0.95 * runs);
    expect(fail).toBeGreaterThan(0.5 * runs);
  });
});
