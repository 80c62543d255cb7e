import type { DeviceInfo } from '../../measurement.js';
import { spearman } from '../../statistics/correlation.js';
import { quantile } from '../../statistics/quantile.js';
import type { Device, DeviceField } from '../devices/index.js';
import type { EnergyProfile } from '../energy/index.js';
import type { Workload } from './fit.js';
import type { HeldOutError, LatencyProfile } from './profile.js';

export const CALIBRATION_SCHEMA = 'archmeter/calibration@1';

/** A device and the constants that timings gave it: of microbenchmarks, or of profiles. Plain JSON. */
export interface Calibration {
  readonly schema: typeof CALIBRATION_SCHEMA;
  readonly device: Device;
  readonly profile: LatencyProfile;
  readonly observations: readonly {
    readonly name: string;
    readonly measuredMs: number;
    readonly estimatedMs: number;
  }[];
  /** Microbenchmarks that could not be timed. */
  readonly failed: readonly string[];
  /** Constants of energy, where a power meter was named. */
  readonly energy?: EnergyProfile;
}

/** A time that the fit had not seen, beside what it says of it. */
export interface HeldOutTime {
  readonly estimated: number;
  readonly measured: number;
}

export function heldOutErrorOf(times: readonly HeldOutTime[], held: string): HeldOutError {
  const absolute = times.map(({ estimated, measured }) => Math.abs(estimated / measured - 1));
  const logs = times.map(({ estimated, measured }) => Math.log(measured / estimated));
  return {
    held,
    observations: times.length,
    median: quantile(absolute, 0.5),
    p90: quantile(absolute, 0.9),
    spearman: spearman(
      times.map(({ estimated }) => estimated),
      times.map(({ measured }) => measured),
    ),
    logLow: quantile(logs, 0.05),
    logHigh: quantile(logs, 0.95),
  };
}

/** The best rates that any workload reached: efficiencies are fractions of what the runtime does at all. */
export function reachedRates(timed: readonly (Pick<Workload, 'kernels'> & { readonly seconds: number })[]): {
  readonly flopsPerSecond: number;
  readonly bytesPerSecond: number;
} {
  let flopsPerSecond = 0;
  let bytesPerSecond = 0;
  for (const { kernels, seconds } of timed) {
    const sum = (part: (kernel: (typeof kernels)[number]['kernel']) => number) =>
      kernels.reduce((total, { kernel, count }) => total + count * part(kernel), 0);
    flopsPerSecond = Math.max(flopsPerSecond, (2 * sum(({ madds }) => madds)) / seconds);
    const bytes = sum(({ readBytes, writeBytes, weightBytes }) => readBytes + writeBytes + weightBytes);
    bytesPerSecond = Math.max(bytesPerSecond, bytes / seconds);
  }
  return { flopsPerSecond, bytesPerSecond };
}

/** A device as its timings found it: what no one measured is unknown, and marked nowhere as known. */
export function reachedDevice(
  { name, kind, architecture }: DeviceInfo,
  { flopsPerSecond, bytesPerSecond }: ReturnType<typeof reachedRates>,
  source: string,
  unverified: readonly DeviceField[] = [],
): Device {
  return {
    id: name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, ''),
    name,
    kind: kind === 'gpu' ? 'gpu' : 'cpu',
    aliases: [],
    architecture: architecture ?? 'unknown',
    processNm: null,
    computeUnits: null,
    float32Tflops: flopsPerSecond / 1e12,
    float16Tflops: null,
    tensorFloat16Tflops: null,
    tensorFloat16AccumulateTflops: null,
    memoryBandwidthGbs: bytesPerSecond / 1e9,
    // Small working sets are part of the best bandwidth already.
    l2Megabytes: null,
    lastLevelCacheMegabytes: null,
    memoryGigabytes: null,
    memoryType: null,
    tdpWatts: null,
    sources: [source],
    unverified,
    note: null,
  };
}
