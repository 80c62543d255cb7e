import { type Residual, robustLeastSquares } from '../../statistics/robust-least-squares.js';
import type { Device } from '../devices/device.js';
import type { Kernel } from './kernel.js';
import { type BoundKernel, bindKernel, kernelTime } from './kernel-time.js';
import { LATENCY_PARAMETERS, typicalParameters } from './parameters.js';

export interface CountedKernel {
  readonly kernel: Kernel;
  readonly count: number;
}

/** Kernels of a model, equal ones counted. */
export interface Workload {
  readonly kernels: readonly CountedKernel[];
  /** How many times the kernels' own batch is run at once. */
  readonly batch: number;
  /** Bytes moved until weights are read again (see kernelTime); default: they are never found in a cache. */
  readonly reuse?: number;
}

/** A workload that was timed. */
export interface Observation extends Workload {
  readonly device: Device;
  /** Of the whole batch. */
  readonly seconds: number;
  /** Observations of one key share their constants; default: the device's id. */
  readonly key?: string;
  /** How much it counts; default 1. */
  readonly weight?: number;
}

/** Relative deviation that good models of kernels leave (unmodelled algorithm choices), the unit of residuals. */
const DEVIATION = 0.08;
/** How far devices of one kind stray from what they share, as a part of each parameter's spread. */
const DEVICE_SPREAD = 0.4;

/** Equal kernels joined. */
export function countKernels(kernels: readonly Kernel[]): Workload['kernels'] {
  const found = new Map<string, { kernel: Kernel; count: number }>();
  for (const kernel of kernels) {
    const key = JSON.stringify({ ...kernel, node: 0 });
    const entry = found.get(key);
    if (entry === undefined) found.set(key, { kernel, count: 1 });
    else entry.count++;
  }
  return [...found.values()];
}

/** Seconds of a workload. `theta` holds logarithms of the parameters. */
export function workloadSeconds({ kernels, batch, reuse }: Workload, device: Device, theta: ArrayLike<number>): number {
  const values = Float64Array.from(theta, Math.exp);
  let seconds = 0;
  for (const { kernel, count } of kernels)
    seconds += count * kernelTime(bindKernel(kernel, { device, batch, reuse }), values).seconds;
  return seconds;
}

export interface LatencyFit {
  /** What devices share: logarithms, in the order of LATENCY_PARAMETERS. */
  readonly shared: Float64Array;
  /** By key. */
  readonly byDevice: ReadonlyMap<string, Float64Array>;
}

/**
 * Fits what devices share and how each strays from it, to logarithms of times.
 *
 * @param expected logarithms of what the parameters are taken to be where no observation tells; default: typical ones
 */
export function fitLatency(
  observations: readonly Observation[],
  start?: LatencyFit,
  expected: ArrayLike<number> = typicalParameters(),
): LatencyFit {
  const size = LATENCY_PARAMETERS.length;
  const keyOf = ({ key, device }: Pick<Observation, 'key' | 'device'>) => key ?? device.id;
  const devices = [...new Set(observations.map(keyOf))];
  const blocks = 1 + devices.length;
  const center = new Float64Array(size * blocks);
  const spread = new Float64Array(size * blocks);
  center.set(Array.from(expected));
  for (let block = 0; block < blocks; block++) {
    LATENCY_PARAMETERS.forEach((parameter, i) => {
      spread[block * size + i] = parameter.spread * (block === 0 ? 1 : DEVICE_SPREAD);
    });
  }
  const begin = Float64Array.from(center);
  if (start !== undefined) {
    begin.set(start.shared);
    devices.forEach((id, i) => {
      const own = start.byDevice.get(id);
      if (own !== undefined)
        begin.set(
          own.map((value, k) => value - (start.shared[k] as number)),
          (i + 1) * size,
        );
    });
  }
  const thetaOf = (all: ArrayLike<number>, block: number) =>
    Float64Array.from({ length: size }, (_, i) => (all[i] as number) + (all[block * size + i] as number));
  const bound = observations.map((observation) => ({
    ...observation,
    kernels: observation.kernels.map(({ kernel, count }) => ({ kernel: bindKernel(kernel, observation), count })),
  }));
  const evaluate = (all: Float64Array, withSlopes: boolean): Residual[] => {
    const values = devices.map((_, i) => thetaOf(all, i + 1).map(Math.exp));
    return bound.map((observation) => {
      const block = devices.indexOf(keyOf(observation)) + 1;
      return residualOf(observation, values[block - 1] as Float64Array, block, blocks, withSlopes);
    });
  };
  const all = robustLeastSquares(evaluate, { center, spread, start: begin, tolerance: 1e-4 });
  return {
    shared: all.slice(0, size),
    byDevice: new Map(devices.map((id, i) => [id, thetaOf(all, i + 1)])),
  };
}

const STEP = 1e-4;

interface BoundObservation extends Omit<Observation, 'kernels'> {
  readonly kernels: readonly { readonly kernel: BoundKernel; readonly count: number }[];
}

function residualOf(
  { kernels, seconds, weight = 1 }: BoundObservation,
  values: Float64Array,
  block: number,
  blocks: number,
  withSlopes: boolean,
): Residual {
  const size = values.length;
  const slopes = new Float64Array(withSlopes ? size * blocks : 0);
  const grow = Math.exp(STEP);
  const scale = weight / DEVIATION;
  let total = 0;
  for (const { kernel, count } of kernels) {
    const time = kernelTime(kernel, values).seconds;
    total += count * time;
    if (!withSlopes) continue;
    for (const i of kernel.parameters) {
      const held = values[i] as number;
      values[i] = held * grow;
      const moved = kernelTime(kernel, values).seconds;
      values[i] = held;
      slopes[i] = (slopes[i] as number) + (count * (moved - time)) / STEP;
    }
  }
  if (withSlopes) {
    for (let i = 0; i < size; i++) {
      const slope = ((slopes[i] as number) / total) * scale;
      slopes[i] = slope;
      slopes[block * size + i] = slope;
    }
  }
  return { value: Math.log(total / seconds) * scale, slopes };
}
