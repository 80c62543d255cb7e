import { expect, it } from 'vitest';
import type { AnalysisTotals } from '../../../src/core/analysis/result.js';
import { agreeingPairs, efficiencyPairs } from '../../../src/core/compare/efficiency.js';
import type { Measurement } from '../../../src/core/measurement.js';

const totals = (madds: number, memoryAccessCost: number) =>
  ({ madds, memoryAccessCost, paperMemoryAccessCost: memoryAccessCost / 2 }) as AnalysisTotals;

const timed = (rounds: number, ratio: number, low: number, high: number): Measurement =>
  ({
    settings: { tolerance: 0.01, rounds },
    control: { floor: 1.02 },
    comparisons: [{ name: 'dense', baseline: 'osa', ratio, low, high }],
  }) as unknown as Measurement;

const KNOWN = new Map([
  ['osa', totals(100, 10)],
  ['dense', totals(80, 16)],
]);
const analyses = (name: string) => KNOWN.get(name);

it('holds multiply-adds a second against memory access for each multiply-add', () => {
  const [pair] = efficiencyPairs(timed(30, 1, 0.99, 1.01), analyses);
  expect(pair).toMatchObject({ name: 'dense', baseline: 'osa', verdict: 'less' });
  expect(pair?.efficiency).toEqual([0.8, 0.8 / 1.01, 0.8 / 0.99]);
  expect(pair?.access).toBeCloseTo(2, 12);
  expect(agreeingPairs([pair as NonNullable<typeof pair>], ({ access }) => access)).toBe(1);
});

it('leaves open what lies within the A/A floor, or has no interval', () => {
  expect(efficiencyPairs(timed(30, 0.8, 0.79, 0.81), analyses)[0]?.verdict).toBe('open');
  const sure = timed(30, 1, 0.99, 1.01);
  expect(efficiencyPairs(sure, analyses)[0]?.verdict).toBe('less');
  const { low: _, high: __, ...unsure } = sure.comparisons[0] as (typeof sure.comparisons)[number];
  expect(efficiencyPairs({ ...sure, comparisons: [unsure] }, analyses)[0]?.verdict).toBe('open');
});

it('leaves out arms that were not analysed', () => {
  expect(efficiencyPairs(timed(30, 1, 1, 1), () => undefined)).toEqual([]);
});
