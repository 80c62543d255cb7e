import { type Arm, type Copy, isAlive } from '../arm.js';
import { type Bench, isInterrupted } from '../bench.js';
import { type CarryOver, carryOverOfOrders, NO_CARRY_OVER, probeCarryOver } from '../disturbances/carry-over.js';
import { CompetingLoad } from '../disturbances/competing-load.js';
import { leaveOutSlowClock, watchDevice } from '../disturbances/device-watch.js';
import { Reducer } from '../findings/reduce.js';
import type { DeviceLoad } from '../host.js';
import { balancedOrders } from '../order.js';
import { disposeCopy, prepareCopy } from './prepare.js';
import { timeRounds, timeSustained } from './rounds.js';
import { LEAST_COPIES, StoppingRule, type StopReason } from './stopping-rule.js';
import { warmUp } from './warm-up.js';

/** Share of the time budget kept for the cold rounds. */
const COLD_SHARE = 0.15;
/** Share of the budget that warm-up of a further copy may take. */
const WARM_UP_SHARE = 0.03;
/** Repetitions of the search for carry-over, and the share of the budget they may take, in the first copy and later. */
const FIRST_PROBE = { repetitions: 8, share: 0.12 };
const LATER_PROBE = { repetitions: 1, share: 0.015 };

/** Arms prepared and warmed up for the first time, and what that took. */
export interface SetUp {
  readonly arms: readonly Arm[];
  readonly copy: Copy;
  readonly prepareSeconds: number;
}

export interface HotTimes {
  readonly arms: readonly Arm[];
  /** The last copy, still open. */
  readonly copy: Copy;
  readonly carryOver: CarryOver;
  readonly rounds: number;
  readonly copies: number;
  readonly stoppedBy: StopReason;
  /** Share of the time in which this thread waited for a processor; undefined where the machine does not tell. */
  readonly waitingShare: number | undefined;
  /** What the device did meanwhile; undefined where it does not tell. */
  readonly load: DeviceLoad | undefined;
}

/** Times arms in copies: rounds, then everything prepared anew, until the rule ends it. */
export async function timeCopies(bench: Bench, setUp: SetUp): Promise<HotTimes> {
  const { settings } = bench;
  const orders = balancedOrders(setUp.arms.length, bench.random);
  const probes = balancedOrders(setUp.arms.length, bench.random);
  const watch = await watchDevice(bench);
  let { arms, copy } = setUp;
  let carryOver: CarryOver = NO_CARRY_OVER;
  const probe = async ({ repetitions, share }: typeof FIRST_PROBE): Promise<void> => {
    if (settings.sustained || settings.copies === 1) return;
    const limit = { repetitions, seconds: share * settings.timeBudgetSeconds };
    const { washoutMs } = carryOver;
    ({ arms, carryOver } = await probeCarryOver(bench, copy, arms, probes, carryOver, limit));
    // What was timed before the washout began is no sample of what is timed after it.
    if (carryOver.washoutMs > washoutMs) arms = arms.map((arm) => ({ ...arm, hot: [] }));
  };
  await probe(FIRST_PROBE);

  const roundSeconds = arms.reduce((sum, arm) => sum + sampleSeconds(arm) + carryOver.washoutMs / 1000, 0);
  const rule = new StoppingRule(bench, {
    deadlineSeconds: settings.timeBudgetSeconds * (settings.cold ? 1 - COLD_SHARE : 1),
    copySeconds: setUp.prepareSeconds + Math.min(4 * roundSeconds, WARM_UP_SHARE * settings.timeBudgetSeconds),
    roundSeconds,
  });
  const timed = settings.sustained ? timeSustained : timeRounds;
  const load = new CompetingLoad(bench);
  let rounds = 0;
  for (let index = 0; ; index++) {
    if (index > 0) {
      await disposeCopy(copy);
      ({ arms, copy } = await prepareCopy(bench, arms, index));
      const { warmUp: first, warmUpFlat } = firstWarmUp(arms);
      arms = await warmUp(bench, copy, arms, WARM_UP_SHARE * settings.timeBudgetSeconds);
      arms = arms.map((arm, i) => ({ ...arm, warmUp: first[i] ?? [], warmUpFlat: warmUpFlat[i] === true }));
      if (index < LEAST_COPIES || 2 * index <= rule.copies) await probe(LATER_PROBE);
    }
    rule.beginCopy(index);
    const task = { copy, orders, rule, washoutMs: carryOver.washoutMs, rounds };
    ({ arms, rounds } = await load.during(() => timed(bench, arms, task)));
    const reason = isInterrupted(bench)
      ? 'interrupt'
      : rounds === settings.maximumRounds
        ? 'time-budget'
        : rule.afterCopy(arms);
    if (reason === undefined) continue;
    const seen = await watch?.();
    const kept = seen === undefined ? arms : arms.map((arm) => leaveOutSlowClock(arm, seen));
    if (carryOver.visits.length === 0 && !settings.sustained)
      carryOver = carryOverOfOrders(kept, new Reducer(bench, kept, bench.clock));
    const { waitingShare } = load;
    return { arms: kept, copy, carryOver, rounds, copies: index + 1, stoppedBy: reason, waitingShare, load: seen };
  }
}

const firstWarmUp = (arms: readonly Arm[]) => ({
  warmUp: arms.map(({ warmUp: samples }) => samples),
  warmUpFlat: arms.map(({ warmUpFlat }) => warmUpFlat),
});

/** About what a sample takes, by the last of the warm-up. */
function sampleSeconds(arm: Arm): number {
  if (!isAlive(arm)) return 0;
  return (arm.warmUp[arm.warmUp.length - 1] ?? 0) / 1000;
}
