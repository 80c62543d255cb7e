import type { ExecutionModel } from '../result.js';

/** How a run's kernels are started: one by one by a program, or replayed as one graph (CUDA graphs). */
export type Launch = 'host' | 'graph';

/** Microseconds that a host takes to start a kernel: the median over hosts, and their 5th and 95th percentile. */
export interface HostTime {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Least times of calls of PyTorch's smallest kernels on the hosts of seven GPUs, 91 of them: what is shorter on the
 * device is hidden (NeuSight, scripts/asplos/data/dataset*; fixtures/reference/latency/neusight-hosts). A test keeps
 * these its quantiles.
 */
const EAGER: HostTime = { median: 26, low: 13, high: 49 };

/**
 * Compiled programs start kernels without the framework's dispatcher. No table tells how fast: taken as a quarter of
 * eager calls, which is about what a bare launch takes.
 */
const COMPILED_SHARE = 0.25;

export function hostTime(execution: ExecutionModel, launch: Launch): HostTime {
  if (launch === 'graph') return { median: 0, low: 0, high: 0 };
  if (execution === 'eager') return EAGER;
  const { median, low, high } = EAGER;
  return { median: COMPILED_SHARE * median, low: COMPILED_SHARE * low, high: COMPILED_SHARE * high };
}
