import type { Device } from '../devices/device.js';
import { type ComputeClass, isComputeClass, type Kernel, type KernelClass } from './kernel.js';
import { parameterIndex } from './parameters.js';

const at = parameterIndex;
const HALF_DEPTH = at('halfDepth');
const HALF_WIDTH = at('halfWidth');
const HALF_GROUP_WIDTH = at('halfGroupWidth');
const MISALIGNED = at('misaligned');
const OVERLAP = at('overlap');
const CACHED = at('cached');
const LAUNCH = at('launchMicroseconds');
const STEP = at('stepMicroseconds');
const CHANNELS_LAST = at('traffic.channelsLast');

/** Of the last-level cache over memory; typical of GPUs (L2 5.5 TB/s beside 1 TB/s), not fitted. */
const CACHE_SPEEDUP = 4;

/** Seconds of one kernel, and of what they are made. */
export interface KernelTime {
  readonly seconds: number;
  readonly compute: number;
  readonly memory: number;
  readonly launch: number;
  /** Part of the chip that its tiles fill. */
  readonly occupancy: number;
}

/** Parameters that a kernel's time depends on. */
export function parametersOf(kernel: Kernel): number[] {
  const own = [at(`traffic.${kernel.class}`), CACHED, LAUNCH];
  if (!isComputeClass(kernel.class)) return own;
  own.push(at(`efficiency.${kernel.class}`), OVERLAP);
  if (kernel.class === 'recurrent') own.push(STEP);
  if (kernel.channelsLast) own.push(CHANNELS_LAST);
  if (isVector(kernel.class)) return own;
  own.push(HALF_DEPTH, kernel.class === 'groupedConv' ? HALF_GROUP_WIDTH : HALF_WIDTH);
  if (misaligned(kernel)) own.push(MISALIGNED);
  return own;
}

/**
 * Time of a kernel on a device: launch, then the p-norm of computing at an achievable rate and of moving bytes at the
 * memory's bandwidth (p → ∞ is the roofline of Williams, Waterman and Patterson, 2009).
 *
 * @param theta logarithms of the parameters
 * @param batch how many times the kernel's own batch is run at once
 */
export function kernelTime(kernel: Kernel, device: Device, theta: ArrayLike<number>, batch: number): KernelTime {
  const value = (index: number) => Math.exp(theta[index] as number);
  const factor = kernel.batched ? batch : 1;
  let traffic = value(at(`traffic.${kernel.class}`));
  if (kernel.channelsLast && isConvolution(kernel.class)) traffic *= value(CHANNELS_LAST);
  const read = kernel.readBytes * factor;
  const written = kernel.writeBytes * factor;
  const cache = ((device.l2Megabytes ?? 0) + (device.lastLevelCacheMegabytes ?? 0)) * 2 ** 20 * value(CACHED);
  const perByte = 1 / (device.memoryBandwidthGbs * 1e9);
  const memory =
    (traffic * (cachedBytes(read, cache) + cachedBytes(written, cache)) + cachedBytes(kernel.weightBytes, cache)) *
    perByte;
  const launch = kernel.steps > 1 ? kernel.steps * value(STEP) * 1e-6 : value(LAUNCH) * 1e-6;
  if (kernel.madds === 0) return { seconds: memory + launch, compute: 0, memory, launch, occupancy: 1 };

  const name = kernel.class as ComputeClass;
  const vector = isVector(name);
  const peak =
    (kernel.half && !vector ? (device.tensorFloat16Tflops ?? device.float16Tflops) : null) ?? device.float32Tflops;
  let penalty = 1;
  let occupancy = 1;
  if (!vector) {
    const halfWidth = value(name === 'groupedConv' ? HALF_GROUP_WIDTH : HALF_WIDTH);
    penalty = (1 + value(HALF_DEPTH) / kernel.depth) * (1 + halfWidth / kernel.width);
    if (misaligned(kernel)) penalty *= value(MISALIGNED);
    occupancy = fill(kernel, factor, device);
  }
  const rate = peak * 1e12 * value(at(`efficiency.${name}`));
  const compute = ((2 * kernel.madds * factor) / rate / occupancy) * penalty;
  const p = 1 + value(OVERLAP);
  const largest = Math.max(compute, memory);
  const joined = largest === 0 ? 0 : largest * ((compute / largest) ** p + (memory / largest) ** p) ** (1 / p);
  return { seconds: joined + launch, compute, memory, launch, occupancy };
}

/** Bytes that memory serves, cached ones at their lower price: a cache keeps what fits of the tensor read next. */
function cachedBytes(bytes: number, cache: number): number {
  if (bytes === 0) return 0;
  const hit = cache / (cache + bytes);
  return bytes * (1 - hit + hit / CACHE_SPEEDUP);
}

const TILES = [
  { rows: 256, width: 128, efficiency: 1 },
  { rows: 128, width: 64, efficiency: 0.85 },
  { rows: 64, width: 64, efficiency: 0.7 },
  { rows: 32, width: 32, efficiency: 0.45 },
] as const;

/**
 * Part of the chip that the best tiling keeps busy: the last wave of tiles is seldom full (wave quantisation), edge
 * tiles are partly empty (tile quantisation).
 */
function fill(kernel: Kernel, batch: number, device: Device): number {
  const units = device.computeUnits ?? 1;
  if (device.kind === 'cpu') return 1;
  // The batch lengthens the rows of a convolution and adds products to a batched matrix product.
  const batchedProduct = kernel.class === 'matmul' || kernel.class === 'attention';
  const rows = batchedProduct ? kernel.rows : kernel.rows * batch;
  const groups = kernel.groups * (batchedProduct ? batch : 1);
  let best = 0;
  for (const tile of TILES) {
    const tiles = Math.ceil(rows / tile.rows) * groups * Math.max(1, kernel.width / tile.width);
    const waves = tiles / units;
    // Long sums are split over idle units (split-k), up to one part for each 256 terms.
    const split = waves < 1 ? Math.min(1 / waves, Math.max(1, kernel.depth / 256)) : 1;
    const busy = (waves * split) / Math.ceil(waves * split - 1e-9);
    best = Math.max(best, busy * tile.efficiency);
  }
  return best;
}

function isVector(name: KernelClass): boolean {
  return name === 'depthwiseConv' || name === 'largeDepthwiseConv';
}

function isConvolution(name: KernelClass): boolean {
  return name.toLowerCase().endsWith('conv');
}

function misaligned({ half, depth, width }: Kernel): boolean {
  return half && (depth % 8 !== 0 || width % 8 !== 0);
}
