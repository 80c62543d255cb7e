import { quantile } from '../../src/core/statistics/quantile.js';
import { studentQuantile } from '../../src/core/statistics/student-t.js';

/** Logarithms of measured over estimated times of one device (or family) that its fit never saw. */
export type Residuals = readonly number[];

export interface LogInterval {
  readonly logLow: number;
  readonly logHigh: number;
}

const COVERAGE = 0.9;

/**
 * Split conformal prediction (Vovk et al. 2005; Lei et al. 2018, arXiv 1604.04173) for a new member of a group: the
 * quantiles of its predecessors' residuals, with the finite-sample correction (n + 1)/n.
 */
export function conformal(residuals: Residuals): LogInterval {
  const n = residuals.length;
  const tail = Math.max(0, (1 - COVERAGE) / 2 - 1 / (n + 1));
  return { logLow: quantile(residuals, tail), logHigh: quantile(residuals, 1 - tail) };
}

/**
 * The same for a device never timed. Its residuals are its own bias plus what strays about it; both are exchangeable with
 * those of devices that were left out, so every bias is paired with every deviation (hierarchical conformal prediction,
 * Dunn, Wasserman and Ramdas 2022, arXiv 1809.07441, "pooling CDFs").
 */
export function conformalOverDevices(biases: Residuals, deviations: readonly Residuals[]): LogInterval {
  const pooled = ofFew(biases).flatMap((bias) =>
    deviations.flatMap((group) => group.map((deviation) => bias + deviation)),
  );
  return conformal(pooled);
}

/**
 * Few devices show less than the whole spread: biases are drawn apart about their mean by what Student's distribution and
 * the error of the mean add to a normal interval for one device more, √(1 + 1/n)·t/z.
 */
function ofFew(biases: Residuals): Residuals {
  const n = biases.length;
  if (n < 2) return biases;
  const mean = biases.reduce((sum, bias) => sum + bias, 0) / n;
  const tail = (1 - COVERAGE) / 2;
  const factor = (Math.sqrt(1 + 1 / n) * studentQuantile(tail, n - 1)) / studentQuantile(tail, 1e6);
  return biases.map((bias) => mean + factor * (bias - mean));
}

export const biasOf = (residuals: Residuals): number => quantile(residuals, 0.5);

export function deviationsOf(residuals: Residuals): Residuals {
  const bias = biasOf(residuals);
  return residuals.map((residual) => residual - bias);
}

export interface Coverage {
  readonly rows: number;
  readonly inside: number;
  /** High over low, less 1. */
  readonly width: number;
}

export function coverageOf(residuals: Residuals, { logLow, logHigh }: LogInterval): Coverage {
  const inside = residuals.filter((residual) => residual >= logLow && residual <= logHigh).length / residuals.length;
  return { rows: residuals.length, inside, width: Math.exp(logHigh - logLow) - 1 };
}
