import { MAD_TO_DEVIATION, median, medianAbsoluteDeviation } from '../../../core/statistics/quantile.js';
import { trend } from '../../../core/statistics/trend.js';
import { type Arm, attempt, type Copy, isAlive, read } from '../arm.js';
import { type Bench, isInterrupted, report } from '../bench.js';
import { balancedOrders } from '../order.js';
import { takeHotSample } from './sample.js';

/** Runs all arms in turn until the rolling median of each is flat, or so many seconds are spent. */
export async function warmUp(bench: Bench, copy: Copy, arms: readonly Arm[], mostSeconds: number): Promise<Arm[]> {
  const { settings, time } = bench;
  const deadline = time.seconds() + mostSeconds;
  const orders = balancedOrders(arms.length, bench.random);
  const warm = arms.map((arm): Arm => ({ ...arm, warmUp: [], warmUpFlat: false }));
  const began = time.seconds();
  let window = 2;
  for (let round = 0; ; round++) {
    const open = warm.filter((arm) => isAlive(arm) && !arm.warmUpFlat);
    if (open.length === 0 || isInterrupted(bench)) return warm;
    if (round === 1) window = windowFor(time.seconds() - began, deadline - time.seconds());
    for (const index of orders.next().value as readonly number[]) {
      const arm = warm[index] as Arm;
      if (!isAlive(arm)) continue;
      await bench.events.turn();
      if ((round > 0 && time.seconds() >= deadline) || isInterrupted(bench)) return warm;
      warm[index] = await attempt(arm, `warming up '${arm.spec.name}'`, async () => {
        const { single, double } = await takeHotSample(bench, copy, arm, 'warm-up', round);
        const samples = [
          ...arm.warmUp,
          read(single, bench.clock) + (double === undefined ? 0 : read(double, bench.clock)),
        ];
        return { warmUp: samples, warmUpFlat: arm.warmUpFlat || isFlat(samples, window, settings.precision) };
      });
      report(bench, 'warm-up', 1 - open.length / arms.length, arm.spec.name);
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
