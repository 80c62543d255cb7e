import type { DevicePart } from '../devices/index.js';
import type { ExecutionModel } from '../result.js';
import { LATENCY_PARAMETERS } from './parameters.js';
import type { Precision } from './precision.js';

export const PROFILE_SCHEMA = 'archmeter/latency-profile@1';

/** Bounds of log(measured / estimated). */
export interface LogInterval {
  readonly logLow: number;
  readonly logHigh: number;
}

/** 5th and 95th percentile of whole models; `layer`: of single layers, which stray further than sums of many. */
export interface ErrorInterval extends LogInterval {
  readonly layer?: LogInterval;
}

/** Intervals of devices of an architecture that was not timed, of those short of power, and of those that are both. */
export interface FurtherIntervals {
  readonly architecture: ErrorInterval;
  readonly power: ErrorInterval;
  readonly both: ErrorInterval;
}

/** How far estimates strayed from times that the fit had not seen. */
export interface HeldOutError extends ErrorInterval {
  /** What was held out: architectures by family, or whole devices. */
  readonly held: string;
  readonly observations: number;
  /** Absolute, as a part of the measured time. */
  readonly median: number;
  readonly p90: number;
  readonly spearman: number;
  /** Of a profile that stands for devices never timed. */
  readonly further?: FurtherIntervals;
  /** Half-widths that an arithmetic or an execution adds in which no run was timed. Default 0. */
  readonly otherArithmetic?: number;
  readonly otherExecution?: number;
}

/** Constants of the latency model for a runtime on a device, with how well they hold. Plain JSON. */
export interface LatencyProfile {
  readonly schema: typeof PROFILE_SCHEMA;
  readonly id: string;
  /** Id of the device that was timed; null for a profile that stands for devices never timed. */
  readonly device: string | null;
  readonly kind: 'gpu' | 'cpu';
  /** The part of devices that it stands for, where its kind has several. */
  readonly part?: DevicePart;
  /** Of the devices that were timed, where it stands for others. */
  readonly architectures?: readonly string[];
  /** Program that ran the models, with its version. */
  readonly runtime: string;
  readonly precision: Precision;
  /** Others that were timed as well. */
  readonly precisions?: readonly Precision[];
  readonly execution: ExecutionModel;
  /** Whose timings, and how many. */
  readonly source: string;
  /** Batch sizes that were timed, least and most. */
  readonly batches: readonly [number, number];
  /** By name; see LATENCY_PARAMETERS. What is missing takes its typical value. */
  readonly parameters: Readonly<Record<string, number>>;
  /** Time of a run beyond that of its kernels. Default 0. */
  readonly runMilliseconds?: number;
  readonly heldOut: HeldOutError;
}

/** Parameters in the order of LATENCY_PARAMETERS. */
export function profileValues(profile: LatencyProfile): Float64Array {
  return Float64Array.from(LATENCY_PARAMETERS, ({ name, typical }) => profile.parameters[name] ?? typical);
}

/** The other way round; `theta` holds logarithms. */
export function namedParameters(theta: ArrayLike<number>): Record<string, number> {
  return Object.fromEntries(
    LATENCY_PARAMETERS.map(({ name }, i) => [name, Number(Math.exp(theta[i] as number).toPrecision(6))]),
  );
}
