import { architectureOf, type Device } from '../../src/core/analysis/devices/index.js';
import { type LatencyFit, type Observation, workloadSeconds } from '../../src/core/analysis/latency/fit.js';
import type { Fit } from './fit-store.js';
import { aiconfiguratorProducts, neusightKernels, type SingleKernel, vidurProducts } from './single-kernels.js';

/**
 * Devices of the single-kernel tables that are judged only: the L40S and H200 by agreement; the L4 and H100 have no table
 * of 32-bit kernels here; the RTX PRO 6000's die is that of a desktop's card.
 */
const JUDGED_ALONE: ReadonlySet<string> = new Set(['l40s', 'h200-sxm', 'rtx-pro-6000-server']);

/**
 * Not fitted: the P4, whose rate halves over a long kernel (a passive card of 75 W that was too hot), and 8-bit products
 * of TensorRT-LLM, which convert their input in several kernels.
 */
const isOdd = ({ device, op, arithmetic }: SingleKernel): boolean =>
  device.id === 'p4' || (op === 'linear/trtllm' && arithmetic === 'float8');

/** Rows of each device, op and arithmetic that are fitted on; all are judged. */
const FITTED_PRODUCTS = 90;
const FITTED_OTHERS = 12;
/** Single kernels stray further than sums of many. */
const WEIGHT = 0.35;

export interface ServerTables {
  readonly fitted: readonly SingleKernel[];
  readonly judgedAlone: readonly SingleKernel[];
}

export function serverTables(limit = Number.POSITIVE_INFINITY): ServerTables {
  const tables = [neusightKernels(), aiconfiguratorProducts(), vidurProducts()];
  const all = tables.flatMap((table) => (Number.isFinite(limit) ? table.filter((_, i) => i % 40 === 0) : table));
  return {
    fitted: all.filter(({ device }) => !JUDGED_ALONE.has(device.id)),
    judgedAlone: all.filter(({ device }) => JUDGED_ALONE.has(device.id)),
  };
}

export const isProduct = ({ rows, op }: SingleKernel): boolean => rows > 0 && op !== 'conv';

/** Fits server GPUs to single kernels, every device with its own deviation. */
export function fitServer(kernels: readonly SingleKernel[], fitLatency: Fit, start?: LatencyFit): LatencyFit {
  const groups = new Map<string, SingleKernel[]>();
  for (const one of kernels) {
    if (isOdd(one)) continue;
    const key = `${one.device.id} ${one.source} ${one.op} ${one.arithmetic}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const sampled = [...groups.values()].flatMap((group) => {
    const size = group[0]?.rows ? FITTED_PRODUCTS : FITTED_OTHERS;
    const step = Math.max(1, group.length / size);
    return Array.from({ length: Math.min(size, group.length) }, (_, i) => group[Math.floor(i * step)] as SingleKernel);
  });
  return fitLatency(
    sampled.map((one): Observation => ({ ...one, weight: WEIGHT })),
    start,
  );
}

export interface JudgedKernel {
  readonly one: SingleKernel;
  readonly measured: number;
  readonly estimated: number;
}

export function estimateAll(kernels: readonly SingleKernel[], theta: Float64Array): JudgedKernel[] {
  return kernels.map((one) => ({ one, measured: one.seconds, estimated: workloadSeconds(one, one.device, theta) }));
}

interface LeftOut {
  readonly fit: LatencyFit;
  readonly judged: readonly JudgedKernel[];
}

export interface ServerJudgement {
  readonly full: LatencyFit;
  /** Those that were fitted. */
  readonly devices: readonly Device[];
  /** By device: what all others say of it. */
  readonly without: ReadonlyMap<string, LeftOut>;
  /** By device: what all devices of other architectures say of it. */
  readonly withoutArchitecture: ReadonlyMap<string, LeftOut>;
  /** By device and arithmetic: what its constants say of an arithmetic that only other devices were timed in. */
  readonly withoutArithmetic: ReadonlyMap<string, readonly JudgedKernel[]>;
  readonly judgedAlone: readonly JudgedKernel[];
}

/** Each device judged by the others; those judged alone by all that are fitted. */
export function judgeServer({ fitted, judgedAlone }: ServerTables, fitLatency: Fit): ServerJudgement {
  const full = fitServer(fitted, fitLatency);
  const devices = new Map(fitted.map(({ device }) => [device.id, device]));
  const fits = new Map<string, LatencyFit>();
  /** Judges a device by a fit without those that `leaves` names; equal sets are fitted once. */
  const leftOut = (device: Device, leaves: (other: Device) => boolean): LeftOut => {
    const key = [...devices.values()].flatMap((other) => (leaves(other) ? other.id : [])).join();
    const fit =
      fits.get(key) ??
      fitServer(
        fitted.filter((one) => !leaves(one.device)),
        fitLatency,
        full,
      );
    fits.set(key, fit);
    return {
      fit,
      judged: estimateAll(
        fitted.filter((one) => one.device.id === device.id),
        fit.shared,
      ),
    };
  };
  const judgeEach = (leaves: (device: Device, other: Device) => boolean) =>
    new Map([...devices].map(([id, device]) => [id, leftOut(device, (other) => leaves(device, other))]));
  return {
    full,
    devices: [...new Set(fitted.filter((one) => !isOdd(one)).map(({ device }) => device))],
    without: judgeEach((device, other) => other.id === device.id),
    withoutArchitecture: judgeEach((device, other) => architectureOf(other) === architectureOf(device)),
    withoutArithmetic: judgeArithmetics(fitted, full, fitLatency),
    judgedAlone: estimateAll(judgedAlone, full.shared),
  };
}

function judgeArithmetics(fitted: readonly SingleKernel[], full: LatencyFit, fitLatency: Fit) {
  const products = fitted.filter((one) => isProduct(one) && !isOdd(one));
  const found = new Map<string, JudgedKernel[]>();
  for (const id of new Set(products.map(({ device }) => device.id))) {
    const own = products.filter(({ device }) => device.id === id);
    const arithmetics = [...new Set(own.map(({ arithmetic }) => arithmetic))];
    for (const left of arithmetics.length > 1 ? arithmetics : []) {
      const isLeft = ({ device, arithmetic }: SingleKernel) => device.id === id && arithmetic === left;
      const fit = fitServer(
        fitted.filter((one) => !isLeft(one)),
        fitLatency,
        full,
      );
      found.set(`${id} ${left}`, estimateAll(own.filter(isLeft), fit.byDevice.get(id) as Float64Array));
    }
  }
  return found;
}
