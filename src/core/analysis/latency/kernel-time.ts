import type { KernelClass } from '../../ops/execution.js';
import type { Device } from '../devices/device.js';
import { sustainedFraction } from '../devices/sustained.js';
import { isComputeClass, type Kernel } from './kernel.js';
import { parameterIndex } from './parameters.js';
import { cacheBandwidth, cacheBytes, issueShare, peakRate, type Units } from './rates.js';
import { type Fill, fill } from './tiles.js';

const HALF_DEPTH = parameterIndex('halfDepth');
const HALF_FEATURES = parameterIndex('halfFeatures');
const HALF_TOKENS = parameterIndex('halfTokens');
const HALF_ROW = parameterIndex('halfRow');
const HALF_WIDTH = parameterIndex('halfWidth');
const HALF_GROUP_WIDTH = parameterIndex('halfGroupWidth');
const MISALIGNED = parameterIndex('misaligned');
const OVERLAP = parameterIndex('overlap');
const CACHED = parameterIndex('cached');
const RESIDENT = parameterIndex('resident');
const LAUNCH = parameterIndex('launchMicroseconds');
const STEP = parameterIndex('stepMicroseconds');
const LOAD = parameterIndex('loadMicroseconds');
const CONVERSION = parameterIndex('conversion');
const CHANNELS_LAST_DEPTHWISE = parameterIndex('channelsLastDepthwise');
const WEIGHTS = parameterIndex('traffic.weights');
const VECTOR_EFFICIENCY = parameterIndex('efficiency.depthwiseConv');
const MEMORY = parameterIndex('memory');
const CACHE = parameterIndex('cache');
const REACH = parameterIndex('reach');
const TERM = parameterIndex('termNanoseconds');
const FULL_RATE = parameterIndex('fullRate');
const UNITS: Readonly<Record<Units, number>> = {
  vector: parameterIndex('units.vector'),
  matrix32: parameterIndex('units.matrix32'),
  matrix16: parameterIndex('units.matrix16'),
  matrix8: parameterIndex('units.matrix8'),
};

/** Sums over an image's three colours, 7 x 7 at most, have kernels of their own. */
const IMAGE_DEPTH = 3 * 7 * 7;

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

/** A run of a kernel: on what, how often at once, and what a cache may have kept. */
export interface KernelRun {
  readonly device: Device;
  /** How many times the kernel's own batch is run at once. Default 1. */
  readonly batch?: number | undefined;
  /** Bytes moved until its weights are read again. Default: more than any cache holds. */
  readonly reuse?: number | undefined;
}

/** A kernel on a device: all that no parameter changes, and the places of its parameters; -1 for those it has not. */
export interface BoundKernel {
  readonly kernel: Kernel;
  readonly traffic: number;
  readonly efficiency: number;
  readonly depth: number;
  readonly width: number;
  readonly units: number;
  readonly misaligned: boolean;
  /** Whether its 16-bit products are summed in 32 bits at the units' full rate, as no GeForce does. */
  readonly fullRate: boolean;
  readonly vector: boolean;
  readonly attention: boolean;
  readonly walksRows: boolean;
  /** Whether images are turned to channels last for it, and its result back: matrix units want them so. */
  readonly converts: boolean;
  readonly channelsLastVector: boolean;
  readonly readBytes: number;
  readonly writeBytes: number;
  readonly reuse: number;
  /** How suddenly a growing tensor no longer fits: of GPUs that stream, and of CPUs whose levels hold parts of it. */
  readonly sharpness: number;
  /** Of the whole chip; bytes and bytes a second. */
  readonly cacheBytes: number;
  readonly cacheBandwidth: number;
  readonly bandwidth: number;
  /** Seconds of its operations at the data sheet's peak, on the units of its arithmetic and on the vector units. */
  readonly atPeak: number;
  readonly atVectorPeak: number;
  /** Part of those peaks that the board sustains. */
  readonly sustained: number;
  readonly issueShare: number;
  readonly fill: Fill;
  /** Loads that wait one for the other. */
  readonly loads: number;
  /** All that its time depends on. */
  readonly parameters: readonly number[];
}

/** Threads that a unit keeps in flight, typical of NVIDIA's. */
const THREADS_IN_FLIGHT = 1024;

