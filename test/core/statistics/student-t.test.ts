import { describe, expect, it } from 'vitest';
import { normalCdf } from '../../../src/core/statistics/normal.js';
import { fisherTail, studentQuantile, studentTail } from '../../../src/core/statistics/student-t.js';

describe("Student's distribution", () => {
  it("agrees with scipy's", () => {
    expect(studentTail(2.365, 7)).toBeCloseTo(0.02498618613739577, 14);
    expect(studentTail(40, 7) / 7.951089992425182e-10).toBeCloseTo(1, 9);
    expect(studentQuantile(0.025, 7)).toBeCloseTo(2.3646242515927844, 9);
    expect(studentQuantile(0.005, 3)).toBeCloseTo(5.840909309733357, 9);
    expect(studentQuantile(1e-6, 14)).toBeCloseTo(7.742509426351132, 8);
    expect(fisherTail(3.79, 7, 7)).toBeCloseTo(0.04990673548743641, 12);
  });

  it('has closed forms at 1 and 2 degrees of freedom, and is the normal at infinity', () => {
    for (const t of [0, 0.3, 1, 7, 200]) {
      expect(studentTail(t, 1)).toBeCloseTo(0.5 - Math.atan(t) / Math.PI, 12);
      expect(studentTail(t, 2)).toBeCloseTo(0.5 - t / 2 / Math.sqrt(2 + t * t), 12);
    }
    expect(studentTail(1.7, Number.POSITIVE_INFINITY)).toBeCloseTo(normalCdf(-1.7), 7);
    expect(studentTail(-1.7, 5)).toBeCloseTo(1 - studentTail(1.7, 5), 14);
    expect(studentTail(Number.POSITIVE_INFINITY, 5)).toBe(0);
    expect(studentTail(Number.NaN, 5)).toBeNaN();
    expect(studentTail(1, 0)).toBeNaN();
    expect(studentQuantile(0.025, 0)).toBe(Number.POSITIVE_INFINITY);
  });
});
