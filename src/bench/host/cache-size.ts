import { readFileSync } from 'node:fs';
import type { DeviceInfo } from '../../core/measurement.js';
import { CPU_FLUSH_BYTES, GPU_FLUSH_BYTES } from '../harness/host.js';

/** Bytes to write so that caches hold nothing of the model: twice the last-level cache. */
export function flushBytesFor(device: DeviceInfo, sysfs = '/sys'): number {
  if (device.kind === 'gpu') return GPU_FLUSH_BYTES;
  const cache = lastLevelCacheBytes(sysfs);
  return cache === undefined ? CPU_FLUSH_BYTES : 2 * cache;
}

/** Size of the last-level cache that the first CPU sees (Linux); undefined where it is not told. */
export function lastLevelCacheBytes(sysfs = '/sys'): number | undefined {
  let largest: number | undefined;
  for (let index = 0; index < 8; index++) {
    try {
      const text = readFileSync(`${sysfs}/devices/system/cpu/cpu0/cache/index${index}/size`, 'utf8');
      const [, digits, unit] = /^(\d+)([KMG]?)/.exec(text) ?? [];
      const bytes = Number(digits) * { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 }[unit as '' | 'K' | 'M' | 'G'];
      if (bytes > (largest ?? 0)) largest = bytes;
    } catch {
      break;
    }
  }
  return largest;
}
