import { bindKernel, kernelTime } from '../../src/core/analysis/latency/kernel-time.js';
import { LATENCY_PARAMETERS, parameterIndex } from '../../src/core/analysis/latency/parameters.js';
import { median } from '../../src/core/statistics/quantile.js';
import { grouped } from './groups.js';
import type { SingleKernel } from './single-kernels.js';

const FULL_RATE = parameterIndex('fullRate');
/** Shorter calls tell of launches. */
const LEAST_SECONDS = 1e-4;

/**
 * Constants of GeForce cards, whose matrix units sum in 32 bits at half their rate, completed for cards of full rate: the
 * share of it at which they foretell Vidur's linear layers on server GPUs that were fitted. No desktop card of full rate
 * was; the median over devices is taken.
 */
export function withFullRate(theta: Float64Array, kernels: readonly SingleKernel[]): Float64Array {
  const linears = kernels.filter(({ source, seconds }) => source === 'vidur' && seconds > LEAST_SECONDS);
  const shares = grouped(linears, ({ device }) => device.id).map((own) => shareOf(theta, own));
  const completed = Float64Array.from(theta);
  completed[FULL_RATE] = shares.length === 0 ? 0 : Math.log(median(shares));
  return completed;
}

/** By bisection: the larger the share, the shorter all estimates. */
function shareOf(theta: Float64Array, kernels: readonly SingleKernel[]): number {
  const values = Float64Array.from(LATENCY_PARAMETERS, (_, i) => Math.exp(theta[i] as number));
  const bias = (share: number): number => {
    values[FULL_RATE] = share;
    const logs = kernels.flatMap(({ kernels: [first], device, reuse, seconds }) => {
      if (first === undefined) return [];
      const time = kernelTime(bindKernel(first.kernel, { device, reuse }), values);
      // What memory or launches bind tells nothing of the units.
      return time.compute > 2 * time.memory ? [Math.log(seconds / (time.seconds - time.launch))] : [];
    });
    return logs.length === 0 ? 0 : median(logs);
  };
  let [low, high] = [0.3, 1];
  for (let i = 0; i < 20; i++) {
    const middle = (low + high) / 2;
    if (bias(middle) > 0) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}
