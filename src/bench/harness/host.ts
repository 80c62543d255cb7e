import type { DType } from '../../core/ir/tensor.js';
import type { DeviceInfo } from '../../core/measurement.js';

/** Facts about the machine that bear on a timing; null where the machine does not tell. Keys carry their unit. */
export type Environment = Readonly<Record<string, string | number | null>>;

/** A rate that a device cannot exceed, and what it was computed from. */
export interface Peak {
  readonly flopsPerSecond: number;
  readonly source: string;
}

/** What the device did at one moment while it was under load. */
export interface DeviceState {
  /** Milliseconds since the Unix epoch. */
  readonly atMs: number;
  readonly clockMhz?: number;
  /** Performance state of an NVIDIA GPU: 0 is the fastest. */
  readonly pState?: number;
  readonly temperatureCelsius?: number;
  readonly powerWatts?: number;
  /** What slowed it down, in words; empty where nothing did. */
  readonly throttle?: string;
}

/** What a device did over a timing. */
export interface DeviceLoad {
  readonly states: readonly DeviceState[];
}

/** Readings of the device taken beside a timing, in time order. */
export interface DeviceWatch {
  stop(): Promise<readonly DeviceState[]>;
}

/** Since some moment in the past, of the thread that times. */
export interface ProcessorTime {
  readonly ranMs: number;
  /** Ready to run, while other work had the processors. */
  readonly waitedMs: number;
}

/** The machine that a benchmark runs on, as far as it tells. A browser's tells less. */
export interface Host {
  environment(): Promise<Environment>;
  /** Bytes to write so that caches hold nothing of the model: twice the last-level cache. */
  flushBytes(device: DeviceInfo): number;
  /** Undefined where it is not known. */
  peak?(device: DeviceInfo, environment: Environment, dtype: DType): Peak | undefined;
  /** The device at this moment. */
  state?(device: DeviceInfo): Promise<DeviceState | undefined>;
  /** Undefined where the system does not count it. */
  processorTime?(): ProcessorTime | undefined;
  /** Begins to read the device's clock and what slows it, without a hand in the thread that times. */
  watch?(device: DeviceInfo): Promise<DeviceWatch | undefined>;
}

/** A machine that tells nothing. */
export const UNKNOWN_HOST: Host = {
  environment: async () => ({}),
  flushBytes: ({ kind }) => (kind === 'gpu' ? GPU_FLUSH_BYTES : CPU_FLUSH_BYTES),
};

/** Twice the largest L2 of the GPUs on the market (AMD's MI300X has 256 MB in its last level). */
export const GPU_FLUSH_BYTES = 512 * 2 ** 20;
/** Where a CPU does not tell its cache: twice the largest last level of current servers' single dies, rounded up. */
export const CPU_FLUSH_BYTES = 256 * 2 ** 20;

/** What may change while timing goes on; read again at its end and kept under the key with `After`. */
const CHANGES =
  /^(loadAverage1|cpuClockMhz|cpuTemperatureCelsius|cpuThrottleCount|powerSource|gpu(Clock|Temp|Throttle|PState).*)$/;

export function withAfter(before: Environment, after: Environment): Environment {
  const changed = Object.entries(after).filter(([key, value]) => CHANGES.test(key) && value !== null);
  return { ...before, ...Object.fromEntries(changed.map(([key, value]) => [`${key}After`, value])) };
}
