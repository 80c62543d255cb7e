import { describe, expect, it } from 'vitest';
import { guarded } from '../../../src/cli/border.js';
import { layerTimingTables } from '../../../src/cli/tables/layer-timing.js';
import type { Measurement } from '../../../src/core/measurement.js';

const streams = guarded({ out: () => {}, err: () => {}, columns: undefined, color: false, interactive: false });

function tablesOf(...arms: object[]): string[] {
  return layerTimingTables({ arms } as unknown as Measurement, streams);
}

describe('layer timings', () => {
  it('show the slowest layers first, and what all take beside the whole', () => {
    const timings = [
      { name: 'conv1', latencyMs: 1 },
      { name: 'conv2', latencyMs: 3 },
    ];
    expect(tablesOf({ name: 'osa', layers: { timings, unexplainedFraction: 0.2 } }, { name: 'resnet18' })).toEqual([
      `Layer of osa  Latency  Of the sum
conv2         3.00 ms        75 %
conv1         1.00 ms        25 %
one by one they take 4.00 ms, 20 % less than the whole`,
    ]);
  });

  it('say what of it is of conversions, and what of no layer', () => {
    const timings = [
      { name: 'conv1', latencyMs: 6, conversionMs: 1 },
      { name: 'Resize', latencyMs: 4, unjoined: true },
    ];
    const [table] = tablesOf({ name: 'osa', layers: { timings, unexplainedFraction: 0.1 } });
    expect(table?.split('\n').slice(-2)).toEqual([
      "(the runtime's own: Resize)  4.00 ms        40 %",
      "one by one they take 10.0 ms, 10 % less than the whole; 10 % of it changes layouts for the layers; 40 % is the runtime's own, of no layer",
    ]);
  });

  it('say how many more there are', () => {
    const timings = Array.from({ length: 12 }, (_, i) => ({ name: `conv${i}`, latencyMs: 1 }));
    const [table] = tablesOf({ name: 'osa', layers: { timings, unexplainedFraction: -0.5 } });
    expect(table?.split('\n').at(-1)).toBe('2 more; one by one they take 12.0 ms, 50 % more than the whole');
  });
});
