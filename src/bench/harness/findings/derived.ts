import type { ArmMeasurement } from '../../../core/measurement.js';
import { MeasurementFailure } from '../failure.js';
import type { ArmCounts, Settings } from '../options.js';

export type DerivedFigures = Pick<
  ArmMeasurement,
  'imagesPerSecond' | 'maddsPerSecond' | 'flopsPerSecond' | 'fractionOfPeak' | 'bandwidthBytesPerSecond'
>;

/**
 * Rates at median times of one batch. Images a second are what a caller gets, so they come from wall time; the device's
 * own rates from its clock where it has one. Definitions: `core/units.ts`.
 */
export function derivedFigures(
  { wallMs, deviceMs = wallMs }: { readonly wallMs: number; readonly deviceMs?: number | undefined },
  batch: number,
  counts: ArmCounts,
  peak: Settings['peak'],
): DerivedFigures {
  if (!(wallMs > 0 && deviceMs > 0)) return {};
  const perSecond = 1000 / deviceMs;
  return {
    imagesPerSecond: (batch * 1000) / wallMs,
    maddsPerSecond: counts.madds * perSecond,
    flopsPerSecond: counts.flops * perSecond,
    ...(peak === undefined ? {} : { fractionOfPeak: (2 * counts.madds * perSecond) / peak.flopsPerSecond }),
    bandwidthBytesPerSecond: counts.fusedBytes * perSecond,
  };
}

/**
 * Refuses a rate that the device cannot have: the work was not done, or the clock is wrong. Multiply-adds alone are
 * held against the peak, since a runtime may fold other work away.
 *
 * @throws MeasurementFailure
 */
export function refuseAbovePeak(medianMs: number, counts: ArmCounts, peak: Settings['peak']): void {
  if (peak === undefined) return;
  const rate = (2 * counts.madds * 1000) / medianMs;
  if (medianMs > 0 && rate <= peak.flopsPerSecond) return;
  const giga = (value: number): string => `${(value / 1e9).toPrecision(3)} GFLOP/s`;
  throw new MeasurementFailure(
    'above-peak',
    medianMs > 0
      ? `${giga(rate)} is above the device's peak of ${giga(peak.flopsPerSecond)} (${peak.source}): the work was not done or the clock is wrong`
      : `the median time is ${medianMs} ms: the work was not done or the clock is wrong`,
  );
}
