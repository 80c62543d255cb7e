import { cpus, loadavg, totalmem } from 'node:os';
import type { DeviceInfo } from '../core/measurement.js';

/** Facts about the machine that bear on a timing; null where the machine does not tell. Keys carry their unit. */
export type Environment = Readonly<Record<string, string | number | null>>;

/** Reads what this machine tells of itself. */
export async function readEnvironment(_device: DeviceInfo): Promise<Environment> {
  return {
    cpuModel: cpus()[0]?.model ?? null,
    cpuCount: cpus().length,
    loadAverage1: loadavg()[0] ?? null,
    memoryBytes: totalmem(),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
  };
}
