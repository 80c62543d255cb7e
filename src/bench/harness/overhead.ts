import { median } from '../../core/statistics/quantile.js';
import type { ArmRun, Clock } from './arm-run.js';

/** Fixed cost of a call: median of 2·time(N) - time(2N) where samples are differenced, else its known bound. */
export function overheadOf(run: ArmRun, clock: Clock): number | null {
  const { plan, raw } = run;
  if (plan === undefined) return null;
  if (!plan.differenced) return plan.overheadMs;
  const fixed: number[] = [];
  const hot = raw.filter(({ phase }) => phase === 'hot');
  for (let i = 0; i + 1 < hot.length; i += 2) {
    const times = [hot[i], hot[i + 1]].map((sample) => ({
      ms: (clock === 'device' ? sample?.deviceMs : sample?.wallMs) ?? Number.NaN,
      iterations: sample?.iterations ?? 0,
    }));
    const [single, double] = times.sort((a, b) => a.iterations - b.iterations);
    if (single !== undefined && double !== undefined) fixed.push(2 * single.ms - double.ms);
  }
  return fixed.length === 0 ? null : median(fixed);
}
