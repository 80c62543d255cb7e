import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kendall, pearson, ranks, spearman } from '../../../src/core/statistics/correlation.js';
import { nonNegativeLeastSquares } from '../../../src/core/statistics/non-negative-least-squares.js';
import { trend } from '../../../src/core/statistics/trend.js';

describe('correlations', () => {
  const x = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  const y = [2, 1, 4, 3, 7, 5, 5, 9, 8, 12];

  it("agree with scipy's, ties included", () => {
    expect(spearman(x, y)).toBeCloseTo(0.9240164263936983, 12);
    expect(kendall(x, y)).toBeCloseTo(0.764093177458341, 12);
    expect(pearson(x, y)).toBeCloseTo(0.90511145736933, 12);
  });

  it('of ranks are kept by monotone maps and turned by falling ones', () => {
    expect(spearman(x, x.map(Math.exp))).toBeCloseTo(1, 12);
    expect(
      kendall(
        x,
        x.map((value) => -value),
      ),
    ).toBe(-1);
  });

  it('with a constant are not defined', () => {
    expect(spearman([1, 2, 3], [4, 4, 4])).toBeNaN();
    expect(kendall([1, 1, 1], [1, 2, 3])).toBeNaN();
  });

  it('share ranks among equals', () => {
    expect(ranks([10, 20, 10, 30])).toEqual([1.5, 3, 1.5, 4]);
  });
});

describe('trend', () => {
  it("has scipy's Theil slope", () => {
    const { slope, pValue } = trend([1.0, 1.2, 1.1, 1.5, 1.4, 1.9, 1.8, 2.0, 2.0, 2.3]);
    expect(slope).toBeCloseTo(0.14444444444444443, 12);
    // Mann-Kendall by hand: S = 38, var = (10·9·25 - 2·1·9)/18 = 124, z = 37/√124.
    expect(pValue).toBeCloseTo(0.000891, 5);
  });

  it('is none in short, constant and alternating series', () => {
    expect(trend([1, 2])).toEqual({ slope: 0, pValue: 1 });
    expect(trend([3, 3, 3, 3, 3])).toEqual({ slope: 0, pValue: 1 });
    expect(trend(Array.from({ length: 40 }, (_, i) => i % 2)).pValue).toBeGreaterThan(0.5);
  });

  it('thins long series and keeps the slope', () => {
    const { slope } = trend(Array.from({ length: 5000 }, (_, i) => 0.5 * i));
    expect(slope).toBeCloseTo(0.5, 12);
  });
});

describe('non-negative least squares', () => {
  it("agrees with scipy's", () => {
    const rows = [
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 10],
      [2, 0, 1],
      [1, 1, 1],
    ];
    const { coefficients, residualNorm } = nonNegativeLeastSquares(rows, [1, -2, 3, 4, 5]);
    [0.38028169, 0, 0].forEach((value, i) => void expect(coefficients[i]).toBeCloseTo(value, 8));
    expect(residualNorm).toBeCloseTo(6.688228043824252, 9);
  });

  it('is 0 where all would be negative, and plain least squares where none would', () => {
    const rows = [
      [1, 0],
      [1, 0],
      [0, 1],
    ];
    expect(nonNegativeLeastSquares(rows, [-1, -1, -1]).coefficients).toEqual([0, 0]);
    const { coefficients } = nonNegativeLeastSquares(rows, [2, 1, 1]);
    expect(coefficients[0]).toBeCloseTo(1.5, 12);
    expect(coefficients[1]).toBeCloseTo(1, 12);
  });

  it('takes columns of any scale, of zeros and twice the same', () => {
    const rows = [
      [1e12, 1e-9, 0, 1e12],
      [2e12, 5e-9, 0, 2e12],
      [3e12, 2e-9, 0, 3e12],
    ];
    const target = rows.map((row) => 2 * (row[0] as number) + 3e20 * (row[1] as number));
    const { coefficients, residualNorm } = nonNegativeLeastSquares(rows, target);
    expect((coefficients[0] as number) + (coefficients[3] as number)).toBeCloseTo(2, 6);
    expect((coefficients[1] as number) / 3e20).toBeCloseTo(1, 6);
    expect(coefficients[2]).toBe(0);
    expect(residualNorm / Math.hypot(...target)).toBeLessThan(1e-9);
  });

  it('meets the conditions of an optimum (Karush, Kuhn and Tucker)', () => {
    const cell = fc.integer({ min: -20, max: 20 });
    const problem = fc
      .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 9 }))
      .chain(([width, height]) =>
        fc.tuple(
          fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: height, maxLength: height }),
          fc.array(cell, { minLength: height, maxLength: height }),
        ),
      );
    fc.assert(
      fc.property(problem, ([rows, target]) => {
        const { coefficients } = nonNegativeLeastSquares(rows, target);
        const residual = target.map(
          (value, i) =>
            value - (rows[i] as number[]).reduce((sum, cell, j) => sum + cell * (coefficients[j] as number), 0),
        );
        coefficients.forEach((coefficient, j) => {
          expect(coefficient).toBeGreaterThanOrEqual(0);
          const gradient = rows.reduce((sum, row, i) => sum + (row[j] as number) * (residual[i] as number), 0);
          expect(gradient).toBeLessThan(1e-5);
          if (coefficient > 1e-9) expect(Math.abs(gradient)).toBeLessThan(1e-5);
        });
      }),
      { numRuns: 500 },
    );
  });
});
