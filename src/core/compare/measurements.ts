import type { ArmMeasurement, ComparisonVerdict, Distribution, Measurement } from '../measurement.js';
import { type CopyMean, copyInterval } from '../statistics/copies.js';
import { mean, variance } from '../statistics/quantile.js';
import { verdictsOf } from '../statistics/verdict.js';

export interface CompareMeasurementsOptions {
  /** Compares across devices, drivers and runtimes too; what differs is still listed. */
  readonly acrossDevices?: boolean;
  /** Smallest difference that matters, as a fraction. Default: the larger of the two measurements'. */
  readonly tolerance?: number;
}

/** One arm in two measurements. */
export interface ArmDifference {
  readonly name: string;
  readonly batch: number;
  readonly verdict: ComparisonVerdict | 'not comparable';
  /** Why it is not comparable. */
  readonly reason?: string;
  /** time(after) / time(before) with its interval; below 1 is faster. */
  readonly ratio?: number;
  readonly low?: number;
  readonly high?: number;
  /** Of the hypothesis that the ratio lies within tolerance and A/A floors; Holm-corrected. */
  readonly pValue?: number;
  readonly medianMs?: { readonly before: number; readonly after: number };
  /** The model itself changed between the two. */
  readonly madds: { readonly before: number; readonly after: number };
}

export interface MeasurementComparison {
  /** False where device, driver, runtime or precision differ and that was not asked for. */
  readonly comparable: boolean;
  /** What differs between the two set-ups. */
  readonly differences: readonly string[];
  readonly clock: 'wall' | 'device';
  readonly tolerance: number;
  readonly arms: readonly ArmDifference[];
  /** Arms of one measurement alone. */
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/**
 * Compares measurements that were taken apart. Copies are set against copies, not round against round, so that what lay
 * between the two runs counts as difference: no verdict goes beyond the larger of the two A/A floors.
 */
export function compareMeasurements(
  before: Measurement,
  after: Measurement,
  options: CompareMeasurementsOptions = {},
): MeasurementComparison {
  const { acrossDevices = false } = options;
  const tolerance = options.tolerance ?? Math.max(before.settings.tolerance, after.settings.tolerance);
  const differences = differencesOf(before, after);
  const comparable = acrossDevices || differences.length === 0;
  const clock = before.settings.clock === after.settings.clock ? before.settings.clock : 'wall';
  const find = ({ arms }: Measurement, { name, batch }: ArmMeasurement) =>
    arms.find((arm) => arm.name === name && arm.batch === batch);
  const pairs = before.arms.flatMap((arm) => {
    const other = find(after, arm);
    return other === undefined ? [] : [{ arm, other }];
  });

  const ratios = pairs.map(({ arm, other }): TimedPair | string => {
    if (!comparable) return differences.join('; ');
    const [from, to] = [arm[clock]?.hot, other[clock]?.hot];
    const failed = [arm, other].find(({ status }) => status === 'failed');
    if (failed !== undefined) return `it failed: ${failed.message ?? 'no reason is given'}`;
    if (from === undefined || to === undefined) return 'it was not timed in both';
    return { from, to, ratio: ratioOfCopies(to, from) };
  });
  const floor = Math.max(...[before, after].map(({ control }) => Math.log(control?.floor ?? Number.POSITIVE_INFINITY)));
  const known = ratios.filter((ratio) => typeof ratio !== 'string');
  const verdicts = verdictsOf(
    known.map(({ ratio }) => ratio),
    { tolerance, floor },
  );

  return {
    comparable,
    differences,
    clock,
    tolerance,
    arms: pairs.map(({ arm, other }, i): ArmDifference => {
      const { name, batch } = arm;
      const base = { name, batch, madds: { before: arm.madds, after: other.madds } };
      const timed = ratios[i] as TimedPair | string;
      if (typeof timed === 'string') return { ...base, verdict: 'not comparable', reason: timed };
      const bounds = copyInterval(timed.ratio, before.settings.confidence ?? 0.95);
      const interval = bounds && { low: Math.exp(bounds.low), high: Math.exp(bounds.high) };
      const { verdict, pValue } = verdicts[known.indexOf(timed)] as (typeof verdicts)[number];
      const medianMs = { before: timed.from.medianMs, after: timed.to.medianMs };
      return { ...base, verdict, ratio: Math.exp(timed.ratio.mean), ...interval, pValue, medianMs };
    }),
    removed: before.arms.filter((arm) => find(after, arm) === undefined).map(({ name }) => name),
    added: after.arms.filter((arm) => find(before, arm) === undefined).map(({ name }) => name),
  };
}

interface TimedPair {
  readonly from: Distribution;
  readonly to: Distribution;
  readonly ratio: CopyMean;
}

/** What differs in device, driver, runtime or precision, in words. */
function differencesOf(before: Measurement, after: Measurement): string[] {
  const found: string[] = [];
  const compare = (what: string, a: string | undefined, b: string | undefined): void => {
    if (a !== b) found.push(`${what}: ${a ?? 'unknown'} before, ${b ?? 'unknown'} after`);
  };
  for (const key of ['kind', 'name', 'vendor', 'architecture', 'driver'] as const)
    compare(key === 'driver' ? 'driver' : `device ${key}`, before.device[key], after.device[key]);
  compare('GPU driver', text(before.environment.gpuDriver), text(after.environment.gpuDriver));
  compare('runtime', before.runtime.name, after.runtime.name);
  if (before.runtime.name === after.runtime.name) {
    const details = [before.runtime.details, after.runtime.details] as const;
    for (const key of [...new Set(details.flatMap((entry) => Object.keys(entry)))].sort())
      compare(`runtime ${key}`, details[0][key], details[1][key]);
  }
  compare('precision', before.dtype, after.dtype);
  compare('clock', before.settings.clock, after.settings.clock);
  return found;
}

const text = (value: string | number | null | undefined): string | undefined =>
  value === null || value === undefined ? undefined : String(value);

/** Log ratio of copies that were not timed together: Welch's test (1947) on their log medians. */
function ratioOfCopies(after: Distribution, before: Distribution): CopyMean {
  const sides = [after, before].map(({ copiesMs, medianMs }) => (copiesMs ?? [medianMs]).map(Math.log));
  const errors = sides.map((logs) => variance(logs) / logs.length);
  const [top, bottom] = sides as [number[], number[]];
  const total = errors.reduce((sum, error) => sum + error, 0);
  const freedom = sides.reduce((sum, logs, i) => sum + (errors[i] as number) ** 2 / (logs.length - 1), 0);
  const several = top.length > 1 && bottom.length > 1;
  return {
    mean: mean(top) - mean(bottom),
    standardError: Math.sqrt(total),
    degreesOfFreedom: !several ? 0 : total === 0 ? top.length + bottom.length - 2 : total ** 2 / freedom,
    copies: Math.min(top.length, bottom.length),
    merged: false,
  };
}
