import { type Arm, attempt, type Copy, isAlive, type SampleCalls } from '../arm.js';
import { type Bench, isInterrupted, report } from '../bench.js';
import { preheat, takeHotSample } from './sample.js';
import type { StoppingRule } from './stopping-rule.js';

/** Samples of a visit that follows a washout, which costs more than they do. */
const WASHED_SAMPLES = 3;

export interface RoundsTask {
  readonly copy: Copy;
  readonly orders: Iterator<readonly number[]>;
  readonly rule: StoppingRule;
  readonly washoutMs: number;
  /** Rounds of copies before. */
  readonly rounds: number;
}

export interface RoundsDone {
  readonly arms: Arm[];
  readonly rounds: number;
}

/**
 * Interleaved rounds of one copy until the rule ends it. A round visits the arms in a balanced order and, where time
 * allows, back again: what drifts evenly cancels within it. The first round of all is always finished.
 */
export async function timeRounds(bench: Bench, before: readonly Arm[], task: RoundsTask): Promise<RoundsDone> {
  const { copy, orders, rule, washoutMs } = task;
  const { settings } = bench;
  const taken = before.map((): SampleCalls[] => []);
  const states = [...before];
  const arms = (): Arm[] => states.map((arm, i) => ({ ...arm, hot: [...arm.hot, ...(taken[i] as SampleCalls[])] }));
  const { mirrored } = rule;
  let rounds = task.rounds;
  for (let own = 0; ; own++) {
    const order = orders.next().value as readonly number[];
    const visits = mirrored ? [...order, ...order.slice().reverse()] : order;
    for (const index of visits) {
      const arm = states[index] as Arm;
      if (!isAlive(arm)) continue;
      await bench.events.turn();
      if (isInterrupted(bench) || (rounds > 0 && rule.isLate)) return { arms: arms(), rounds };
      states[index] = await attempt(arm, `timing '${arm.spec.name}'`, async () => {
        await preheat(bench, copy, arm, washoutMs);
        // Without a washout, another visit tells more than another sample: samples of a visit share what disturbs it.
        for (let i = 0; i < (washoutMs > 0 ? WASHED_SAMPLES : 1); i++)
          (taken[index] as SampleCalls[]).push(await takeHotSample(bench, copy, arm, 'hot', rounds));
        return {};
      });
      report(bench, 'hot', rule.progress, arm.spec.name);
    }
    rounds++;
    const now = arms();
    await bench.save(now, false);
    if (!now.some(isAlive) || rounds === settings.maximumRounds || rule.copyIsDone(now, own + 1))
      return { arms: now, rounds };
  }
}

/** Share of an arm's time in which it only settles. */
const SETTLING_SHARE = 1 / 3;

/** Each arm alone, in a drawn order: it settles for a third of its time and is timed for the rest. */
export async function timeSustained(bench: Bench, before: readonly Arm[], task: RoundsTask): Promise<RoundsDone> {
  const { copy, orders, rule } = task;
  const arms = [...before];
  const order = orders.next().value as readonly number[];
  const share = rule.copySecondsLeft / arms.filter(isAlive).length;
  let rounds = task.rounds;
  for (const index of order) {
    const arm = arms[index] as Arm;
    if (!isAlive(arm)) continue;
    arms[index] = await attempt(arm, `timing '${arm.spec.name}'`, async () => {
      const began = bench.time.seconds();
      await preheat(bench, copy, arm, 1000 * share * SETTLING_SHARE);
      const hot = [...arm.hot];
      for (let round = task.rounds; ; round++) {
        await bench.events.turn();
        if (isInterrupted(bench)) break;
        hot.push(await takeHotSample(bench, copy, arm, 'hot', round));
        rounds = Math.max(rounds, round + 1);
        report(bench, 'hot', rule.progress, arm.spec.name);
        if (bench.time.seconds() - began >= share) break;
      }
      return { hot };
    });
  }
  await bench.save(arms, false);
  return { arms, rounds };
}
