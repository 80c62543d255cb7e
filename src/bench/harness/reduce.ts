import type { TimingMethod } from '../../core/measurement.js';
import { medianInterval } from '../../core/statistics/bootstrap.js';
import { median } from '../../core/statistics/quantile.js';
import { type ArmRun, type Clock, read, type SamplePlan } from './arm-run.js';
import { alive, type Context } from './context.js';

/** Times of one run of the graph, with how they were had from the calls. */
export interface Reduced extends Pick<TimingMethod, 'reduction' | 'overheadMs'> {
  readonly timesMs: readonly number[];
}

/** Hot samples of an arm in ms for one run of the graph, in the order taken, the fixed cost of a call cancelled. */
export function reduceHot(context: Context, run: ArmRun, clock: Clock): Reduced {
  const { hot, plan } = run;
  if (plan === undefined || hot.length === 0) return { timesMs: [], reduction: 'single', overheadMs: null };
  const { iterations: count, paired }: SamplePlan = plan;
  const empty = context.empty[clock];
  if (!paired) {
    const timesMs = hot.map(({ single }) => read(single, clock) / count);
    return { timesMs, reduction: 'single', overheadMs: empty?.boundMs ?? null };
  }
  const calls = hot.map(({ single, double = single }) => [read(single, clock), read(double, clock)] as const);
  if (empty !== undefined && armsAgree(context, clock, empty.overheadMs)) {
    const timesMs = calls.map(([single, double]) => (single + double - 2 * empty.overheadMs) / (3 * count));
    return { timesMs, reduction: 'corrected', overheadMs: empty.overheadMs };
  }
  const timesMs = calls.map(([single, double]) => (double - single) / count);
  return { timesMs, reduction: 'differenced', overheadMs: median(overheadsOf(run, clock)) };
}

/**
 * Whether the fixed cost that each arm shows by itself may be that of the empty model, to within a quarter of the
 * precision. One answer for all arms, so that none is reduced otherwise than what it is compared with.
 */
function armsAgree(context: Context, clock: Clock, overheadMs: number): boolean {
  const paired = alive(context).filter(({ plan, hot }) => plan?.paired === true && hot.length > 0);
  const samples = paired.reduce((sum, { hot }) => sum + hot.length, 0);
  const known = context.agreement[clock];
  if (known?.samples === samples) return known.agrees;
  const confidence = 1 - 0.01 / paired.length;
  const agrees = paired.every((run) => {
    const { low, high } = medianInterval(overheadsOf(run, clock), { confidence, resamples: 1000 });
    const callMs = median(run.hot.map(({ single }) => read(single, clock)));
    const allowed = Math.max(context.quantumMs[clock], (context.settings.precision / 4) * callMs);
    return low - allowed <= overheadMs && overheadMs <= high + allowed;
  });
  context.agreement[clock] = { samples, agrees };
  return agrees;
}

function overheadsOf({ hot }: ArmRun, clock: Clock): number[] {
  return hot.map(({ single, double = single }) => 2 * read(single, clock) - read(double, clock));
}

/** Cold runs, less the fixed cost of a call. */
export function reduceCold(context: Context, run: ArmRun, clock: Clock): number[] {
  const { overheadMs, reduction } = reduceHot(context, run, clock);
  const fixed = reduction === 'single' ? (context.empty[clock]?.overheadMs ?? 0) : (overheadMs ?? 0);
  return run.cold.map(({ single }) => read(single, clock) - fixed);
}
