import { leastSquares } from '../../statistics/least-squares.js';
import { nonNegativeLeastSquares } from '../../statistics/non-negative-least-squares.js';
import { mean, quantileOfSorted } from '../../statistics/quantile.js';
import { studentQuantile } from '../../statistics/student-t.js';
import type { Precision } from '../latency/index.js';
import type { ExecutionModel } from '../result.js';

/** A run whose energy was measured. Totals of the run, not of an image. */
export interface EnergyObservation {
  /** Model or microbenchmark; all runs of one are held out together. */
  readonly model: string;
  readonly flops: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly joules: number;
}

export const ENERGY_PROFILE_SCHEMA = 'archmeter/energy-profile@1';

/** E = flops·ε_flop + bytes·ε_byte + π₀·T, fitted to measured runs of one device. Plain JSON. */
export interface EnergyProfile {
  readonly schema: typeof ENERGY_PROFILE_SCHEMA;
  readonly device: string;
  /** What ran, and how: the constants stand for this alone. */
  readonly runtime: string;
  readonly precision: Precision;
  readonly execution: ExecutionModel;
  readonly source: string;
  readonly joulesPerFlop: number;
  readonly joulesPerByte: number;
  readonly staticWatts: number;
  /** 95 % interval of each constant; one that reaches down to 0 was not told apart from the others. */
  readonly ranges?: Readonly<Record<EnergyConstant, { readonly low: number; readonly high: number }>>;
  readonly observations: number;
  /** Each workload's runs judged by a fit to the others; null where one alone was measured. */
  readonly heldOut: {
    readonly median: number;
    readonly p90: number;
    readonly logLow: number;
    readonly logHigh: number;
  } | null;
}

export const ENERGY_CONSTANTS = ['joulesPerFlop', 'joulesPerByte', 'staticWatts'] as const;
export type EnergyConstant = (typeof ENERGY_CONSTANTS)[number];

type Coefficients = Pick<EnergyProfile, EnergyConstant>;

/**
 * Non-negative least squares of relative errors (a small model counts as much as a large one), the form of Choi et al.,
 * "A roofline model of energy", IPDPS 2013, equation 2.
 */
export function fitEnergy(observations: readonly EnergyObservation[]): Coefficients {
  const { coefficients } = nonNegativeLeastSquares(
    observations.map(sharesOf),
    observations.map(() => 1),
  );
  const [joulesPerFlop = 0, joulesPerByte = 0, staticWatts = 0] = coefficients;
  return { joulesPerFlop, joulesPerByte, staticWatts };
}

/** What each constant is multiplied by to give a share of the energy. */
const sharesOf = ({ flops, bytes, seconds, joules }: EnergyObservation): number[] => [
  flops / joules,
  bytes / joules,
  seconds / joules,
];

export function energyOf(
  { joulesPerFlop, joulesPerByte, staticWatts }: Coefficients,
  work: Pick<EnergyObservation, 'flops' | 'bytes' | 'seconds'>,
): { readonly computeJoules: number; readonly memoryJoules: number; readonly staticJoules: number } {
  return {
    computeJoules: work.flops * joulesPerFlop,
    memoryJoules: work.bytes * joulesPerByte,
    staticJoules: work.seconds * staticWatts,
  };
}

/** Fits a profile and judges it model by model. */
export function calibrateEnergy(
  observations: readonly EnergyObservation[],
  described: Pick<EnergyProfile, 'device' | 'runtime' | 'precision' | 'execution' | 'source'>,
): EnergyProfile {
  const models = [...new Set(observations.map(({ model }) => model))];
  const logs: number[] = [];
  for (const model of models.length > 1 ? models : []) {
    const fit = fitEnergy(observations.filter((one) => one.model !== model));
    for (const one of observations.filter((other) => other.model === model)) {
      const { computeJoules, memoryJoules, staticJoules } = energyOf(fit, one);
      logs.push(Math.log(one.joules / (computeJoules + memoryJoules + staticJoules)));
    }
  }
  const errors = logs.map((log) => Math.abs(Math.exp(-log) - 1)).sort((a, b) => a - b);
  logs.sort((a, b) => a - b);
  const constants = fitEnergy(observations);
  const ranges = rangesOf(constants, observations, models);
  return {
    schema: ENERGY_PROFILE_SCHEMA,
    ...described,
    ...constants,
    ...(ranges === undefined ? {} : { ranges }),
    observations: observations.length,
    heldOut:
      logs.length === 0
        ? null
        : {
            median: quantileOfSorted(errors, 0.5),
            p90: quantileOfSorted(errors, 0.9),
            logLow: quantileOfSorted(logs, 0.05),
            logHigh: quantileOfSorted(logs, 0.95),
          },
  };
}

/**
 * Intervals by the jackknife (Tukey 1958; Efron and Stein, "The jackknife estimate of variance", Annals of Statistics 9,
 * 1981): what becomes of each constant when one workload is left out shows its error, that of the model included. Student's
 * distribution has as many degrees of freedom as there are workloads beyond the constants; none, no interval. Fits are free
 * to turn negative here: where constants go together, one held at 0 would make the other look sure.
 */
function rangesOf(
  constants: Coefficients,
  observations: readonly EnergyObservation[],
  models: readonly string[],
): EnergyProfile['ranges'] {
  const degrees = models.length - ENERGY_CONSTANTS.length;
  if (degrees < 1) return undefined;
  const whole = freeFit(observations);
  const parts = models.map((model) => freeFit(observations.filter((one) => one.model !== model)));
  const reach = studentQuantile(0.025, degrees);
  const range = (name: EnergyConstant, place: number): Range => {
    const values = parts.map((fit) => fit?.[place] ?? Number.NaN);
    const center = mean(values);
    const spread = values.reduce((sum, value) => sum + (value - center) ** 2, 0);
    const half = reach * Math.sqrt(((models.length - 1) / models.length) * spread);
    const best = whole?.[place] ?? Number.NaN;
    // Of workloads that cannot tell at all: no constant takes more than all the energy of any.
    if (!Number.isFinite(best + half))
      return { low: 0, high: 1 / Math.max(...observations.map((one) => sharesOf(one)[place] as number)) };
    const value = constants[name];
    return { low: Math.max(0, Math.min(value, best - half)), high: Math.max(value, best + half) };
  };
  const [joulesPerFlop, joulesPerByte, staticWatts] = ENERGY_CONSTANTS.map(range) as [Range, Range, Range];
  return { joulesPerFlop, joulesPerByte, staticWatts };
}

/** Least squares that may turn negative, in the order of the constants; undefined where they go together. */
function freeFit(observations: readonly EnergyObservation[]): number[] | undefined {
  const rows = observations.map(sharesOf);
  const scales = ENERGY_CONSTANTS.map((_, j) => Math.hypot(...rows.map((row) => row[j] as number)));
  const columns = scales.map((scale, j) => Float64Array.from(rows, (row) => (row[j] as number) / scale));
  const fit = leastSquares(
    columns,
    rows.map(() => 1),
  );
  return fit?.map((value, j) => value / (scales[j] as number));
}

type Range = { readonly low: number; readonly high: number };

/** Constants that the runs did not tell apart from the others. */
export const unseparated = ({ ranges }: Pick<EnergyProfile, 'ranges'>): EnergyConstant[] =>
  ranges === undefined ? [] : ENERGY_CONSTANTS.filter((name) => ranges[name].low === 0);
