import type { LogInterval } from '../../src/core/analysis/latency/profile.js';
import { quantile } from '../../src/core/statistics/quantile.js';
import { studentQuantile } from '../../src/core/statistics/student-t.js';

/** Logarithms of measured over estimated times of one device (or family) that its fit never saw. */
export type Residuals = readonly number[];

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

/** What sets a device apart from all that were fitted. */
export interface Distance {
  /** None of its architecture was. */
  readonly architecture: boolean;
  /** It is short of power: its clock is not known (see isShortOfPower). */
  readonly power: boolean;
}

export interface Bias extends Distance {
  readonly value: number;
}

/** How much larger biases are at a distance. */
export type Scale = (distance: Distance) => number;

/** Ratios of the biases' root mean squares, devices left out alone, with their architecture, and short of power; none below 1. */
export function scaleOf(biases: readonly Bias[]): Scale {
  const rms = (keep: (bias: Bias) => boolean) => {
    const kept = biases.filter(keep);
    return kept.length < 2 ? Number.NaN : Math.sqrt(kept.reduce((sum, { value }) => sum + value ** 2, 0) / kept.length);
  };
  const ratio = (far: number, near: number) => Math.max(1, far / near || 1);
  const apart = rms(({ architecture, power }) => architecture && !power);
  const byArchitecture = ratio(
    apart,
    rms(({ architecture, power }) => !architecture && !power),
  );
  const byPower = ratio(
    rms(({ architecture, power }) => architecture && power),
    apart,
  );
  return ({ architecture, power }) => (architecture ? byArchitecture : 1) * (power ? byPower : 1);
}

/**
 * The same for a device never timed. Its residuals are its own bias plus what strays about it; both are exchangeable with
 * those of devices that were left out, so every bias is paired with every deviation (hierarchical conformal prediction,
 * Dunn, Wasserman and Ramdas 2022, arXiv 1809.07441, "pooling CDFs"). Biases are first divided by what their distance
 * makes of them and multiplied by that of the device asked for (normalised conformal prediction, Papadopoulos, Gammerman
 * and Vovk 2008). A bias counts with both signs: that one card was slower than foretold says nothing of the next.
 */
export function conformalOverDevices(
  biases: readonly Bias[],
  deviations: readonly Residuals[],
  scale: Scale,
  at: Distance,
): LogInterval {
  const factor = ofFew(biases.length) * scale(at);
  const spread = biases.flatMap((bias) => {
    const size = (factor * Math.abs(bias.value)) / scale(bias);
    return [-size, size];
  });
  return conformal(
    (spread.length === 0 ? [0] : spread).flatMap((bias) =>
      deviations.flatMap((group) => group.map((deviation) => bias + deviation)),
    ),
  );
}

/** Few devices show less than the whole spread: what Student's distribution adds to a normal interval about zero, t/z. */
function ofFew(count: number): number {
  const tail = (1 - COVERAGE) / 2;
  return count === 0 ? 1 : studentQuantile(tail, count) / studentQuantile(tail, 1e6);
}

/** 90 % half-width of biases of one cause, both signs. */
export function halfWidth(biases: Residuals): number {
  if (biases.length === 0) return 0;
  const rms = Math.sqrt(biases.reduce((sum, bias) => sum + bias ** 2, 0) / biases.length);
  return rms * studentQuantile((1 - COVERAGE) / 2, biases.length);
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
