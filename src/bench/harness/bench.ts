import type { Random } from '../../core/statistics/random.js';
import type { RuntimeSession } from '../define-runtime.js';
import { turnOfEvents } from '../events.js';
import type { Phase } from '../progress.js';
import type { Arm, Clock } from './arm.js';
import type { ClockKnowledge } from './clock/clock-knowledge.js';
import type { BenchmarkHooks, Settings } from './options.js';

/** What a benchmark is given and does not change: all stages read it. */
export interface Bench {
  readonly session: RuntimeSession;
  readonly settings: Settings;
  readonly hooks: BenchmarkHooks;
  readonly random: Random;
  /** Balanced orders in which copies are prepared. */
  readonly preparations: Iterator<readonly number[]>;
  /** The clock that verdicts rest on. */
  readonly clock: Clock;
  readonly clocks: ClockKnowledge;
  readonly time: Stopwatch;
  readonly events: EventLoop;
  /** Hands on what is known so far: at once where a stage has ended, else every few seconds. */
  save(arms: readonly Arm[], stageEnded: boolean): Promise<void>;
}

/** Milliseconds of the benchmark's clock, and how much of the budget is spent. */
export class Stopwatch {
  private readonly beganMs: number;

  constructor(private readonly read: () => number = () => performance.now()) {
    this.beganMs = read();
  }

  now(): number {
    return this.read();
  }

  seconds(): number {
    return (this.read() - this.beganMs) / 1000;
  }

  /** Milliseconds since the Unix epoch on this clock. */
  epochMs(): number {
    return performance.timeOrigin + this.read();
  }
}

export const isInterrupted = ({ hooks }: Bench): boolean => hooks.signal?.aborted === true;

export function report(bench: Bench, phase: Phase, fraction: number, message: string): void {
  const timed = phase === 'warm-up' || phase === 'hot' || phase === 'cold';
  const secondsLeft = Math.max(0, bench.settings.timeBudgetSeconds - bench.time.seconds());
  bench.hooks.onProgress?.({
    phase,
    fraction: Math.min(1, Math.max(0, fraction)),
    message,
    ...(timed ? { secondsLeft } : {}),
  });
}

/** Lets signals, timers and input be handled now and then, since a runtime that computes in this thread never does. */
export class EventLoop {
  /** In real time, whatever clock the benchmark has. */
  private yieldedMs = performance.now();

  async turn(): Promise<void> {
    if (performance.now() - this.yieldedMs < 20) return;
    await turnOfEvents();
    this.yieldedMs = performance.now();
  }
}
