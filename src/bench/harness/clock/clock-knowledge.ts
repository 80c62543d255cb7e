import type { Timing } from '../../define-runtime.js';
import { type Clock, read } from '../arm.js';
import { quantumOf } from './clock.js';

/** Fixed cost of a call as an empty model shows it, and its whole time, which bounds the cost from above. */
export interface EmptyCall {
  readonly overheadMs: number;
  readonly boundMs: number;
}

/** Distinct readings kept of each clock. */
const MOST_READINGS = 4096;

/** What the clocks show of themselves; readings only make their quanta finer. */
export class ClockKnowledge {
  private readonly readings: Record<Clock, Set<number>> = { wall: new Set(), device: new Set() };
  private readonly quanta: Record<Clock, number> = { wall: 0, device: 0 };
  private stepMs = 0;
  private emptyCalls: Partial<Readonly<Record<Clock, EmptyCall>>> = {};

  /** Undefined where no empty model could be run. */
  get empty(): Partial<Readonly<Record<Clock, EmptyCall>>> {
    return this.emptyCalls;
  }

  /** @param stepMs of the wall clock, as seen by reading it over and over */
  begin(stepMs: number): void {
    this.stepMs = stepMs;
    this.quanta.wall = stepMs;
  }

  learnEmpty(calls: Partial<Readonly<Record<Clock, EmptyCall>>>): void {
    this.emptyCalls = calls;
  }

  quantumMs(clock: Clock): number {
    return this.quanta[clock];
  }

  learn(timings: readonly Timing[]): void {
    for (const clock of ['wall', 'device'] as const) {
      const readings = this.readings[clock];
      const before = readings.size;
      for (const timing of timings)
        if (readings.size < MOST_READINGS && read(timing, clock) > 0) readings.add(read(timing, clock));
      if (readings.size === before) continue;
      this.quanta[clock] = Math.max(quantumOf([...readings]), clock === 'wall' ? this.stepMs : 0);
    }
  }
}
