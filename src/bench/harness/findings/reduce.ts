import type { TimingMethod } from '../../../core/measurement.js';
import { medianInterval } from '../../../core/statistics/median-interval.js';
import { median } from '../../../core/statistics/quantile.js';
import { type Arm, type Clock, isAlive, read } from '../arm.js';
import type { Bench } from '../bench.js';

/** Times of one run of the graph, with how they were had from the calls. */
export interface Reduced extends Pick<TimingMethod, 'reduction' | 'overheadMs'> {
  readonly timesMs: readonly number[];
}

/**
 * Turns calls into times of one run, the fixed cost of a call cancelled. One decision for all arms, so that none is
 * reduced otherwise than what it is compared with.
 */
export class Reducer {
  private readonly agrees: boolean;

  constructor(
    private readonly bench: Bench,
    arms: readonly Arm[],
    readonly clock: Clock,
  ) {
    this.agrees = armsAgree(bench, arms, clock);
  }

  /** Hot samples in ms for one run of the graph, in the order taken. */
  hot({ hot, plan }: Arm): Reduced {
    if (plan === undefined || hot.length === 0) return { timesMs: [], reduction: 'single', overheadMs: null };
    const { clock } = this;
    const { iterations: count, paired } = plan;
    const empty = this.bench.clocks.empty[clock];
    if (!paired) {
      // Too little to matter in one arm, but arms whose samples hold more or fewer runs would differ by it.
      const timesMs = hot.map(({ single }) => (read(single, clock) - (empty?.overheadMs ?? 0)) / count);
      return { timesMs, reduction: 'single', overheadMs: empty?.overheadMs ?? null };
    }
    const calls = hot.map(({ single, double = single }) => [read(single, clock), read(double, clock)] as const);
    if (empty !== undefined && this.agrees) {
      const timesMs = calls.map(([single, double]) => (single + double - 2 * empty.overheadMs) / (3 * count));
      return { timesMs, reduction: 'corrected', overheadMs: empty.overheadMs };
    }
    const timesMs = calls.map(([single, double]) => (double - single) / count);
    return { timesMs, reduction: 'differenced', overheadMs: median(overheads(hot, clock)) };
  }

  /** Hot times of each copy, in the order taken. */
  copies(arm: Arm): readonly (readonly number[])[] {
    const { timesMs } = this.hot(arm);
    const byCopy = new Map<number, number[]>();
    arm.hot.forEach(({ copy }, i) => {
      const list = byCopy.get(copy);
      if (list === undefined) byCopy.set(copy, [timesMs[i] as number]);
      else list.push(timesMs[i] as number);
    });
    return [...byCopy.values()];
  }

  /** Cold runs, less the fixed cost of a call. */
  cold(arm: Arm): number[] {
    const { overheadMs } = this.hot(arm);
    return arm.cold.map(({ single }) => read(single, this.clock) - (overheadMs ?? 0));
  }
}

/** Whether the fixed cost that each arm shows by itself may be that of the empty model, to a quarter of the precision. */
function armsAgree({ clocks, settings }: Bench, arms: readonly Arm[], clock: Clock): boolean {
  const empty = clocks.empty[clock];
  if (empty === undefined) return false;
  const paired = arms.filter((arm) => isAlive(arm) && arm.plan?.paired === true && arm.hot.length > 0);
  const confidence = 1 - 0.01 / paired.length;
  return paired.every(({ hot }) => {
    const bounds = medianInterval(overheads(hot, clock), confidence);
    if (bounds === undefined) return true;
    const callMs = median(hot.map(({ single }) => read(single, clock)));
    const allowed = Math.max(clocks.quantumMs(clock), (settings.precision / 4) * callMs);
    return bounds.low - allowed <= empty.overheadMs && empty.overheadMs <= bounds.high + allowed;
  });
}

const overheads = (hot: Arm['hot'], clock: Clock): number[] =>
  hot.map(({ single, double = single }) => 2 * read(single, clock) - read(double, clock));
