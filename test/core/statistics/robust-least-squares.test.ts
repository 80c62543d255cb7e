import { describe, expect, it } from 'vitest';
import { robustLeastSquares } from '../../../src/core/statistics/robust-least-squares.js';

const points = Array.from({ length: 40 }, (_, i) => ({ x: i / 10, y: 2 * Math.exp(-0.5 * (i / 10)) }));
const curve = (data: typeof points) => (theta: Float64Array) =>
  data.map(({ x, y }) => {
    const [a = 0, b = 0] = theta;
    const e = Math.exp(-b * x);
    return { value: (a * e - y) / 0.01, slopes: [e / 0.01, (-a * x * e) / 0.01] };
  });
const loose = { center: [1, 1], spread: [1e3, 1e3], iterations: 100 };

describe('robust least squares', () => {
  it('finds the constants of an exponential', () => {
    const [a, b] = robustLeastSquares(curve(points), loose);
    expect(a).toBeCloseTo(2, 6);
    expect(b).toBeCloseTo(0.5, 6);
  });

  it('is hardly bent by an outlier that would bend plain least squares', () => {
    const spoilt = points.map((point, i) => (i === 20 ? { ...point, y: point.y + 50 } : point));
    const [a, b] = robustLeastSquares(curve(spoilt), loose);
    expect(a).toBeCloseTo(2, 2);
    expect(b).toBeCloseTo(0.5, 2);
  });

  it('stays at the center where the data says nothing', () => {
    const theta = robustLeastSquares(() => [{ value: 0, slopes: [0] }], { center: [3], spread: [0.1], start: [4] });
    expect(theta[0]).toBeCloseTo(3, 6);
  });

  it('weighs data against the prior as their deviations say', () => {
    // One measurement of 1 with deviation 1, prior 0 with deviation 1, both in the quadratic part: the mean.
    const theta = robustLeastSquares((at) => [{ value: ((at[0] as number) - 0.02) / 1, slopes: [1] }], {
      center: [0],
      spread: [1],
    });
    expect(theta[0]).toBeCloseTo(0.01, 5);
  });
});
