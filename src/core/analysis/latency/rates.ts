import type { Device } from '../devices/device.js';
import type { Arithmetic } from './kernel.js';

/** Which of a chip's units a product runs on. */
export type Units = 'vector' | 'matrix32' | 'matrix16' | 'matrix8';

export interface PeakRate {
  readonly units: Units;
  /** Multiply-adds count twice. */
  readonly flopsPerSecond: number;
}

/**
 * The data sheet's rate of products in an arithmetic. Without matrix units for it, libraries keep the operands and
 * compute in whichever wider units are fastest.
 */
export function peakRate(device: Device, arithmetic: Arithmetic): PeakRate {
  const rate = (units: Units, tera: number): PeakRate => ({ units, flopsPerSecond: tera * 1e12 });
  const vector = rate('vector', device.float32Tflops);
  switch (arithmetic) {
    case 'float32':
      return device.matrixFloat32Tflops ? rate('matrix32', device.matrixFloat32Tflops) : vector;
    case 'tf32':
      return device.tensorFloat32Tflops ? rate('matrix32', device.tensorFloat32Tflops) : peakRate(device, 'float32');
    case 'float16':
      if (device.tensorFloat16Tflops) return rate('matrix16', device.tensorFloat16Tflops);
      return rate('vector', Math.max(device.float16Tflops ?? 0, device.float32Tflops));
    case 'float8':
      return device.tensorFloat8Tflops ? rate('matrix8', device.tensorFloat8Tflops) : peakRate(device, 'float16');
    case 'int8':
      return device.tensorInt8Tops ? rate('matrix8', device.tensorInt8Tops) : peakRate(device, 'float16');
  }
}

/**
 * Part of the vector peak that matrix products can reach: tiles of 8 x 8 sums need some 16 other instructions for 64
 * multiply-adds. Volta, Turing and GA100 issue them in between, to units of their own; Pascal computes addresses on the
 * lanes of floats, and units of 128 lanes (GA10x and since) need every cycle of their four schedulers for multiply-adds.
 */
export function issueShare({ architecture, computeUnits, boostClockMhz, float32Tflops }: Device): number {
  if (!computeUnits || !boostClockMhz || !/Pascal|Ampere|Ada|Hopper|Blackwell/.test(architecture)) return 1;
  const lanes = (float32Tflops * 1e6) / (2 * computeUnits * boostClockMhz);
  return lanes > 96 || architecture.startsWith('Pascal') ? 64 / (64 + 16) : 1;
}

/** Bytes that one unit takes from L2 in a clock: 64 since Volta (Jia et al. 2018, arXiv 1804.06826, table 3.1). */
const CACHE_BYTES_PER_CLOCK = 64;
/** Of the last-level cache over memory, where units or clocks are unknown. */
const CACHE_SPEEDUP = 4;

/** Bytes a second that the caches serve at most: no estimate moves bytes faster. */
export function cacheBandwidth(device: Device): number {
  const { computeUnits, boostClockMhz, memoryBandwidthGbs, kind } = device;
  if (kind === 'cpu' || !computeUnits || !boostClockMhz) return CACHE_SPEEDUP * memoryBandwidthGbs * 1e9;
  return Math.max(memoryBandwidthGbs * 1e9, computeUnits * CACHE_BYTES_PER_CLOCK * boostClockMhz * 1e6);
}

/** Bytes of all caches that the whole chip shares. */
export function cacheBytes(device: Device): number {
  return ((device.l2Megabytes ?? 0) + (device.lastLevelCacheMegabytes ?? 0)) * 2 ** 20;
}