export function bindKernel(
  kernel: Kernel,
  { device, batch = 1, reuse = Number.POSITIVE_INFINITY }: KernelRun,
): BoundKernel {
  const { class: name, arithmetic } = kernel;
  const factor = kernel.batched ? batch : 1;
  const convolution = isConvolution(name);
  const compute = isComputeClass(name);
  const vector = name === 'depthwiseConv' || name === 'largeDepthwiseConv';
  // Fused attention tiles its heads whatever their sizes.
  const attention = name === 'attention' || name === 'maskedAttention';
  const product = compute && !vector && !attention;
  const { units } = peakRate(device, arithmetic);
  const operations = 2 * kernel.madds * factor;
  const waves = Math.max(1, kernel.threads / ((device.computeUnits ?? 1) * THREADS_IN_FLIGHT));
  const bound = {
    kernel,
    traffic: parameterIndex(`traffic.${name}`),
    efficiency: compute ? parameterIndex(`efficiency.${name}`) : -1,
    depth: product ? (convolution ? HALF_DEPTH : HALF_FEATURES) : -1,
    width: product ? (name === 'groupedConv' ? HALF_GROUP_WIDTH : HALF_WIDTH) : -1,
    units: compute && !vector ? UNITS[units] : -1,
    misaligned:
      product &&
      arithmetic !== 'float32' &&
      ((kernel.depth % 8 !== 0 && kernel.depth > IMAGE_DEPTH) || kernel.width % 8 !== 0),
    fullRate: units === 'matrix16' && device.tensorFloat16AccumulateTflops === device.tensorFloat16Tflops,
    vector,
    attention,
    walksRows: (name === 'normalization' || name === 'softmax') && kernel.depth > 0,
    converts: product && convolution && arithmetic === 'float16' && !kernel.channelsLast,
    channelsLastVector: vector && kernel.channelsLast,
    readBytes: kernel.readBytes * factor,
    writeBytes: kernel.writeBytes * factor,
    reuse,
    sharpness: device.kind === 'cpu' ? 1 : 2,
    cacheBytes: cacheBytes(device),
    cacheBandwidth: cacheBandwidth(device),
    bandwidth: device.memoryBandwidthGbs * 1e9,
    atPeak: operations / peakRate(device, arithmetic).flopsPerSecond,
    atVectorPeak: operations / peakRate(device, 'float32').flopsPerSecond,
    sustained: sustainedFraction(device),
    issueShare: units === 'vector' && product ? issueShare(device) : 1,
    fill: fill(kernel, factor, device),
    loads: device.kind === 'cpu' ? 0 : kernel.serialLoads * factor * waves,
  };
  const parameters = [bound.traffic, CACHED, MEMORY, CACHE];
  parameters.push(kernel.steps > 1 ? STEP : LAUNCH);
  if (kernel.weightBytes > 0) parameters.push(WEIGHTS);
  if (kernel.weightBytes > 0 && Number.isFinite(reuse)) parameters.push(RESIDENT);
  if (compute) parameters.push(bound.efficiency, OVERLAP);
  if (bound.units >= 0) parameters.push(bound.units);
  if (product) parameters.push(bound.depth, bound.width, REACH, TERM);
  if (attention) parameters.push(HALF_TOKENS);
  if (bound.misaligned) parameters.push(MISALIGNED);
  if (bound.walksRows) parameters.push(HALF_ROW);
  if (bound.converts) parameters.push(CONVERSION);
  if (bound.channelsLastVector) parameters.push(CHANNELS_LAST_DEPTHWISE);
  if (bound.loads > 0) parameters.push(LOAD);
  if (name === 'groupedConv') parameters.push(VECTOR_EFFICIENCY);
  return { ...bound, parameters };
}

/**
 * Time of a kernel: launch, then the p-norm of computing at an achievable rate and of moving bytes at that of memory and
 * caches (p → ∞ is the roofline of Williams, Waterman and Patterson, 2009). Whatever the parameters, it computes no faster
 * than the device's sustained peak and moves bytes no faster than its memory and caches.
 *
 * @param values the parameters, in the order of LATENCY_PARAMETERS
 */
