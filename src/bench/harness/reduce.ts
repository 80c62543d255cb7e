import type { TimingMethod } from '../../core/measurement.js';
import { medianInterval } from '../../core/statistics/bootstrap.js';
import { median } from '../../core/statistics/quantile.js';
import { type ArmRun, type Clock, read, type SamplePlan } from './arm-run.js';
import type { Context } from './context.js';

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
  const overheads = calls.map(([single, double]) => 2 * single - double);
  if (empty !== undefined && agrees(overheads, empty.overheadMs, context.quantumMs[clock])) {
    const timesMs = calls.map(([single, double]) => (single + double - 2 * empty.overheadMs) / (3 * count));
    return { timesMs, reduction: 'corrected', overheadMs: empty.overheadMs };
  }
  const timesMs = calls.map(([single, double]) => (double - single) / count);
  return { timesMs, reduction: 'differenced', overheadMs: median(overheads) };
}

/** Whether an arm's own overhead, by its interval, may be that of the empty model. */
function agrees(overheads: readonly number[], overheadMs: number, quantumMs: number): boolean {
  const { low, high } = medianInterval(overheads, { confidence: 0.99, resamples: 400 });
  return low - quantumMs <= overheadMs && overheadMs <= high + quantumMs;
}

/** Cold runs, less the fixed cost of a call. */
export function reduceCold(context: Context, run: ArmRun, clock: Clock): number[] {
  const { overheadMs, reduction } = reduceHot(context, run, clock);
  const fixed = reduction === 'single' ? (context.empty[clock]?.overheadMs ?? 0) : (overheadMs ?? 0);
  return run.cold.map(({ single }) => read(single, clock) - fixed);
}
