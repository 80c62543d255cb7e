import { type Noise, QUIET } from './synthetic-runtime.js';

/** A machine, and how many arms are timed on it. */
export interface Scenario {
  readonly noise: Noise;
  readonly arms: number;
}

const CALM: Noise = { ...QUIET, jitter: 0.01, overheadMs: 0.05 };
const two = (noise: Partial<Noise>): Scenario => ({ noise: { ...CALM, ...noise }, arms: 2 });

/** What can go wrong on a machine, each by itself and all at once. Marked is the second arm. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  quiet: two({ jitter: 0.005 }),
  'noisy runs': two({ jitter: 0.03 }),
  'thermal drift': two({ driftPerSecond: 0.003 }),
  'bursts of load': two({ burstsPerSecond: 0.4, burstSeconds: 0.4, burstSlowdown: 0.4 }),
  outliers: two({ outlierChance: 0.05, outlierSize: 2 }),
  'coarse clock': two({ quantumMs: 0.1, overheadMs: 0.3 }),
  // About what the precision asks for: timing stops early where copies happen to agree.
  'quiet, copies differ by 0.2 %': two({ jitter: 0.001, layout: 0.002 }),
  'copies differ by 0.5 %': two({ layout: 0.005 }),
  'copies differ by 1 %': two({ layout: 0.01 }),
  'copies differ by 2 %': two({ layout: 0.02 }),
  // The runtime starts anew for each copy: in one heap all copies would be off alike.
  'heaps differ by 0.5 %': two({ heap: 0.005 }),
  'slow noise of one arm, 2 % over 5 s': two({ slowDeviation: 0.02, slowSeconds: 5 }),
  'one arm slows the next by 5 % for 100 ms': two({ carrySlowdown: 0.05, carryMs: 100 }),
  'one arm slows the next call by 5 %': two({ carrySlowdown: 0.05, carryMs: 'next call' }),
  '12 arms, copies differ by 0.5 %': { noise: { ...CALM, layout: 0.005 }, arms: 12 },
  '30 arms, copies differ by 0.5 %': { noise: { ...CALM, layout: 0.005 }, arms: 30 },
  '6 arms, one slows the next by 5 % for 100 ms': {
    noise: { ...CALM, carrySlowdown: 0.05, carryMs: 100 },
    arms: 6,
  },
  everything: two({
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
  }),
};
