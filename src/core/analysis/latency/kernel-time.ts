import type { KernelClass } from '../../ops/execution.js';
import type { Device } from '../devices/device.js';
import { isComputeClass, type Kernel } from './kernel.js';
import { parameterIndex } from './parameters.js';
import { fill } from './tiles.js';

const HALF_DEPTH = parameterIndex('halfDepth');
const HALF_FEATURES = parameterIndex('halfFeatures');
const HALF_TOKENS = parameterIndex('halfTokens');
const HALF_ROW = parameterIndex('halfRow');
const HALF_WIDTH = parameterIndex('halfWidth');
const HALF_GROUP_WIDTH = parameterIndex('halfGroupWidth');
const MISALIGNED = parameterIndex('misaligned');
const OVERLAP = parameterIndex('overlap');
const CACHED = parameterIndex('cached');
const LAUNCH = parameterIndex('launchMicroseconds');
const STEP = parameterIndex('stepMicroseconds');
const LOAD = parameterIndex('loadMicroseconds');
const CONVERSION = parameterIndex('conversion');
const CHANNELS_LAST_DEPTHWISE = parameterIndex('channelsLastDepthwise');
const WEIGHTS = parameterIndex('traffic.weights');
const VECTOR_EFFICIENCY = parameterIndex('efficiency.depthwiseConv');

/** Of the last-level cache over memory; typical of GPUs (5.5 TB/s beside 1 TB/s), not fitted. */
const CACHE_SPEEDUP = 4;

/** Columns below which tiles are padded anyway (see tiles.ts). */
const NARROWEST = 16;

/** Seconds of one kernel, and of what they are made. */
export interface KernelTime {
  readonly seconds: number;
  readonly compute: number;
  readonly memory: number;
  readonly launch: number;
  /** Part of the chip that its tiles fill. */
  readonly occupancy: number;
}

/** A kernel with the places of its parameters looked up; -1 for those it has not. */
export interface BoundKernel {
  readonly kernel: Kernel;
  readonly traffic: number;
  readonly efficiency: number;
  readonly depth: number;
  readonly width: number;
  readonly misaligned: boolean;
  readonly vector: boolean;
  readonly attention: boolean;
  readonly walksRows: boolean;
  /** Whether images are turned to channels last for it, and its result back: matrix units want them so. */
  readonly converts: boolean;
  readonly channelsLastVector: boolean;
  /** All that its time depends on. */
  readonly parameters: readonly number[];
}

export function bindKernel(kernel: Kernel): BoundKernel {
  const { class: name } = kernel;
  const convolution = isConvolution(name);
  const compute = isComputeClass(name);
  const vector = name === 'depthwiseConv' || name === 'largeDepthwiseConv';
  // Fused attention tiles its heads whatever their sizes.
  const attention = name === 'attention' || name === 'maskedAttention';
  const product = compute && !vector && !attention;
  const bound = {
    kernel,
    traffic: parameterIndex(`traffic.${name}`),
    efficiency: compute ? parameterIndex(`efficiency.${name}`) : -1,
    depth: product ? (convolution ? HALF_DEPTH : HALF_FEATURES) : -1,
    width: product ? (name === 'groupedConv' ? HALF_GROUP_WIDTH : HALF_WIDTH) : -1,
    misaligned: product && kernel.half && (kernel.depth % 8 !== 0 || kernel.width % 8 !== 0),
    vector,
    attention,
    walksRows: (name === 'normalization' || name === 'softmax') && kernel.depth > 0,
    converts: product && convolution && kernel.half && !kernel.channelsLast,
    channelsLastVector: vector && kernel.channelsLast,
  };
  const parameters = [bound.traffic, CACHED];
  parameters.push(kernel.steps > 1 ? STEP : LAUNCH);
  if (kernel.weightBytes > 0) parameters.push(WEIGHTS);
  if (compute) parameters.push(bound.efficiency, OVERLAP);
  if (product) parameters.push(bound.depth, bound.width);
  if (attention) parameters.push(HALF_TOKENS);
  if (bound.misaligned) parameters.push(MISALIGNED);
  if (bound.walksRows) parameters.push(HALF_ROW);
  if (bound.converts) parameters.push(CONVERSION);
  if (bound.channelsLastVector) parameters.push(CHANNELS_LAST_DEPTHWISE);
  if (kernel.serialLoads > 0) parameters.push(LOAD);
  if (name === 'groupedConv') parameters.push(VECTOR_EFFICIENCY);
  return { ...bound, parameters };
}

