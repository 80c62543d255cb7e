import { ArchmeterError } from '../../core/errors.js';
import type { DeviceInfo } from '../../core/measurement.js';

/** What a meter shall measure. */
export interface MeterTarget {
  /** GPUs are found by `pciBusId`, never by index. */
  readonly device: DeviceInfo;
  /** What the user gave after the meter's name and a colon, e.g. a file. */
  readonly argument?: string;
}

/** What `archmeter devices` tells of one meter. */
export interface MeterProbe {
  readonly available: boolean;
  /** Why not, in words. */
  readonly reason?: string;
  /** What would make it available. */
  readonly remedy?: string;
  /** False where it measures another kind of device than the one asked about. */
  readonly applies?: boolean;
}

/** A power meter: one file in `src/bench/power`, its default export. */
export interface PowerMeter {
  readonly name: string;
  readonly title: string;
  /** Lower is tried first when the user names no meter; undefined: only when named. */
  readonly rank?: number;
  /** Without a target: whether it works on this machine at all. */
  probe(target?: MeterTarget): Promise<MeterProbe>;
  /** Throws ArchmeterError where it cannot be had, with the remedy. */
  open(target: MeterTarget): Promise<MeterSession>;
}

/** How a meter works, as far as it decides how long to measure. */
export interface MeterMethod {
  /** A counter adds up energy in hardware; a sampled sensor tells power now and then. */
  readonly kind: 'counter' | 'sampled';
  /** Time between updates of the sensor. */
  readonly periodMs: number;
  /** Time over which one reading averages. */
  readonly windowMs: number;
  /** Time for which readings after a change of load are not yet true. */
  readonly riseMs: number;
  /** Twice what the device may draw, where that is known: no reading above it is believed. */
  readonly mostWatts?: number;
  /** In words, for the record. */
  readonly description: string;
}

export interface PowerSample {
  /** Milliseconds since the Unix epoch, with fractions. */
  readonly atMs: number;
  readonly powerWatts: number;
}

export interface MeterReading {
  readonly seconds: number;
  readonly joules: number;
  /** Of a sampled sensor: what its readings tell of, in seconds since `start`; left out where that is all of it. */
  readonly span?: { readonly from: number; readonly to: number };
  /** Where the meter tells domains apart, e.g. package and dram. They sum to `joules`. */
  readonly domainsJoules?: Readonly<Record<string, number>>;
  /** Of a sampled sensor: every reading taken. */
  readonly samples?: readonly PowerSample[];
}

export interface MeterSession {
  readonly name: string;
  /** Why nothing can be measured; the other members are then not used. */
  readonly unavailable?: string;
  readonly method: MeterMethod;
  start(): Promise<void>;
  /** Energy since `start`. Throws ArchmeterError where the sensor gave nothing. */
  stop(): Promise<MeterReading>;
  close(): Promise<void>;
}

/** What a meter of GPUs answers when it is asked about another device. */
export const NOT_A_GPU: MeterProbe = { available: false, applies: false, reason: 'it measures GPUs' };

/** Refuses to measure a GPU while something else is timed, or a part of it alone. */
export function requireGpu({ device }: MeterTarget, meter: string): void {
  if (/\(MIG slice\)$/.test(device.name)) {
    throw new ArchmeterError(
      `${meter} measures whole GPUs, and '${device.name}' is a part of one`,
      'Leave --meter out, or time on a GPU that is not divided.',
    );
  }
  if (device.kind === 'gpu') return;
  throw new ArchmeterError(
    `${meter} measures GPUs, and '${device.name}' is none`,
    'Leave --meter out, or name a meter of this device.',
  );
}
