import type { ArmMeasurement, CheckedAgainst, Energy, RawSample, TimedSource } from '../../core/measurement.js';
import type { Executable, Timing } from '../define-runtime.js';
import type { MeasurementFailure } from './failure.js';
import type { ArmCounts, BenchmarkArm } from './options.js';

export type Clock = 'wall' | 'device';

/** Calls that make one sample: N dispatches, and 2N where the fixed cost of a call must be cancelled. */
export interface SampleCalls {
  readonly round: number;
  readonly single: Timing;
  readonly double?: Timing;
}

/** How many dispatches a sample of an arm takes. */
export interface SamplePlan {
  readonly iterations: number;
  /** Times 2N dispatches too. */
  readonly paired: boolean;
}

/** An arm while it is measured. */
export interface ArmRun {
  readonly arm: BenchmarkArm;
  readonly counts: ArmCounts;
  /** The second copy of the first arm. */
  readonly isControl: boolean;
  executable?: Executable;
  failure?: MeasurementFailure;
  plan?: SamplePlan;
  readonly raw: RawSample[];
  readonly hot: SampleCalls[];
  readonly cold: SampleCalls[];
  /** Samples of the warm-up, for the flatness test. */
  readonly warmUp: number[];
  warmUpFlat: boolean;
  checkBefore?: number;
  checkAfter?: number;
  /** What is timed of the arm's file. */
  source?: TimedSource;
  rebuiltBecause?: string;
  checkedAgainst?: CheckedAgainst;
  /** Where a file's own element type allows more than the settings. */
  checkTolerance?: number;
  /** Why the outputs could not be compared with the reference. */
  unchecked?: string;
  layers?: ArmMeasurement['layers'];
  layersUnavailable?: string;
  energy?: Energy;
  /** All stages passed. */
  complete: boolean;
}

export function newRun(arm: BenchmarkArm, counts: ArmCounts, isControl: boolean): ArmRun {
  return {
    arm,
    counts,
    isControl,
    raw: [],
    hot: [],
    cold: [],
    warmUp: [],
    warmUpFlat: false,
    complete: false,
  };
}

/** Milliseconds of a timing on a clock; NaN where the device has none. */
export const read = (timing: Timing, clock: Clock): number =>
  clock === 'device' ? (timing.deviceMs ?? Number.NaN) : timing.wallMs;
