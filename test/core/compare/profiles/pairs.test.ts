import { describe, expect, it } from 'vitest';
import { analyze } from '../../../../src/core/analysis/analyze.js';
import { alikeLayers } from '../../../../src/core/analysis/measured/layers.js';
import { type ProfileSide, pairProfiles } from '../../../../src/core/compare/profiles/pairs.js';
import type { LayerTiming } from '../../../../src/core/measurement.js';
import { distributionOf } from '../../../../src/core/profile/measurement.js';
import { osaBlock } from '../../report/sample-graphs.js';
import { sampleMeasurement } from '../../report/sample-report.js';

/** A profile of so many iterations around a time. */
function side(timings: readonly LayerTiming[], samplesMs: readonly number[], flops = 100): ProfileSide {
  const one = sampleMeasurement([analyze(osaBlock())], [1]);
  const arm = {
    ...(one.arms[0] as ProfileSide['arm']),
    flops,
    device: { hot: distributionOf(samplesMs) },
    layers: { timings, unexplainedFraction: 0 },
    trace: { idleMs: 0, overlapMs: 0, warmUpIterations: 0, joinedFraction: 1, joinedTo: 'model' as const },
  };
  return {
    arm,
    measurement: { ...one, arms: [arm], settings: { ...one.settings, clock: 'device', tolerance: 0.05 } },
  };
}

const steady = (ms: number) => [0.99, 1, 1.01, 0.995, 1.005, 1, 1, 0.99].map((factor) => ms * factor);

describe('two profiles', () => {
  it.each([
    ['faster', 8],
    ['slower', 12],
    ['equivalent', 10.1],
    ['inconclusive', 10.5],
  ])('are judged by their iterations: %s', (verdict, ms) => {
    const pair = pairProfiles(side([], steady(10)), side([], steady(ms)));
    expect(pair.verdict).toBe(verdict);
    expect(pair.iteration.ratio).toBeCloseTo(ms / 10, 9);
    expect(pair.iteration.low).toBeCloseTo((0.99 * ms) / (1.01 * 10), 9);
    expect(pair.iteration.high).toBeCloseTo((1.01 * ms) / (0.99 * 10), 9);
  });

  it('of fewer than six iterations have a ratio and no verdict', () => {
    const { verdict, iteration } = pairProfiles(side([], [10]), side([], steady(20)));
    expect(verdict).toBeUndefined();
    expect(iteration).toEqual({ ratio: 2 });
  });

  it('pair rows that share layers, however each groups them, and sum both sides once', () => {
    const first = side(
      [
        { name: 'conv', members: ['conv', 'norm'], latencyMs: 3 },
        { name: 'relu', latencyMs: 1 },
        { name: 'copies', latencyMs: 0.5, unjoined: true },
      ],
      [5],
    );
    const second = side(
      [
        { name: 'conv', latencyMs: 2 },
        { name: 'norm', members: ['norm', 'relu'], latencyMs: 2.5 },
        { name: 'pool', latencyMs: 0.25 },
      ],
      [5],
    );
    expect(pairProfiles(first, second).rows).toEqual([
      { name: 'conv', count: 1, unjoined: false, firstMs: 4, secondMs: 4.5, ratio: { ratio: 1.125 } },
      { name: 'copies', count: 1, unjoined: true, firstMs: 0.5, secondMs: undefined, ratio: undefined },
      { name: 'pool', count: 1, unjoined: false, firstMs: undefined, secondMs: 0.25, ratio: undefined },
    ]);
  });

  it('gather layers of one name but for numbers, and keep the interval of a single one', () => {
    const layers = (ms: number): LayerTiming[] => [
      { name: 'block.0.conv', latencyMs: ms },
      { name: 'block.1.conv', latencyMs: ms },
      { name: 'head', latencyMs: ms, lowMs: 0.9 * ms, highMs: 1.1 * ms },
    ];
    const { rows } = pairProfiles(side(layers(1), [3]), side(layers(2), [6]));
    expect(rows.map(({ name, count }) => [name, count])).toEqual([
      ['block.*.conv', 2],
      ['head', 1],
    ]);
    expect(rows[0]?.ratio).toEqual({ ratio: 2 });
    expect(rows[1]?.ratio?.low).toBeCloseTo(1.8 / 1.1, 9);
  });

  it('say where they did not do the same work', () => {
    const pair = pairProfiles(side([], [1], 100), side([], [1], 120));
    expect(pair.unlike).toEqual(['amounts of work (FLOPs)']);
    expect(pairProfiles(side([], [1]), side([], [1])).unlike).toEqual([]);
  });
});

describe('layers of equal work', () => {
  it('are one row, what is above the bound first', () => {
    const work = { madds: 1, flops: 2, bytes: 3 };
    const bound = { latencyMs: 0.5, by: 'memory' as const };
    const rows = alikeLayers([
      { name: 'a.0', latencyMs: 1, work, bound },
      { name: 'a.1', latencyMs: 2, work, bound },
      { name: 'a.2', latencyMs: 2, work: { ...work, flops: 9 }, bound },
      { name: 'big', latencyMs: 2.2, work, bound: { latencyMs: 2.1, by: 'compute' } },
      { name: 'copies', latencyMs: 9, unjoined: true },
    ]);
    expect(rows.map(({ name, names, lostMs }) => [name, names.length, lostMs])).toEqual([
      ['a.*', 2, 2],
      ['a.2', 1, 1.5],
      ['big', 1, expect.closeTo(0.1, 9)],
    ]);
    expect(rows[0]?.work).toEqual({ madds: 2, flops: 4, bytes: 6 });
    expect(rows[0]?.bound).toEqual({ latencyMs: 1, by: 'memory' });
  });
});
