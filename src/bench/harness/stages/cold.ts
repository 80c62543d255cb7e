import { median } from '../../../core/statistics/quantile.js';
import { type Arm, attempt, type Copy, isAlive, type SampleCalls } from '../arm.js';
import { type Bench, isInterrupted, report } from '../bench.js';
import { medianBounds, relativeHalfWidth } from '../findings/estimate.js';
import { Reducer } from '../findings/reduce.js';
import { balancedOrders } from '../order.js';
import { takeColdSample } from './sample.js';

const MOST_ROUNDS = 50;
const LEAST_ROUNDS = 10;

/** Rounds in which caches are flushed before each single run; none where the budget does not hold one. */
export async function timeCold(
  bench: Bench,
  copy: Copy,
  before: readonly Arm[],
): Promise<{ readonly arms: readonly Arm[]; readonly rounds: number }> {
  const { settings, time } = bench;
  const roundSeconds = before.reduce((sum, { warmUp }) => sum + (warmUp[warmUp.length - 1] ?? 0) / 1000, 0);
  if (time.seconds() + roundSeconds > settings.timeBudgetSeconds) return { arms: before, rounds: 0 };
  const orders = balancedOrders(before.length, bench.random);
  const taken = before.map((): SampleCalls[] => []);
  const states = [...before];
  const arms = (): Arm[] => states.map((arm, i) => ({ ...arm, cold: taken[i] as SampleCalls[] }));
  let rounds = 0;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    for (const index of orders.next().value as readonly number[]) {
      const arm = states[index] as Arm;
      if (!isAlive(arm)) continue;
      await bench.events.turn();
      if (isInterrupted(bench) || (round > 0 && time.seconds() >= settings.timeBudgetSeconds))
        return { arms: arms(), rounds };
      states[index] = await attempt(arm, `timing '${arm.spec.name}' with cold caches`, async () => {
        (taken[index] as SampleCalls[]).push(await takeColdSample(bench, copy, arm, round));
        return {};
      });
      report(bench, 'cold', round / MOST_ROUNDS, arm.spec.name);
    }
    rounds = round + 1;
    const now = arms();
    if (!now.some(isAlive) || (rounds >= LEAST_ROUNDS && isPrecise(bench, now))) break;
  }
  return { arms: arms(), rounds };
}

function isPrecise(bench: Bench, arms: readonly Arm[]): boolean {
  const reducer = new Reducer(bench, arms, bench.clock);
  return arms.filter(isAlive).every((arm) => {
    const times = reducer.cold(arm);
    const bounds = medianBounds([times], bench.settings.confidence);
    return relativeHalfWidth(median(times), bounds) <= bench.settings.precision;
  });
}
