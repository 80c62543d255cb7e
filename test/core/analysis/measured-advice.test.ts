import { describe, expect, it } from 'vitest';
import { adviseModel } from '../../../src/core/analysis/advice/index.js';
import { measuredLatency } from '../../../src/core/analysis/advice/measured-latency.js';
import { findDevice } from '../../../src/core/analysis/devices/index.js';
import { estimateLatency } from '../../../src/core/analysis/latency/index.js';
import type { ArmMeasurement, LayerTiming, Measurement } from '../../../src/core/measurement.js';
import { distributionOf } from '../../../src/core/profile/measurement.js';
import { buildModel } from '../../../src/core/zoo/index.js';

const device = await findDevice('rtx-4090');
const graph = await buildModel('densenet121');
const estimate = estimateLatency(graph, { device, precision: 'float32', execution: 'eager' });

/** A profile in which every layer took what is estimated, so many times. */
function profiled(factor: number): { arm: ArmMeasurement; measurement: Measurement } {
  const timings: LayerTiming[] = estimate.layers.map(({ name, latencyMs }) => ({
    name,
    latencyMs: factor * latencyMs,
  }));
  const busy = timings.reduce((sum, { latencyMs }) => sum + latencyMs, 0);
  const arm = {
    name: graph.name,
    device: { hot: distributionOf([busy]) },
    layers: { timings, unexplainedFraction: 0 },
    trace: { idleMs: 0, overlapMs: 0, warmUpIterations: 0, joinedFraction: 1, joinedTo: 'model' },
  } as unknown as ArmMeasurement;
  return { arm, measurement: { settings: { clock: 'device' }, arms: [arm] } as unknown as Measurement };
}

describe('estimates brought to measured time', () => {
  it('give of layers as measured their measured time', () => {
    const { arm } = profiled(3);
    const { timings } = arm.layers as NonNullable<ArmMeasurement['layers']>;
    const busy = timings.reduce((sum, { latencyMs }) => sum + latencyMs, 0);
    const times = measuredLatency(graph, estimate, timings, busy + 2);
    expect(times.overall).toBeCloseTo(3, 9);
    const adjusted = times.adjust(graph, estimate);
    expect(adjusted.layers.map(({ latencyMs }) => latencyMs)).toEqual(
      timings.map(({ latencyMs }) => expect.closeTo(latencyMs, 9) as number),
    );
    // What the device did beside layers stays as it is.
    expect(adjusted.kernelsMs).toBeCloseTo(busy + 2, 9);
  });

  it('find the same shares where all took so many times what is estimated, and savings as many times', async () => {
    const plain = await adviseModel(graph, { device, precision: 'float32', execution: 'eager' });
    const found = await adviseModel(graph, { device, precision: 'float32', execution: 'eager', measured: profiled(3) });
    const timed = plain.filter(({ saving }) => saving?.metric === 'estimatedLatencyMs');
    expect(timed.length).toBeGreaterThan(1);
    for (const { id, saving } of timed) {
      const same = found.find((one) => one.id === id)?.saving;
      expect(same?.metric).toBe('measuredLatencyMs');
      expect(same?.of).toBe("the device's busy time");
      expect(same?.value).toBeCloseTo(3 * (saving?.value ?? 0), 6);
      expect(same?.fraction).toBeCloseTo(saving?.fraction ?? 0, 6);
    }
  });
});
