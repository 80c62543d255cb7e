import { analyze } from '../../core/analysis/analyze.js';
import type { Graph } from '../../core/ir/graph.js';
import type { ArmMeasurement, CheckedAgainst, Energy, RawSample, TimedSource } from '../../core/measurement.js';
import type { Executable, Timing } from '../define-runtime.js';
import { failureOf, type MeasurementFailure } from './failure.js';
import type { ArmCounts, BenchmarkArm } from './options.js';

export type Clock = 'wall' | 'device';

/** Calls that make one sample: N dispatches, and 2N where the fixed cost of a call must be cancelled. */
export interface SampleCalls {
  /** Which preparation of the model, from 0. */
  readonly copy: number;
  readonly round: number;
  readonly single: Timing;
  readonly double?: Timing;
  /** When it began and ended, in ms since the Unix epoch. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** How many dispatches a sample of an arm takes. */
export interface SamplePlan {
  readonly iterations: number;
  /** Times 2N dispatches too. */
  readonly paired: boolean;
}

/** How outputs agreed with the reference. */
export interface OutputCheck {
  readonly before?: number;
  readonly after?: number;
  readonly against?: CheckedAgainst;
  /** Where a file's own element type allows more than the settings. */
  readonly tolerance?: number;
  /** Why the outputs could not be compared with the reference. */
  readonly unchecked?: string;
}

/** What is known of an arm after a stage; the next stage gives a new one. */
export interface Arm {
  readonly spec: BenchmarkArm;
  readonly counts: ArmCounts;
  readonly failure?: MeasurementFailure;
  readonly plan?: SamplePlan;
  /** What is timed of the arm's file, and why it was built anew. */
  readonly source?: TimedSource;
  readonly rebuiltBecause?: string;
  readonly check: OutputCheck;
  /** Samples of the first warm-up, for the flatness test. */
  readonly warmUp: readonly number[];
  readonly warmUpFlat: boolean;
  readonly hot: readonly SampleCalls[];
  readonly cold: readonly SampleCalls[];
  /** Hot samples left out since the device's clock had fallen. */
  readonly slowClockSamples: number;
  readonly layers?: ArmMeasurement['layers'];
  readonly layersUnavailable?: string;
  readonly energy?: Energy;
  /** All stages passed. */
  readonly complete: boolean;
  /** Every call that was timed, in order: a log that grows. */
  readonly raw: RawSample[];
}

/** Arms ready to run, all of one preparation, by name. */
export interface Copy {
  readonly index: number;
  readonly executables: ReadonlyMap<string, Executable>;
}

export const nameOf = ({ spec }: Arm): string => spec.name;

export const isAlive = ({ failure }: Arm): boolean => failure === undefined;

export function newArms(specs: readonly BenchmarkArm[]): Arm[] {
  const known = new Map<Graph, ArmCounts>();
  const countsOf = (graph: Graph): ArmCounts => {
    let counts = known.get(graph);
    if (counts === undefined) {
      const { madds, flops, fused } = analyze(graph).totals;
      counts = { madds, flops, fusedBytes: fused.readBytes + fused.writeBytes };
      known.set(graph, counts);
    }
    return counts;
  };
  return specs.map((spec) => ({
    spec,
    counts: spec.counts ?? countsOf(spec.graph),
    check: {},
    warmUp: [],
    warmUpFlat: false,
    hot: [],
    cold: [],
    slowClockSamples: 0,
    complete: false,
    raw: [],
  }));
}

/** One step of an arm: what it finds is added; what it throws becomes the arm's failure, and the other arms go on. */
export async function attempt(arm: Arm, doing: string, step: () => Promise<Partial<Arm>>): Promise<Arm> {
  if (arm.failure !== undefined) return arm;
  try {
    return { ...arm, ...(await step()) };
  } catch (error) {
    return { ...arm, failure: failureOf(error, doing) };
  }
}

/** Milliseconds of a timing on a clock; NaN where the device has none. */
export const read = (timing: Timing, clock: Clock): number =>
  clock === 'device' ? (timing.deviceMs ?? Number.NaN) : timing.wallMs;

export const clocksOf = (timing: Timing): Clock[] => (timing.deviceMs === undefined ? ['wall'] : ['wall', 'device']);
