import { median } from '../../../core/statistics/quantile.js';
import type { Arm, SampleCalls } from '../arm.js';
import type { Bench } from '../bench.js';
import type { DeviceLoad, DeviceState } from '../host.js';

/** Samples in which the clock stood below this share of its median under load are left out. */
const LEAST_CLOCK_SHARE = 0.9;

/** Begins to watch the device; the function that it returns ends it with what was seen. */
export async function watchDevice({
  hooks,
  session,
}: Bench): Promise<(() => Promise<DeviceLoad | undefined>) | undefined> {
  const watch = await hooks.host?.watch?.(session.device).catch(() => undefined);
  if (watch === undefined) return undefined;
  return async () => {
    const states = await watch.stop().catch(() => []);
    return states.length === 0 ? undefined : { states };
  };
}

/** Leaves out samples in which the device's clock had fallen, and counts them. */
export function leaveOutSlowClock(arm: Arm, { states }: DeviceLoad): Arm {
  const clocks = arm.hot.map((sample) => clockDuring(sample, states));
  const known = clocks.filter((clock) => clock !== undefined);
  if (known.length === 0) return arm;
  const least = LEAST_CLOCK_SHARE * median(known);
  const hot = arm.hot.filter((_, i) => (clocks[i] ?? Number.POSITIVE_INFINITY) >= least);
  return { ...arm, hot, slowClockSamples: arm.hot.length - hot.length };
}

/** Median clock while a sample was taken; undefined where it was not read then. */
function clockDuring({ fromMs, toMs }: SampleCalls, states: readonly DeviceState[]): number | undefined {
  const within = states.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
  const clocks = within.flatMap(({ clockMhz }) => clockMhz ?? []);
  return clocks.length === 0 ? undefined : median(clocks);
}
