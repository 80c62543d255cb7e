import { fitLatency, type LatencyFit, type Observation, workloadSeconds } from '../../src/core/analysis/latency/fit.js';
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
export function fitServer(kernels: readonly SingleKernel[], expected?: Float64Array, start?: LatencyFit): LatencyFit {
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
    expected,
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

export interface ServerJudgement {
  readonly full: LatencyFit;
  /** By device: what all others say of it. */
  readonly without: ReadonlyMap<string, { readonly fit: LatencyFit; readonly judged: readonly JudgedKernel[] }>;
  readonly judgedAlone: readonly JudgedKernel[];
}

/** Each device judged by the others; those judged alone by all that are fitted. */
export function judgeServer({ fitted, judgedAlone }: ServerTables, expected?: Float64Array): ServerJudgement {
  const full = fitServer(fitted, expected);
  const devices = [...new Set(fitted.map(({ device }) => device.id))];
  const without = new Map(
    devices.map((id) => {
      const fit = fitServer(
        fitted.filter(({ device }) => device.id !== id),
        expected,
        full,
      );
      return [
        id,
        {
          fit,
          judged: estimateAll(
            fitted.filter(({ device }) => device.id === id),
            fit.shared,
          ),
        },
      ] as const;
    }),
  );
  return { full, without, judgedAlone: estimateAll(judgedAlone, full.shared) };
}
