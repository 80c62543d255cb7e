import { type Noise, QUIET } from './synthetic-runtime.js';

/** What can go wrong on a machine, each by itself and all at once. */
export const SCENARIOS: Readonly<Record<string, Noise>> = {
  quiet: { ...QUIET, jitter: 0.005, overheadMs: 0.05 },
  'noisy runs': { ...QUIET, jitter: 0.03, overheadMs: 0.05 },
  'thermal drift': { ...QUIET, jitter: 0.01, driftPerSecond: 0.003, overheadMs: 0.05 },
  'bursts of load': {
    ...QUIET,
    jitter: 0.01,
    burstsPerSecond: 0.4,
    burstSeconds: 0.4,
    burstSlowdown: 0.4,
    overheadMs: 0.05,
  },
  outliers: { ...QUIET, jitter: 0.01, outlierChance: 0.05, outlierSize: 2, overheadMs: 0.05 },
  'coarse clock': { ...QUIET, jitter: 0.01, quantumMs: 0.1, overheadMs: 0.3 },
  'memory layout': { ...QUIET, jitter: 0.01, layout: 0.003, overheadMs: 0.05 },
  everything: {
    jitter: 0.02,
    driftPerSecond: 0.002,
    burstsPerSecond: 0.2,
    burstSeconds: 0.4,
    burstSlowdown: 0.3,
    outlierChance: 0.02,
    outlierSize: 1,
    layout: 0.002,
    quantumMs: 0.05,
    overheadMs: 0.2,
    warmUpExtra: 0.5,
    warmUpRuns: 30,
  },
};
