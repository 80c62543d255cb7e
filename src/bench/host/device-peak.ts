import { readFileSync } from 'node:fs';
import type { DType } from '../../core/ir/tensor.js';
import type { DeviceInfo } from '../../core/measurement.js';
import type { Environment, Peak } from '../harness/host.js';

/** Room for turbo where the machine tells its current clock alone; the highest clock on the market where it tells none. */
const TURBO = 1.3;
const HIGHEST_CLOCK_MHZ = 6200;

/**
 * Upper bound of a processor's rate: processors × highest clock × 2 fused multiply-add units × lanes of the widest
 * vectors × 2. Undefined for other devices, whose peaks come from the table of GPUs.
 */
export function devicePeak(
  device: DeviceInfo,
  environment: Environment,
  dtype: DType = 'float32',
  procfs = '/proc',
): Peak | undefined {
  if (device.kind !== 'cpu' && device.kind !== 'software') return undefined;
  const cores = Number(environment.cpuCount ?? Number.NaN);
  const { cpuMaximumClockMhz: maximum, cpuClockMhz: current } = environment;
  const clockMhz = Number(maximum || (current ? Number(current) * TURBO : HIGHEST_CLOCK_MHZ));
  const lanes = vectorBits(procfs) / (dtype === 'float64' ? 64 : dtype === 'float32' ? 32 : 16);
  const flopsPerSecond = cores * clockMhz * 1e6 * 2 * lanes * 2;
  if (!(flopsPerSecond > 0)) return undefined;
  return {
    flopsPerSecond,
    source: `upper bound: ${cores} processors x ${(clockMhz / 1000).toFixed(2)} GHz x 2 FMA units x ${lanes} lanes x 2`,
  };
}

/** Of x86 by its flags; of ARM four 128-bit pipes count as two of 256, and Apple's matrix units as four times that. */
function vectorBits(procfs: string): number {
  if (process.arch === 'arm64') return process.platform === 'darwin' ? 1024 : 256;
  let flags = '';
  try {
    flags = /^flags\s*:(.*)$/m.exec(readFileSync(`${procfs}/cpuinfo`, 'utf8'))?.[1] ?? '';
  } catch {
    return 512;
  }
  if (/\bavx512f\b/.test(flags)) return 512;
  return /\bavx2?\b/.test(flags) || flags === '' ? 256 : 128;
}
