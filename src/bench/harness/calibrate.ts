import { GraphBuilder } from '../../core/graph/builder.js';
import { median } from '../../core/statistics/quantile.js';
import type { Timing } from '../define-runtime.js';
import type { ArmRun, Clock } from './arm-run.js';
import { MINIMUM_QUANTA, quantumOf, smallestStep } from './clock.js';
import { type Context, now } from './context.js';
import { MeasurementFailure } from './failure.js';
import { timeCall } from './sample.js';

/** Dispatches beyond which a clock that still shows nothing is called saturated. */
const MOST_ITERATIONS = 2 ** 22;
/** A sample is made longer, up to this, where that makes the fixed cost of a call negligible. */
const LONGEST_SAMPLE_MS = 50;

/**
 * Times an empty model: its whole time bounds the fixed cost of a call from above, and its readings show the clock's
 * quantum. A runtime that cannot run it has no bound, and every arm is differenced.
 */
export async function probeClock(context: Context): Promise<void> {
  context.quantumMs.wall = smallestStep(() => now(context));
  const builder = new GraphBuilder('archmeter-empty');
  const graph = builder.finish([builder.add('relu', [builder.input('input', [1, 1, 1, 1])])]);
  const timings: Timing[] = [];
  try {
    const executable = await context.session.prepare(graph, context.settings.seed);
    try {
      for (let i = 0; i < 32; i++) timings.push(await executable.time(1 + (i % 4)));
      const single = timings.filter((_, i) => i >= 4 && i % 4 === 0);
      context.overheadBoundMs = {
        wall: median(single.map(({ wallMs }) => wallMs)),
        ...(context.session.hasDeviceClock ? { device: median(single.map(({ deviceMs }) => deviceMs ?? 0)) } : {}),
      };
    } finally {
      await executable.dispose();
    }
  } catch {
    context.overheadBoundMs = {};
  }
  learnQuantum(context, timings);
}

/** Takes readings into account that are coarser than the clock was thought to be. */
export function learnQuantum(context: Context, timings: readonly { wallMs: number; deviceMs?: number }[]): void {
  const { quantumMs } = context;
  quantumMs.wall = Math.max(quantumMs.wall, quantumOf(timings.map(({ wallMs }) => wallMs)));
  quantumMs.device = Math.max(quantumMs.device, quantumOf(timings.map(({ deviceMs }) => deviceMs ?? 0)));
}

/**
 * Decides how many dispatches a sample takes: enough to span 200 quanta of each clock and the shortest sample. The
 * fixed cost of a call is cancelled by differencing N against 2N, unless it is shown to be below a quarter of the
 * precision.
 *
 * @throws MeasurementFailure where the clock shows nothing however many dispatches are timed
 */
export async function calibrate(context: Context, run: ArmRun): Promise<void> {
  const { settings } = context;
  await timeCall(context, run, 1, 'warm-up', -1);
  let iterations = 1;
  let single = await timeCall(context, run, iterations, 'warm-up', -1);
  for (;;) {
    learnQuantum(context, run.raw);
    const short = shortfall(context, single);
    if (short <= 1) break;
    iterations = grown(iterations, short);
    single = await timeCall(context, run, iterations, 'warm-up', -1);
  }

  const negligible = settings.precision / 4;
  const lengthen = Math.max(...clocksOf(single).map((clock) => overheadShare(context, clock, single) / negligible));
  const primary = context.clock === 'device' ? (single.deviceMs as number) : single.wallMs;
  if (lengthen <= 1 || primary * lengthen <= LONGEST_SAMPLE_MS) {
    run.plan = {
      iterations: Math.ceil(iterations * Math.max(1, lengthen)),
      differenced: false,
      overheadMs: context.overheadBoundMs[context.clock] ?? null,
    };
    return;
  }

  for (;;) {
    const double = await timeCall(context, run, 2 * iterations, 'warm-up', -1);
    learnQuantum(context, run.raw);
    const work: Timing = {
      wallMs: double.wallMs - single.wallMs,
      ...(single.deviceMs === undefined ? {} : { deviceMs: (double.deviceMs as number) - single.deviceMs }),
    };
    const short = shortfall(context, work);
    if (short <= 1) break;
    iterations = grown(iterations, short);
    single = await timeCall(context, run, iterations, 'warm-up', -1);
  }
  run.plan = { iterations, differenced: true, overheadMs: null };
}

/** How many times longer the work must be to span what it has to; at most 1 where it does. */
function shortfall(context: Context, timing: Timing): number {
  const { quantumMs, settings } = context;
  const least = (clock: Clock): number =>
    Math.max(MINIMUM_QUANTA * quantumMs[clock], clock === context.clock ? settings.minimumSampleMs : 0);
  return Math.max(
    times(least('wall'), timing.wallMs),
    timing.deviceMs === undefined ? 0 : times(least('device'), timing.deviceMs),
  );
}

const times = (least: number, time: number): number => (least === 0 ? 0 : least / Math.max(time, 0));

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
  const bound = context.overheadBoundMs[clock];
  if (bound === undefined) return Number.POSITIVE_INFINITY;
  return bound / (clock === 'device' ? (timing.deviceMs as number) : timing.wallMs);
}

const clocksOf = (timing: Timing): Clock[] => (timing.deviceMs === undefined ? ['wall'] : ['wall', 'device']);
