import { beforeAll, describe, expect, it } from 'vitest';
import { warningsOf } from '../../../src/bench/warnings.js';
import type { Measurement } from '../../../src/core/measurement.js';
import { createRandom } from '../../../src/core/statistics/random.js';
import { measure } from './helpers.js';

let clean: Measurement;
beforeAll(async () => {
  const measured = await measure({ hooks: { reference: () => [[1]] } });
  clean = { ...measured, device: { kind: 'cpu', name: 'a processor' } };
});

const idsOf = (measurement: Measurement): string[] => warningsOf(measurement).map(({ id }) => id);
const inEnvironment = (environment: Measurement['environment']): string[] => idsOf({ ...clean, environment });

/** The measurement with other samples of its first arm. */
function withSamples(samplesMs: readonly number[], other: object = {}): Measurement {
  const [first, ...rest] = clean.arms;
  if (first?.wall === undefined) throw new Error('the first arm was not timed');
  return { ...clean, arms: [{ ...first, wall: { hot: { ...first.wall.hot, samplesMs, ...other } } }, ...rest] };
}

describe('warnings', () => {
  it('are none for a clean measurement', () => {
    expect(warningsOf(clean)).toEqual([]);
  });

  it('say what is seen, the likely cause and what to do', () => {
    const environment = { loadAverage1: 3.2, cpuCount: 4 };
    expect(warningsOf({ ...clean, environment })).toEqual([
      {
        id: 'load',
        text: 'the load average was 3.2 on 4 processors at the start. Other programs are running. Close them, or wait until they are done, and time again.',
      },
    ]);
  });

  it('name runs that the host sets the pace of, and a device clock that cannot be true', () => {
    const seen = (deviceMs: number, wallMs: number) => {
      const arms = clean.arms.map((arm) => ({
        ...arm,
        wall: { hot: { ...arm.wall?.hot, medianMs: wallMs } },
        device: { hot: { ...arm.wall?.hot, medianMs: deviceMs } },
      })) as Measurement['arms'];
      return warningsOf({ ...clean, arms }).find(({ id }) => id === 'host-bound')?.text;
    };
    expect(seen(2, 10)).toBe(
      'a: the device works 2.00 ms of the 10.0 ms that a run takes. The host, not the device, sets the pace, or the device clock is wrong. Take a larger batch, keep inputs and outputs on the device, or judge by wall time.',
    );
    expect(seen(917, 14)).toMatch(/^a: the device clock shows 917 ms where the whole run took 14\.0 ms\. /);
    expect(seen(9.5, 10)).toBeUndefined();
  });

  it('say that it cannot be told who sets the pace of a GPU without a device clock', () => {
    const gpu: Measurement = { ...clean, device: { kind: 'gpu', name: 'a GPU' } };
    expect(warningsOf(gpu).find(({ id }) => id === 'host-unknown')?.text).toBe(
      'the runtime has no device clock: whether the GPU or the host sets the pace cannot be told. Wall time holds launches and copies too. Time a batch twice as large: where that takes hardly longer, the host sets the pace.',
    );
    expect(idsOf({ ...gpu, settings: { ...gpu.settings, clock: 'device' } })).not.toContain('host-unknown');
  });

  it('tell of the machine', () => {
    expect(inEnvironment({ loadAverage1: 1.4, cpuCount: 4 })).toEqual([]);
    expect(inEnvironment({ gpuThrottleReasonsUnderLoad: 'power cap', gpuThrottledShareUnderLoad: 0.4 })).toEqual([
      'gpu-throttled',
    ]);
    expect(inEnvironment({ gpuThrottleReasonsUnderLoad: 'none' })).toEqual([]);
    expect(inEnvironment({ cpuThrottleCount: 5, cpuThrottleCountAfter: 9 })).toEqual(['cpu-throttled']);
    expect(inEnvironment({ cpuThrottleCount: 5, cpuThrottleCountAfter: 5 })).toEqual([]);
    expect(inEnvironment({ cpuGovernor: 'powersave' })).toEqual(['governor']);
    expect(inEnvironment({ cpuGovernor: 'performance' })).toEqual([]);
    expect(inEnvironment({ powerSource: 'battery' })).toEqual(['battery']);
    expect(inEnvironment({ cpuLimit: 1.5, cpuAvailable: 8 })).toEqual(['cpu-limit']);
  });

  it('never let a software adapter pass for a GPU', () => {
    expect(idsOf({ ...clean, device: { kind: 'software', name: 'SwiftShader' } })).toEqual(['software-adapter']);
    expect(idsOf({ ...clean, device: { kind: 'unknown', name: '' } })).toEqual(['unknown-device']);
  });

  it('tell of the control', () => {
    const noisy = { ...clean, control: { floor: 1.031, deviation: 0.02, copies: 8, confidence: 0.95 } };
    expect(idsOf(noisy)).toEqual(['control-floor']);
    expect(warningsOf(noisy)[0]?.text).toMatch(
      /^8 copies of one model stand apart by up to 3.1 % by chance, more than the tolerance of 1.0 %\. /,
    );
    const { control: _, ...without } = clean;
    expect(idsOf(without)).toEqual(['no-control']);
  });

  it('tell of the samples, by arm', () => {
    const random = createRandom(4);
    const steady = Array.from({ length: 120 }, () => 5 + 0.02 * random.normal());
    expect(idsOf(withSamples(steady))).toEqual([]);
    const drifting = steady.map((time, i) => time * (1 + 0.0005 * i));
    expect(warningsOf(withSamples(drifting))).toEqual([
      expect.objectContaining({
        id: 'drift',
        arm: 'a',
        text: expect.stringMatching(/^a: times rose by 6\.\d % from start to end\. /),
      }),
    ]);
    const split = steady.map((time, i) => time + (i % 2));
    expect(idsOf(withSamples(split))).toEqual(['multimodal']);
    const spiked = steady.map((time, i) => (i % 8 === 3 ? time + 3 + random.uniform() : time));
    expect(idsOf(withSamples(spiked))).toEqual(['outliers']);
    expect(idsOf(withSamples(steady.slice(0, 12)))).toEqual(['few-samples']);
    expect(idsOf(withSamples(steady, { lowMs: 4.8, highMs: 5.2 }))).toEqual(['imprecise']);
  });

  it('do not take the steps of a coarse clock for groups', () => {
    const random = createRandom(4);
    const iterations = clean.arms[0]?.method?.iterations ?? 1;
    const coarse = { ...clean.settings, clockQuantumMs: 0.02 * iterations };
    const stepped = Array.from({ length: 120 }, () => Math.round((5 + 0.02 * random.normal()) / 0.02) * 0.02);
    expect(idsOf({ ...withSamples(stepped), settings: coarse })).toEqual([]);
  });

  it('tell of a clock that turned out coarser', () => {
    const iterations = clean.arms[0]?.method?.iterations ?? 1;
    const settings = { ...clean.settings, clockQuantumMs: (5 * iterations) / 100 };
    expect(idsOf({ ...clean, settings }).filter((id) => id === 'coarse-clock')).toHaveLength(2);
  });

  it('tell of arms that were not compared with the reference, and of interrupts', () => {
    const [first, ...rest] = clean.arms;
    const { check: _, ...unchecked } = first as NonNullable<typeof first>;
    expect(idsOf({ ...clean, arms: [unchecked, ...rest] })).toEqual(['unchecked']);
    expect(idsOf({ ...clean, settings: { ...clean.settings, stoppedBy: 'interrupt' } })).toEqual(['interrupted']);
  });
});
