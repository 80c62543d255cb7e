import { MAD_TO_DEVIATION, median, medianAbsoluteDeviation } from '../../core/statistics/quantile.js';
import { trend } from '../../core/statistics/trend.js';
import { read } from './arm-run.js';
import { alive, attempt, type Context, elapsedSeconds, isInterrupted, now, report, yieldToEvents } from './context.js';
import { balancedOrders } from './order.js';
import { takeHotSample } from './sample.js';

/** Share of the time budget that warm-up may take. */
const LONGEST_SHARE = 0.2;

/** Runs all arms in turn until the rolling median of each is flat, or the share of the budget is spent. */
export async function warmUp(context: Context): Promise<void> {
  const { settings, runs } = context;
  const deadline = elapsedSeconds(context) + LONGEST_SHARE * settings.timeBudgetSeconds;
  const orders = balancedOrders(runs.length, context.random);
  const began = now(context);
  let window = 2;
  for (let round = 0; ; round++) {
    const open = alive(context).filter(({ warmUpFlat }) => !warmUpFlat);
    if (open.length === 0 || isInterrupted(context)) return;
    if (round === 1) window = windowFor((now(context) - began) / 1000, deadline - elapsedSeconds(context));
    for (const index of orders.next().value as readonly number[]) {
      const run = runs[index];
      if (run === undefined || run.failure !== undefined) continue;
      await yieldToEvents(context);
      if (elapsedSeconds(context) >= deadline || isInterrupted(context)) return;
      await attempt(run, `warming up '${run.arm.name}'`, async () => {
        const { single, double } = await takeHotSample(context, run, 'warm-up', round);
        run.warmUp.push(read(single, context.clock) + (double === undefined ? 0 : read(double, context.clock)));
      });
      run.warmUpFlat ||= isFlat(run.warmUp, window, settings.precision);
      report(context, 'warm-up', 1 - open.length / runs.length, run.arm.name);
    }
  }
}

/** 8 samples where time allows four windows of them, down to 2. */
function windowFor(roundSeconds: number, secondsLeft: number): number {
  if (roundSeconds <= 0) return 8;
  return Math.max(2, Math.min(8, Math.floor(secondsLeft / roundSeconds / 4)));
}

/**
 * Whether the medians of the last two windows agree: within half the precision; or, without a trend, within the
 * precision or twice the standard error of their difference (that of a median is 1.2533 deviations over the root of
 * the count).
 */
export function isFlat(samples: readonly number[], window: number, precision: number): boolean {
  if (samples.length < 2 * window) return false;
  const both = samples.slice(-2 * window);
  const level = median(both.slice(window));
  const step = Math.abs(level - median(both.slice(0, window)));
  const allowed = precision * Math.abs(level);
  if (step <= allowed / 2) return true;
  // Differences of neighbours show the noise without the slope.
  const changes = both.slice(1).map((value, i) => value - (both[i] as number));
  const deviation = (MAD_TO_DEVIATION * medianAbsoluteDeviation(changes, 0)) / Math.SQRT2;
  const error = 1.2533 * deviation * Math.sqrt(2 / window);
  return step <= Math.max(allowed, 2 * error) && trend(both).pValue > 0.05;
}
