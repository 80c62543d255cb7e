import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalCdf, normalQuantile } from '../../../src/core/statistics/normal.js';
import { outliers } from '../../../src/core/statistics/outliers.js';
import {
  mean,
  median,
  medianAbsoluteDeviation,
  medianInPlace,
  quantile,
  variance,
} from '../../../src/core/statistics/quantile.js';
import { createRandom, shuffled } from '../../../src/core/statistics/random.js';

const SAMPLES = [8.1, 9.3, 7.7, 12.4, 10.2, 9.9, 8.8, 15.1, 7.2, 11.0];

describe('quantiles', () => {
  it("agree with numpy's (definition 7)", () => {
    const found = [0.05, 0.25, 0.5, 0.95].map((p) => quantile(SAMPLES, p));
    [7.425, 8.275, 9.6, 13.885].forEach((value, i) => void expect(found[i]).toBeCloseTo(value, 12));
    expect(medianAbsoluteDeviation(SAMPLES)).toBeCloseTo(1.45, 12);
  });

  it('of nothing are NaN, of one value that value', () => {
    expect(quantile([], 0.5)).toBeNaN();
    expect(median([])).toBeNaN();
    expect(quantile([3], 0.99)).toBe(3);
  });

  it('leave the samples as they are', () => {
    const samples = [3, 1, 2];
    median(samples);
    quantile(samples, 0.5);
    expect(samples).toEqual([3, 1, 2]);
  });

  it('select the median that sorting gives', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1, maxLength: 60 }),
        (values) => {
          expect(medianInPlace(Float64Array.from(values), values.length)).toBeCloseTo(quantile(values, 0.5), 6);
        },
      ),
    );
  });

  it('know mean and unbiased variance', () => {
    expect(mean([1, 2, 6])).toBe(3);
    expect(variance([1, 2, 6])).toBe(7);
    expect(variance([5])).toBe(0);
  });
});

describe('the normal distribution', () => {
  it("agrees with scipy's", () => {
    const cdf: readonly [number, number][] = [
      [-8, 6.22096057427174e-16],
      [-3.2, 0.0006871379379158471],
      [-0.5, 0.3085375387259869],
      [1.96, 0.9750021048517795],
      [7.5, 0.9999999999999681],
    ];
    for (const [x, p] of cdf) expect(Math.abs(normalCdf(x) - p)).toBeLessThan(1e-14);
    const quantiles: readonly [number, number][] = [
      [1e-10, -6.361340902404056],
      [0.001, -3.090232306167813],
      [0.025, -1.9599639845400545],
      [0.9, 1.2815515655446004],
      [0.999999, 4.753424308817087],
    ];
    for (const [p, z] of quantiles) expect(normalQuantile(p)).toBeCloseTo(z, 9);
    expect(normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(normalQuantile(1)).toBe(Number.POSITIVE_INFINITY);
    expect(normalCdf(50)).toBe(1);
    expect(normalCdf(-50)).toBe(0);
  });
});

describe('random numbers', () => {
  it('follow from the seed alone', () => {
    const first = Array.from({ length: 5 }, createRandom(7).uniform);
    expect(Array.from({ length: 5 }, createRandom(7).uniform)).toEqual(first);
    expect(Array.from({ length: 5 }, createRandom(8).uniform)).not.toEqual(first);
  });

  it('have the moments of their distributions', () => {
    const random = createRandom(1);
    const of = (draw: () => number): number[] => Array.from({ length: 40_000 }, draw);
    const uniform = of(random.uniform);
    expect(mean(uniform)).toBeCloseTo(0.5, 2);
    expect(variance(uniform)).toBeCloseTo(1 / 12, 2);
    const normal = of(random.normal);
    expect(Math.abs(mean(normal))).toBeLessThan(0.02);
    expect(Math.abs(variance(normal) - 1)).toBeLessThan(0.03);
    expect(Math.abs(mean(of(random.exponential)) - 1)).toBeLessThan(0.02);
    const integers = of(() => random.integer(3));
    expect([...new Set(integers)].sort()).toEqual([0, 1, 2]);
    expect(Math.abs(mean(integers) - 1)).toBeLessThan(0.02);
  });

  it('shuffle without losing anything, each order as often', () => {
    const random = createRandom(3);
    const seen = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = shuffled([1, 2, 3], random).join('');
      seen.set(order, (seen.get(order) ?? 0) + 1);
    }
    expect([...seen.keys()].sort()).toEqual(['123', '132', '213', '231', '312', '321']);
    for (const count of seen.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});

describe('outliers', () => {
  it('are far from the median in deviations', () => {
    expect(outliers([10, 11, 9, 10.5, 9.5, 30])).toEqual([5]);
    expect(outliers([5, 5, 5, 5, 100])).toEqual([]);
    expect(outliers([])).toEqual([]);
  });
});
