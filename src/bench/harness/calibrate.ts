import { GraphBuilder } from '../../core/graph/builder.js';
import { mean, sorted } from '../../core/statistics/quantile.js';
import type { Timing } from '../define-runtime.js';
import { type ArmRun, type Clock, read } from './arm-run.js';
import { MINIMUM_QUANTA, quantumOf, smallestStep } from './clock.js';
import { type Context, now } from './context.js';
import { MeasurementFailure } from './failure.js';
import { timeCall } from './sample.js';

/** Dispatches beyond which a clock that still shows nothing is called saturated. */
const MOST_ITERATIONS = 2 ** 22;
/** A sample is made longer, up to this, where that makes the fixed cost of a call negligible. */
const LONGEST_SAMPLE_MS = 50;
const EMPTY_CALLS = 64;
const LEAST_EMPTY_CALLS = 8;
const EMPTY_MS = 1000;
/** A first call that takes this share of the budget is not repeated to be timed without what it set up. */
const LONG_SHARE = 0.1;

/**
 * Times N against 2N dispatches of an empty model: their difference is the fixed cost of a call, undisturbed by the
 * noise of work, and the readings show the clock's quantum. Without it each arm's samples are differenced by themselves.
 */
export async function probeClock(context: Context): Promise<void> {
  context.clockStepMs = Number(smallestStep(() => now(context)).toPrecision(3));
  context.quantumMs.wall = context.clockStepMs;
  const builder = new GraphBuilder('archmeter-empty');
  const graph = builder.finish([builder.add('relu', [builder.input('input', [1, 1, 1, 1])])]);
  try {
    const executable = await context.session.prepare(graph, context.settings.seed);
    try {
      for (let i = 0; i < 8; i++) await executable.time(1 + (i % 2));
      const singles: Timing[] = [];
      const doubles: Timing[] = [];
      const began = now(context);
      for (let i = 0; i < EMPTY_CALLS; i++) {
        if (i >= LEAST_EMPTY_CALLS && now(context) - began > EMPTY_MS) break;
        singles.push(await executable.time(1));
        doubles.push(await executable.time(2));
      }
      learnQuantum(context, [...singles, ...doubles]);
      const [first] = singles;
      for (const clock of first === undefined ? [] : clocksOf(first)) {
        const boundMs = middleMean(singles.map((timing) => read(timing, clock)));
        const doubleMs = middleMean(doubles.map((timing) => read(timing, clock)));
        context.empty[clock] = { boundMs, overheadMs: Math.max(0, 2 * boundMs - doubleMs) };
      }
    } finally {
      await executable.dispose();
    }
  } catch {
    context.empty = {};
  }
}

/** Mean of the middle half: outliers do not move it, and a coarse clock averages out. */
function middleMean(values: readonly number[]): number {
  const quarter = values.length >> 2;
  return mean(sorted(values).subarray(quarter, values.length - quarter));
}

/** Learns the quantum of each clock from all readings so far; more readings only make it finer. */
export function learnQuantum(context: Context, timings: readonly Timing[]): void {
  for (const clock of ['wall', 'device'] as const) {
    const readings = context.readings[clock];
    const before = readings.size;
    for (const timing of timings)
      if (readings.size < 4096 && read(timing, clock) > 0) readings.add(read(timing, clock));
    if (readings.size === before) continue;
    context.quantumMs[clock] = Math.max(quantumOf([...readings]), clock === 'wall' ? context.clockStepMs : 0);
  }
}

/**
 * Decides how many dispatches a sample takes: enough to span 200 quanta of each clock and the shortest sample. The
 * fixed cost of a call is cancelled by timing N against 2N, unless the whole time of an empty model is below a quarter
 * of the precision.
 *
 * @throws MeasurementFailure where the clock shows nothing however many dispatches are timed
 */
export async function calibrate(context: Context, run: ArmRun): Promise<void> {
  const { settings, clock } = context;
  const call = async (iterations: number): Promise<Timing> => {
    const timing = await timeCall(context, run, iterations, 'warm-up', -1);
    learnQuantum(context, [timing]);
    return timing;
  };
  let iterations = 1;
  let single = await call(iterations);
  if (single.wallMs < LONG_SHARE * 1000 * settings.timeBudgetSeconds) single = await call(iterations);
  for (let short = shortfall(context, single); short > 1; short = shortfall(context, single)) {
    iterations = grown(iterations, short);
    single = await call(iterations);
  }

  const lengthen = Math.max(
    ...clocksOf(single).map((each) => overheadShare(context, each, single) / (settings.precision / 4)),
  );
  if (lengthen <= 1 || read(single, clock) * lengthen <= LONGEST_SAMPLE_MS) {
    run.plan = { iterations: Math.ceil(iterations * Math.max(1, lengthen)), paired: false };
    return;
  }
  for (;;) {
    const short = shortfall(context, difference(await call(2 * iterations), single));
    if (short <= 1) break;
    iterations = grown(iterations, short);
    single = await call(iterations);
  }
  run.plan = { iterations, paired: true };
}

/** Takes more dispatches where an arm that has warmed up no longer spans what it has to. */
export function lengthen(context: Context, run: ArmRun): void {
  const last = run.warmUp[run.warmUp.length - 1];
  if (run.plan === undefined || last === undefined || !(last > 0)) return;
  const workMs = last / (run.plan.paired ? 3 : 1);
  const short = leastMs(context, context.clock) / workMs;
  if (short > 1) run.plan = { ...run.plan, iterations: Math.ceil(run.plan.iterations * Math.min(8, short)) };
}

/** How many times longer the work must be to span what it has to; at most 1 where it does. */
function shortfall(context: Context, timing: Timing): number {
  return Math.max(
    ...clocksOf(timing).map((clock) => {
      const least = leastMs(context, clock);
      return least === 0 ? 0 : least / Math.max(read(timing, clock), 0);
    }),
  );
}

function leastMs({ quantumMs, settings, clock: primary }: Context, clock: Clock): number {
  return Math.max(MINIMUM_QUANTA * quantumMs[clock], clock === primary ? settings.minimumSampleMs : 0);
}

function grown(iterations: number, short: number): number {
  if (iterations >= MOST_ITERATIONS) {
    throw new MeasurementFailure(
      'saturated-clock',
      `the clock is saturated: ${iterations} runs do not span ${MINIMUM_QUANTA} of its quanta. The work is empty or the clock is wrong`,
    );
  }
  // Readings of a few quanta say little: no more than eightfold at once.
  return Math.min(MOST_ITERATIONS, Math.ceil(iterations * Math.min(8, short * 1.1)));
}

function overheadShare(context: Context, clock: Clock, timing: Timing): number {
  const empty = context.empty[clock];
  return empty === undefined ? Number.POSITIVE_INFINITY : empty.boundMs / read(timing, clock);
}

function difference(a: Timing, b: Timing): Timing {
  return {
    wallMs: a.wallMs - b.wallMs,
    ...(a.deviceMs === undefined || b.deviceMs === undefined ? {} : { deviceMs: a.deviceMs - b.deviceMs }),
  };
}

const clocksOf = (timing: Timing): Clock[] => (timing.deviceMs === undefined ? ['wall'] : ['wall', 'device']);
