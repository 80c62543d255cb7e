import type { ArmMeasurement, Energy, RawSample, TimingMethod } from '../../core/measurement.js';
import type { Executable } from '../define-runtime.js';
import type { MeasurementFailure } from './failure.js';
import type { ArmCounts, BenchmarkArm } from './options.js';

export type Clock = 'wall' | 'device';

/** Milliseconds for one run of the graph, by clock; `device` stays empty where there is no device clock. */
export interface Samples {
  readonly wall: number[];
  readonly device: number[];
  /** Round of each sample. */
  readonly rounds: number[];
}

/** How many dispatches a sample of an arm takes, and how they are reduced. */
export type SamplePlan = Pick<TimingMethod, 'iterations' | 'differenced' | 'overheadMs'>;

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
  readonly hot: Samples;
  readonly cold: Samples;
  /** Samples of the warm-up, for the flatness test. */
  readonly warmUp: number[];
  warmUpFlat: boolean;
  checkBefore?: number;
  checkAfter?: number;
  layers?: ArmMeasurement['layers'];
  energy?: Energy;
  /** All stages passed. */
  complete: boolean;
}

export const emptySamples = (): Samples => ({ wall: [], device: [], rounds: [] });

export function newRun(arm: BenchmarkArm, counts: ArmCounts, isControl: boolean): ArmRun {
  return {
    arm,
    counts,
    isControl,
    raw: [],
    hot: emptySamples(),
    cold: emptySamples(),
    warmUp: [],
    warmUpFlat: false,
    complete: false,
  };
}

/** Samples of a round, by clock. */
export function samplesByRound(samples: Samples, clock: Clock): Map<number, number[]> {
  const byRound = new Map<number, number[]>();
  samples[clock].forEach((value, i) => {
    const round = samples.rounds[i] as number;
    const list = byRound.get(round);
    if (list === undefined) byRound.set(round, [value]);
    else list.push(value);
  });
  return byRound;
}
