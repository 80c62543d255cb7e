import { describe, expect, it } from 'vitest';
import { calibrateFrom } from '../../../src/bench/calibrate/calibrate-runtime.js';
import { microbenchmarks } from '../../../src/bench/calibrate/microbenchmarks.js';
import { type Device, matchDevice } from '../../../src/core/analysis/devices/index.js';
import {
  chooseProfile,
  countKernels,
  estimateLatency,
  lowerKernels,
  profileValues,
  workloadSeconds,
} from '../../../src/core/analysis/latency/index.js';
import type { Measurement } from '../../../src/core/measurement.js';
import { buildModel } from '../../../src/core/zoo/index.js';

const machine = matchDevice('generic-cpu') as Device;
const truth = profileValues(chooseProfile(machine)).map(Math.log);
const secondsOf = (graph: Parameters<typeof lowerKernels>[0]) => {
  const kernels = countKernels(lowerKernels(graph, { execution: 'fused', precision: 'float32' }));
  return workloadSeconds({ kernels, batch: 1 }, machine, truth);
};

/** What the harness would say of a machine that behaves as the model with known constants. */
function measured(names?: ReadonlySet<string>, runMs = 0): Measurement {
  const arms = microbenchmarks()
    .filter(({ name }) => names === undefined || names.has(name))
    .map(({ name, counted }) => ({ name, wall: { hot: { medianMs: 1e3 * secondsOf(counted) + runMs } } }));
  return {
    runtime: { name: 'onnxruntime', details: { provider: 'cpu' } },
    device: { name: 'Made-up CPU', kind: 'cpu' },
    settings: { clock: 'wall' },
    startedAt: '2026-01-01T00:00:00.000Z',
    arms,
  } as unknown as Measurement;
}

describe('calibration', () => {
  it('holds for whole models of a machine that it knows from microbenchmarks alone', async () => {
    const { device, profile, failed } = calibrateFrom(measured(), microbenchmarks());
    expect(failed).toEqual([]);
    expect(profile.heldOut.median).toBeLessThan(0.2);
    for (const name of ['resnet18', 'vovnet27-slim']) {
      const graph = await buildModel(name);
      const ratio = estimateLatency(graph, { device, profile }).latencyMs / 1e3 / secondsOf(graph);
      expect(ratio).toBeGreaterThan(0.6);
      expect(ratio).toBeLessThan(1.6);
    }
  });

  it('tells the time of a run from that of its kernels', async () => {
    const { device, profile } = calibrateFrom(measured(undefined, 0.5), microbenchmarks());
    expect(profile.runMilliseconds).toBeCloseTo(0.5, 3);
    const graph = await buildModel('resnet18');
    const without = estimateLatency(graph, { device, profile: { ...profile, runMilliseconds: 0 } }).latencyMs;
    expect(estimateLatency(graph, { device, profile }).latencyMs).toBeCloseTo(without + 0.5, 3);
  });

  it('names what could not be timed, and refuses when little is left', () => {
    const [first, ...rest] = microbenchmarks().map(({ name }) => name);
    expect(calibrateFrom(measured(new Set(rest)), microbenchmarks()).failed).toEqual([first]);
    expect(() => calibrateFrom(measured(new Set(rest.slice(0, 3))), microbenchmarks())).toThrow(
      /only 3 of \d+ microbenchmarks could be timed/,
    );
  });

  it('has distinct names', () => {
    const names = microbenchmarks().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
