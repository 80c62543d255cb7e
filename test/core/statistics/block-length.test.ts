import { describe, expect, it } from 'vitest';
import { blockLength, blockLengthForMedian } from '../../../src/core/statistics/block-length.js';
import { median } from '../../../src/core/statistics/quantile.js';
import { createRandom, type Random } from '../../../src/core/statistics/random.js';

/** A series in which each value keeps `memory` of the one before it. */
function autoregressive(count: number, memory: number, random: Random): number[] {
  let last = random.normal() / Math.sqrt(1 - memory ** 2);
  return Array.from({ length: count }, () => {
    last = memory * last + random.normal();
    return last;
  });
}

describe('the length of blocks', () => {
  it('is near 1 for independent samples and grows with memory', () => {
    const random = createRandom(5);
    const typical = (memory: number): number =>
      median(Array.from({ length: 40 }, () => blockLength(autoregressive(300, memory, random))));
    expect(typical(0)).toBeLessThanOrEqual(3);
    expect(typical(0.5)).toBeGreaterThan(typical(0));
    expect(typical(0.9)).toBeGreaterThan(2 * typical(0.5));
  });

  it('is 1 for short and for constant series, and at most a third of any', () => {
    expect(blockLength([1, 2, 3])).toBe(1);
    expect(blockLength(new Array(50).fill(7))).toBe(1);
    expect(blockLength(Array.from({ length: 60 }, (_, i) => i))).toBeLessThanOrEqual(20);
  });

  it('for medians is not moved by outliers', () => {
    const series = autoregressive(200, 0.8, createRandom(9));
    const spiked = series.map((value, i) => (i % 37 === 5 && value > 0 ? 1e6 : value));
    expect(blockLengthForMedian(spiked)).toBe(blockLengthForMedian(series));
  });
});