/**
 * Time of a kernel on a device: launch, then the p-norm of computing at an achievable rate and of moving bytes at the
 * memory's bandwidth (p → ∞ is the roofline of Williams, Waterman and Patterson, 2009).
 *
 * @param values the parameters, in the order of LATENCY_PARAMETERS
 * @param batch how many times the kernel's own batch is run at once
 */
export function kernelTime(bound: BoundKernel, device: Device, values: Float64Array, batch: number): KernelTime {
  const { kernel } = bound;
  const at = (index: number) => values[index] as number;
  const factor = kernel.batched ? batch : 1;
  let traffic = at(bound.traffic);
  if (bound.walksRows) traffic *= 1 + at(HALF_ROW) / kernel.depth;
  const cache = ((device.l2Megabytes ?? 0) + (device.lastLevelCacheMegabytes ?? 0)) * 2 ** 20 * at(CACHED);
  const moved =
    traffic * (cachedBytes(kernel.readBytes * factor, cache) + cachedBytes(kernel.writeBytes * factor, cache)) +
    at(WEIGHTS) * cachedBytes(kernel.weightBytes, cache);
  const bandwidth = device.memoryBandwidthGbs * 1e9;
  const memory = moved / bandwidth;
  const launch = (kernel.steps > 1 ? kernel.steps * at(STEP) : at(LAUNCH)) * 1e-6;
  if (kernel.madds === 0) {
    const waiting = serialSeconds(kernel, device, at(LOAD), factor);
    return { seconds: Math.max(memory, waiting) + launch, compute: 0, memory, launch, occupancy: 1 };
  }

  const { compute, occupancy } = computeTime(bound, device, at, factor);
  const p = 1 + at(OVERLAP);
  const largest = Math.max(compute, memory);
  const joined = largest === 0 ? 0 : largest * ((compute / largest) ** p + (memory / largest) ** p) ** (1 / p);
  const converted = bound.converts
    ? (at(CONVERSION) * 2 * factor * (kernel.readBytes + kernel.writeBytes)) / bandwidth
    : 0;
  return { seconds: joined + converted + launch, compute, memory: memory + converted, launch, occupancy };
}

/** Threads that a unit keeps in flight, typical of NVIDIA's. */
const THREADS_IN_FLIGHT = 1024;

function serialSeconds(kernel: Kernel, device: Device, microseconds: number, factor: number): number {
  if (kernel.serialLoads === 0 || device.kind === 'cpu') return 0;
  const waves = Math.max(1, kernel.threads / ((device.computeUnits ?? 1) * THREADS_IN_FLIGHT));
  return kernel.serialLoads * factor * waves * microseconds * 1e-6;
}

function computeTime(bound: BoundKernel, device: Device, at: (index: number) => number, factor: number) {
  const { kernel, vector } = bound;
  const operations = 2 * kernel.madds * factor;
  const vectorSeconds = operations / (device.float32Tflops * 1e12);
  if (vector) {
    const rate = at(bound.efficiency) * (bound.channelsLastVector ? at(CHANNELS_LAST_DEPTHWISE) : 1);
    return { compute: vectorSeconds / rate, occupancy: 1 };
  }
  // Without matrix units, libraries keep 16-bit operands and compute in whichever width is faster.
  const matrix = kernel.half
    ? (device.tensorFloat16Tflops ?? Math.max(device.float16Tflops ?? 0, device.float32Tflops))
    : null;
  const occupancy = fill(kernel, factor, device);
  let penalty =
    bound.depth < 0
      ? 1
      : (1 + at(bound.depth) / kernel.depth) * (1 + at(bound.width) / Math.max(kernel.width, NARROWEST));
  if (bound.attention) penalty = 1 + at(HALF_TOKENS) / kernel.rows;
  if (bound.misaligned) penalty *= at(MISALIGNED);
  const rate = (matrix ?? device.float32Tflops) * 1e12 * at(bound.efficiency) * occupancy;
  const compute = (operations / rate) * penalty;
  // Groups too thin for matrix units run as depthwise convolutions do.
  if (kernel.class === 'groupedConv') {
    const thin = vectorSeconds / at(VECTOR_EFFICIENCY);
    if (thin < compute) return { compute: thin, occupancy: 1 };
  }
  return { compute, occupancy };
}

/** Bytes that memory serves, cached ones at their lower price: a cache keeps what fits of the tensor read next. */
function cachedBytes(bytes: number, cache: number): number {
  if (bytes === 0) return 0;
  const hit = cache / (cache + bytes);
  return bytes * (1 - hit + hit / CACHE_SPEEDUP);
}

function isConvolution(name: KernelClass): boolean {
  return name.toLowerCase().endsWith('conv');
}
