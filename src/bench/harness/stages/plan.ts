import { quantile } from '../../../core/statistics/quantile.js';
import type { Timing } from '../../define-runtime.js';
import type { SamplePlan } from '../arm.js';
import { type Arm, type Clock, type Copy, clocksOf, read } from '../arm.js';
import type { Bench } from '../bench.js';
import { MINIMUM_QUANTA } from '../clock/clock.js';
import { MeasurementFailure } from '../failure.js';
import { timeCall } from './sample.js';

/** Dispatches beyond which a clock that still shows nothing is called saturated. */
const MOST_ITERATIONS = 2 ** 22;
/** A sample is made longer, up to this, where that makes the fixed cost of a call negligible. */
const LONGEST_SAMPLE_MS = 50;
/** A first call that takes this share of the budget is not repeated to be timed without what it set up. */
const LONG_SHARE = 0.1;

/**
 * Decides how many dispatches a sample takes: enough to span 200 quanta of each clock and the shortest sample. The
 * fixed cost of a call is cancelled by timing N against 2N, unless the whole time of an empty model is below a quarter
 * of the precision.
 *
 * @throws MeasurementFailure where the clock shows nothing however many dispatches are timed
 */
export async function planSamples(bench: Bench, copy: Copy, arm: Arm): Promise<SamplePlan> {
  const { settings, clock } = bench;
  const call = (iterations: number): Promise<Timing> => timeCall(bench, copy, arm, iterations, 'warm-up', -1);
  let iterations = 1;
  let single = await call(iterations);
  if (single.wallMs < LONG_SHARE * 1000 * settings.timeBudgetSeconds) single = await call(iterations);
  for (let short = shortfall(bench, single); short > 1; short = shortfall(bench, single)) {
    iterations = grown(iterations, short);
    single = await call(iterations);
  }

  const longer = Math.max(
    ...clocksOf(single).map((each) => overheadShare(bench, each, single) / (settings.precision / 4)),
  );
  if (longer <= 1 || read(single, clock) * longer <= LONGEST_SAMPLE_MS)
    return { iterations: Math.ceil(iterations * Math.max(1, longer)), paired: false };
  for (;;) {
    const short = shortfall(bench, difference(await call(2 * iterations), single));
    if (short <= 1) break;
    iterations = grown(iterations, short);
    single = await call(iterations);
  }
  return { iterations, paired: true };
}

/** Samples of one arm may be this many times as long as another's where both are made of short runs. */
const MOST_UNEVEN = 2;
/** Arms whose runs differ by no more than this factor are sampled alike. */
const ALIKE = 1.25;

/**
 * Plans anew once arms have warmed up: each sample spans what it has to, and about as long as the others' where runs are
 * short; arms of about the same speed get the same plan. A machine that is shared interrupts long samples where short
 * ones slip through, and what the first calls told of an arm may have been chance.
 */
export function replanned(bench: Bench, arms: readonly Arm[]): Arm[] {
  const least = leastMs(bench, bench.clock);
  const negligible = Math.min(LONGEST_SAMPLE_MS, overheadMs(bench) / (bench.settings.precision / 4));
  const timed = arms.flatMap(({ plan, warmUp }, index) => {
    const run = plan === undefined ? undefined : runMs(plan, warmUp);
    return plan === undefined || run === undefined ? [] : [{ index, plan, run }];
  });
  const longest = Math.min(MOST_UNEVEN * least, Math.max(0, ...timed.map(({ plan, run }) => plan.iterations * run)));
  const plans = timed.map(({ plan, run }): SamplePlan => {
    const wanted = Math.round(Math.max(least, longest, plan.paired ? 0 : negligible) / run);
    // The shortest sample of the warm-up may be a fluke: no more than eightfold at once.
    return { ...plan, iterations: Math.max(plan.iterations, Math.min(8 * plan.iterations, wanted)) };
  });
  const result = [...arms];
  for (const group of alike(timed.map(({ run }) => run))) {
    const own = group.map((i) => plans[i] as SamplePlan);
    const plan = {
      iterations: Math.max(...own.map((each) => each.iterations)),
      paired: own.some((each) => each.paired),
    };
    for (const i of group) {
      const { index } = timed[i] as (typeof timed)[number];
      result[index] = { ...(arms[index] as Arm), plan };
    }
  }
  return result;
}

/** Places of values in groups, none of which spans more than the factor. */
function alike(values: readonly number[]): number[][] {
  const order = values.map((_, i) => i).sort((a, b) => (values[a] as number) - (values[b] as number));
  const groups: number[][] = [];
  for (const i of order) {
    const group = groups[groups.length - 1];
    const first = group?.[0];
    if (group === undefined || first === undefined || (values[i] as number) > ALIKE * (values[first] as number))
      groups.push([i]);
    else group.push(i);
  }
  return groups;
}

/** Time of one run by the shorter samples of the warm-up, which nothing interrupted. */
function runMs(plan: SamplePlan, warmUp: readonly number[]): number | undefined {
  if (warmUp.length === 0) return undefined;
  const sample = quantile(warmUp, 0.25) / (plan.paired ? 3 : 1);
  return sample > 0 ? sample / plan.iterations : undefined;
}

/** How many times longer the work must be to span what it has to; at most 1 where it does. */
function shortfall(bench: Bench, timing: Timing): number {
  return Math.max(
    ...clocksOf(timing).map((clock) => {
      const least = leastMs(bench, clock);
      return least === 0 ? 0 : least / Math.max(read(timing, clock), 0);
    }),
  );
}

function leastMs({ clocks, settings, clock: primary }: Bench, clock: Clock): number {
  return Math.max(MINIMUM_QUANTA * clocks.quantumMs(clock), clock === primary ? settings.minimumSampleMs : 0);
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

/** Whole time of an empty call on the clock that verdicts rest on; 0 where it is not known. */
const overheadMs = ({ clocks, clock }: Bench): number => clocks.empty[clock]?.boundMs ?? 0;

function overheadShare({ clocks }: Bench, clock: Clock, timing: Timing): number {
  const empty = clocks.empty[clock];
  return empty === undefined ? Number.POSITIVE_INFINITY : empty.boundMs / read(timing, clock);
}

function difference(a: Timing, b: Timing): Timing {
  return {
    wallMs: a.wallMs - b.wallMs,
    ...(a.deviceMs === undefined || b.deviceMs === undefined ? {} : { deviceMs: a.deviceMs - b.deviceMs }),
  };
}
