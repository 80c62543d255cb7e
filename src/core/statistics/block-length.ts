import { mean, median } from './quantile.js';

/**
 * Length of blocks for the circular block bootstrap of the mean of a stationary series: Politis and White, "Automatic
 * block-length selection for the dependent bootstrap" (2004), as corrected by Patton, Politis and White (2009).
 * At least 1, at most a third of the series.
 */
export function blockLength(series: ArrayLike<number>): number {
  const count = series.length;
  if (count < 9) return 1;
  const center = mean(series);
  const covariance = (lag: number): number => {
    let sum = 0;
    for (let i = 0; i + lag < count; i++)
      sum += ((series[i] as number) - center) * ((series[i + lag] as number) - center);
    return sum / count;
  };
  const power = covariance(0);
  if (power === 0) return 1;

  const insignificant = 2 * Math.sqrt(Math.log10(count) / count);
  const run = Math.max(5, Math.ceil(Math.sqrt(Math.log10(count))));
  const longest = Math.ceil(Math.sqrt(count)) + run;
  const covariances = [power];
  let quiet = 0;
  let lastLoud = 0;
  for (let lag = 1; lag <= Math.min(longest, count - 1) && quiet < run; lag++) {
    covariances.push(covariance(lag));
    if (Math.abs((covariances[lag] as number) / power) >= insignificant) {
      quiet = 0;
      lastLoud = lag;
    } else quiet++;
  }
  if (lastLoud === 0) return 1;

  // The flat-top lag window of Politis and Romano (1995).
  const bandwidth = Math.min(2 * lastLoud, longest);
  let slope = 0;
  let spectrum = power;
  for (let lag = 1; lag <= bandwidth; lag++) {
    const weight = Math.min(1, 2 * (1 - lag / bandwidth));
    const value = covariances[lag] ?? covariance(Math.min(lag, count - 1));
    slope += 2 * weight * lag * value;
    spectrum += 2 * weight * value;
  }
  const denominator = (4 / 3) * spectrum ** 2;
  if (denominator === 0) return 1;
  const length = ((2 * slope ** 2 * count) / denominator) ** (1 / 3);
  return Math.max(1, Math.min(Math.round(length), Math.ceil(Math.min(3 * Math.sqrt(count), count / 3))));
}

/**
 * Length of blocks for the bootstrap of the median: that of the mean of sign(x - median), which is the median's
 * influence function (Hampel 1974). Outliers do not move it.
 */
export function blockLengthForMedian(series: ArrayLike<number>): number {
  const center = median(series);
  return blockLength(Float64Array.from(series, (value) => Math.sign(value - center)));
}