export function kernelTime(bound: BoundKernel, values: Float64Array): KernelTime {
  const { kernel } = bound;
  const at = (index: number) => values[index] as number;
  const launch = (kernel.steps > 1 ? kernel.steps * at(STEP) : at(LAUNCH)) * 1e-6;
  let memory = memorySeconds(bound, at);
  if (kernel.madds === 0) {
    const waiting = bound.loads * at(LOAD) * 1e-6;
    return { seconds: Math.max(memory, waiting) + launch, compute: 0, memory, launch, occupancy: 1 };
  }
  const { compute, occupancy } = computeTime(bound, at);
  if (bound.depth >= 0) memory /= Math.min(1, at(REACH) * bound.fill.spread);
  const p = 1 + at(OVERLAP);
  const largest = Math.max(compute, memory);
  const joined = largest === 0 ? 0 : largest * ((compute / largest) ** p + (memory / largest) ** p) ** (1 / p);
  const converted = bound.converts
    ? (at(CONVERSION) * 2 * (bound.readBytes + bound.writeBytes)) / (bound.bandwidth * Math.min(1, at(MEMORY)))
    : 0;
  return { seconds: joined + converted + launch, compute, memory: memory + converted, launch, occupancy };
}

function memorySeconds(bound: BoundKernel, at: (index: number) => number): number {
  const { kernel, bandwidth, readBytes, writeBytes, sharpness } = bound;
  let traffic = at(bound.traffic);
  if (bound.walksRows) traffic *= 1 + at(HALF_ROW) / kernel.depth;
  // A cache is never slower than the memory behind it.
  const fromMemory = at(MEMORY) * bandwidth;
  const fromCache = Math.max(fromMemory, at(CACHE) * bound.cacheBandwidth);
  const seconds = (bytes: number, hit: number, excess: number) =>
    bytes *
    ((1 - hit) * Math.max(1 / bandwidth, excess / fromMemory) +
      hit * Math.max(1 / bound.cacheBandwidth, excess / fromCache));
  const kept = at(CACHED) * bound.cacheBytes;
  let sum =
    seconds(readBytes, cacheHit(readBytes, kept, sharpness), traffic) +
    seconds(writeBytes, cacheHit(writeBytes, kept, sharpness), traffic);
  if (kernel.weightBytes > 0) {
    const hit = Number.isFinite(bound.reuse) ? cacheHit(bound.reuse, at(RESIDENT) * bound.cacheBytes, sharpness) : 0;
    sum += seconds(kernel.weightBytes, hit, at(WEIGHTS));
  }
  return sum;
}

function computeTime(
  bound: BoundKernel,
  at: (index: number) => number,
): { readonly compute: number; readonly occupancy: number } {
  const { kernel, atVectorPeak, sustained } = bound;
  // Power limits what is computed, not the clock: a kernel that leaves units idle is clocked higher.
  if (bound.vector) {
    const rate = at(bound.efficiency) * (bound.channelsLastVector ? at(CHANNELS_LAST_DEPTHWISE) : 1);
    return { compute: atVectorPeak / Math.min(sustained, rate), occupancy: 1 };
  }
  const { occupancy, depth } = bound.fill;
  let penalty = 1 / bound.issueShare;
  if (bound.depth >= 0) {
    penalty *= (1 + at(bound.depth) / kernel.depth) * (1 + at(bound.width) / Math.max(kernel.width, NARROWEST));
  }
  if (bound.attention) penalty = 1 + at(HALF_TOKENS) / kernel.rows;
  if (bound.misaligned) penalty *= Math.max(1, at(MISALIGNED));
  let rate = (at(bound.efficiency) * at(bound.units) * occupancy) / penalty;
  // Units of full rate wait for operands that reach those of half rate in time.
  if (bound.fullRate) rate = at(FULL_RATE) * Math.min(1, rate);
  const compute = Math.max(bound.atPeak / Math.min(sustained, rate), bound.depth < 0 ? 0 : depth * at(TERM) * 1e-9);
  // Groups too thin for matrix units run as depthwise convolutions do.
  if (kernel.class === 'groupedConv') {
    const thin = atVectorPeak / Math.min(sustained, at(VECTOR_EFFICIENCY));
    if (thin < compute) return { compute: thin, occupancy: 1 };
  }
  return { compute, occupancy };
}

/** Part of a tensor that its reader finds in a cache: all where it is small, none where it is much larger. */
function cacheHit(bytes: number, cache: number, sharpness: number): number {
  return cache === 0 ? 0 : 1 / (1 + (bytes / cache) ** sharpness);
}

function isConvolution(name: KernelClass): boolean {
  return name.toLowerCase().endsWith('conv');
}
