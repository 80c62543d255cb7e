import type { Measurement } from '../../core/measurement.js';
import type { Random } from '../../core/statistics/random.js';
import type { RuntimeSession } from '../define-runtime.js';
import type { Environment } from '../environment.js';
import type { Phase } from '../progress.js';
import type { ArmRun, Clock } from './arm-run.js';
import { failureOf } from './failure.js';
import type { BenchmarkHooks, Settings } from './options.js';

/** Why timing ended. */
export type StopReason = 'precision' | 'time-budget' | 'interrupt' | 'failure';

/** What all stages of one benchmark share. */
export interface Context {
  readonly session: RuntimeSession;
  readonly settings: Settings;
  readonly hooks: BenchmarkHooks;
  readonly runs: readonly ArmRun[];
  readonly random: Random;
  /** The clock that verdicts rest on. */
  readonly clock: Clock;
  /** Of the wall clock, as seen by reading it over and over. */
  clockStepMs: number;
  readonly quantumMs: Record<Clock, number>;
  /** Distinct readings of each clock, from which its quantum is learnt. */
  readonly readings: Record<Clock, Set<number>>;
  /** Fixed cost of a call as an empty model shows it, and its whole time, which bounds the cost from above. */
  empty: Partial<Record<Clock, { readonly overheadMs: number; readonly boundMs: number }>>;
  /** Whether all arms agree with the empty model on the fixed cost of a call, after so many samples in all. */
  agreement: Partial<Record<Clock, { readonly samples: number; readonly agrees: boolean }>>;
  /** When the event loop last had its turn, in real time. */
  yieldedMs: number;
  /** Time of checks, which the budget leaves out. */
  uncountedMs: number;
  readonly beganMs: number;
  readonly startedAt: string;
  environment: Environment;
  rounds: number;
  coldRounds: number;
  stoppedBy: StopReason | undefined;
  /** What the table of warnings cannot see in the measurement itself. */
  readonly warnings: Measurement['warnings'][number][];
  /** When the measurement so far was last handed on. */
  savedMs: number;
}

export const now = ({ hooks }: Context): number => hooks.now?.() ?? performance.now();

/** Seconds of the budget that are spent. */
export function elapsedSeconds(context: Context): number {
  return (now(context) - context.beganMs - context.uncountedMs) / 1000;
}

export const isInterrupted = ({ hooks }: Context): boolean => hooks.signal?.aborted === true;

export const alive = ({ runs }: Context): ArmRun[] => runs.filter(({ failure }) => failure === undefined);

export function report(context: Context, phase: Phase, fraction: number, message: string): void {
  const timed = phase === 'warm-up' || phase === 'hot' || phase === 'cold';
  const secondsLeft = Math.max(0, context.settings.timeBudgetSeconds - elapsedSeconds(context));
  context.hooks.onProgress?.({
    phase,
    fraction: Math.min(1, Math.max(0, fraction)),
    message,
    ...(timed ? { secondsLeft } : {}),
  });
}

/** Runs one step of an arm; what it throws becomes the arm's failure, and the other arms go on. */
export async function attempt(run: ArmRun, doing: string, step: () => Promise<void>): Promise<void> {
  if (run.failure !== undefined) return;
  try {
    await step();
  } catch (error) {
    run.failure = failureOf(error, doing);
  }
}

/** Lets signals, timers and input be handled, since a runtime that computes in this thread never does. */
export async function yieldToEvents(context: Context): Promise<void> {
  if (performance.now() - context.yieldedMs < 20) return;
  await new Promise((resolve) => setImmediate(resolve));
  context.yieldedMs = performance.now();
}
