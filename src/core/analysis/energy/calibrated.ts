import { nonNegativeLeastSquares } from '../../statistics/non-negative-least-squares.js';
import { quantileOfSorted } from '../../statistics/quantile.js';
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
  readonly observations: number;
  /** Each workload's runs judged by a fit to the others; null where one alone was measured. */
  readonly heldOut: {
    readonly median: number;
    readonly p90: number;
    readonly logLow: number;
    readonly logHigh: number;
  } | null;
}

type Coefficients = Pick<EnergyProfile, 'joulesPerFlop' | 'joulesPerByte' | 'staticWatts'>;

/**
 * Non-negative least squares of relative errors (a small model counts as much as a large one), the form of Choi et al.,
 * "A roofline model of energy", IPDPS 2013, equation 2.
 */
export function fitEnergy(observations: readonly EnergyObservation[]): Coefficients {
  const { coefficients } = nonNegativeLeastSquares(
    observations.map(({ flops, bytes, seconds, joules }) => [flops / joules, bytes / joules, seconds / joules]),
    observations.map(() => 1),
  );
  const [joulesPerFlop = 0, joulesPerByte = 0, staticWatts = 0] = coefficients;
  return { joulesPerFlop, joulesPerByte, staticWatts };
}

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
  return {
    schema: ENERGY_PROFILE_SCHEMA,
    ...described,
    ...fitEnergy(observations),
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
