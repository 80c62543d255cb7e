import { ArchmeterError } from '../../core/errors.js';
import { median } from '../../core/statistics/quantile.js';
import type { MeterMethod, MeterReading, PowerSample } from './define-meter.js';

/** Milliseconds since the Unix epoch on the monotonic clock. */
export const epochNow = (): number => performance.timeOrigin + performance.now();

/**
 * Energy over [fromMs, toMs] from readings of a power sensor: mean power of those that are true of it, times the time.
 * Readings within the rise after the start still tell of the time before and are dropped, as are readings whose window
 * reaches beyond (Yang et al., "Part-time power measurements", arXiv 2312.02741).
 *
 * @throws ArchmeterError where no reading is left
 */
export function sampledReading(
  samples: readonly PowerSample[],
  fromMs: number,
  toMs: number,
  method: Pick<MeterMethod, 'riseMs'>,
): MeterReading {
  const seconds = (toMs - fromMs) / 1000;
  const within = samples.filter(({ atMs }) => atMs > fromMs + method.riseMs && atMs <= toMs);
  if (within.length === 0) {
    throw new ArchmeterError(
      `the power sensor gave ${samples.length} readings, none of them after its rise of ${method.riseMs} ms`,
      'Measure for longer, or use another meter (--meter).',
    );
  }
  // Each reading holds from the one before it to itself.
  const [first, last] = [within[0], within[within.length - 1]].map(
    (sample) => (sample as PowerSample).atMs - fromMs,
  ) as [number, number];
  return {
    seconds,
    joules: meanPower(within) * seconds,
    ...(last > first ? { span: { from: first / 1000, to: last / 1000 } } : {}),
    samples: within,
  };
}

/** Time-weighted mean power: each reading holds from the one before it to itself. */
export function meanPower(samples: readonly PowerSample[]): number {
  let joules = 0;
  let seconds = 0;
  for (let i = 1; i < samples.length; i++) {
    const step = ((samples[i] as PowerSample).atMs - (samples[i - 1] as PowerSample).atMs) / 1000;
    joules += (samples[i] as PowerSample).powerWatts * step;
    seconds += step;
  }
  return seconds > 0 ? joules / seconds : median(samples.map(({ powerWatts }) => powerWatts));
}

/** Time between changes of a sensor that is read more often than it is updated; undefined for fewer than 3 changes. */
export function updatePeriodMs(samples: readonly PowerSample[]): number | undefined {
  const changes: number[] = [];
  for (let i = 1; i < samples.length; i++) {
    const sample = samples[i] as PowerSample;
    if (sample.powerWatts !== (samples[i - 1] as PowerSample).powerWatts) changes.push(sample.atMs);
  }
  if (changes.length < 4) return undefined;
  return median(changes.slice(1).map((at, i) => at - (changes[i] as number)));
}
