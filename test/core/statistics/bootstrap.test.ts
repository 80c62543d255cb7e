import { describe, expect, it } from 'vitest';
import { blockLength, blockLengthForMedian } from '../../../src/core/statistics/block-length.js';
import {
  bcaInterval,
  bootstrapMedians,
  medianInterval,
  percentileInterval,
} from '../../../src/core/statistics/bootstrap.js';
import { mean, median } from '../../../src/core/statistics/quantile.js';
import { createRandom, type Random } from '../../../src/core/statistics/random.js';

const normals = (count: number, random: Random): number[] => Array.from({ length: count }, random.normal);

/** A series in which each value keeps `memory` of the one before it. */
function autoregressive(count: number, memory: number, random: Random): number[] {
  let last = random.normal() / Math.sqrt(1 - memory ** 2);
  return Array.from({ length: count }, () => {
    last = memory * last + random.normal();
    return last;
  });
}

describe('the bootstrap of the median', () => {
  it('holds the true median as often as it says', () => {
    const random = createRandom(11);
    let held = 0;
    for (let trial = 0; trial < 400; trial++) {
      const { low, high } = medianInterval(normals(41, random), { resamples: 400, seed: trial });
      if (low <= 0 && 0 <= high) held++;
    }
    expect(held / 400).toBeGreaterThan(0.91);
    expect(held / 400).toBeLessThan(0.99);
  });

  it('has replicates that are medians of resamples: exact for three values', () => {
    // P(median = middle) of three draws from three: 13/27; either end: 7/27.
    const replicates = bootstrapMedians([5, 1, 3], 1, 27_000, createRandom(2));
    const share = (value: number): number => replicates.filter((x) => x === value).length / replicates.length;
    expect(share(3)).toBeCloseTo(13 / 27, 1);
    expect(share(1)).toBeCloseTo(7 / 27, 1);
    expect(share(1) + share(3) + share(5)).toBe(1);
  });

  it('averages the middle two of an even number', () => {
    const replicates = bootstrapMedians([0, 10], 1, 4000, createRandom(2));
    expect([...new Set(replicates)]).toEqual([0, 5, 10]);
  });

  it('widens with blocks where neighbours are alike', () => {
    const random = createRandom(4);
    const series = autoregressive(400, 0.9, random);
    const width = (block: number): number => {
      const { low, high } = percentileInterval(bootstrapMedians(series, block, 1000, createRandom(1)), 0, 0.95);
      return high - low;
    };
    expect(width(blockLengthForMedian(series))).toBeGreaterThan(2 * width(1));
  });

  it('holds the true median of series with memory, where the plain bootstrap does not', () => {
    const random = createRandom(21);
    let [plain, blocks] = [0, 0];
    for (let trial = 0; trial < 200; trial++) {
      const series = autoregressive(200, 0.7, random);
      const holds = (block: number): boolean => {
        const { low, high } = percentileInterval(bootstrapMedians(series, block, 300, createRandom(trial)), 0, 0.95);
        return low <= 0 && 0 <= high;
      };
      if (holds(1)) plain++;
      if (holds(blockLengthForMedian(series))) blocks++;
    }
    expect(plain / 200).toBeLessThan(0.75);
    expect(blocks / 200).toBeGreaterThan(0.84);
  });

  it('of nothing is NaN', () => {
    expect([...bootstrapMedians([], 1, 2, createRandom(1))]).toEqual([Number.NaN, Number.NaN]);
  });
});

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

describe('the accelerated interval', () => {
  it("agrees with scipy's BCa for a mean", () => {
    const samples = [8.1, 9.3, 7.7, 12.4, 10.2, 9.9, 8.8, 15.1, 7.2, 11.0];
    const { estimate, low, high } = bcaInterval(samples, mean, { resamples: 20_000 });
    expect(estimate).toBeCloseTo(9.97, 10);
    expect(Math.abs(low - 8.83)).toBeLessThan(0.06);
    expect(Math.abs(high - 11.73)).toBeLessThan(0.08);
  });

  it('of one sample is that sample', () => {
    expect(bcaInterval([4], mean)).toEqual({ estimate: 4, low: 4, high: 4 });
  });
});
