import { describe, expect, it } from 'vitest';
import { medianInterval } from '../../../src/core/statistics/median-interval.js';
import { createRandom } from '../../../src/core/statistics/random.js';

describe('the interval of a median', () => {
  it('is none for fewer than 6 samples', () => {
    for (let count = 0; count < 6; count++)
      expect(medianInterval(Array.from({ length: count }, (_, i) => i))).toBeUndefined();
    expect(medianInterval([6, 1, 5, 2, 4, 3])).toEqual({ low: 1, high: 6 });
    expect(medianInterval([6, 1, 5, 2, 4, 3], 0.99)).toBeUndefined();
    expect(
      medianInterval(
        Array.from({ length: 17 }, (_, i) => i),
        0.95,
        3,
      ),
    ).toBeUndefined();
  });

  it('lies between the order statistics of the binomial: at 20 samples the 6th and the 15th', () => {
    const samples = Array.from({ length: 20 }, (_, i) => i + 1);
    expect(medianInterval(samples)).toEqual({ low: 6, high: 15 });
    expect(medianInterval(Array.from({ length: 1001 }, (_, i) => i))).toEqual({ low: 468, high: 532 });
  });

  it.each([6, 7, 10, 25, 100])('of %i samples holds the median at least as often as it says', (count) => {
    const random = createRandom(count);
    let held = 0;
    for (let trial = 0; trial < 2000; trial++) {
      const bounds = medianInterval(Array.from({ length: count }, () => random.exponential()));
      if (bounds !== undefined && bounds.low <= Math.LN2 && Math.LN2 <= bounds.high) held++;
    }
    expect(held / 2000).toBeGreaterThan(0.94);
  });

  it('is wider where samples count by blocks', () => {
    const samples = Array.from({ length: 100 }, (_, i) => i);
    const [one, four] = [medianInterval(samples), medianInterval(samples, 0.95, 4)];
    expect((four?.high ?? 0) - (four?.low ?? 0)).toBeGreaterThan(1.7 * ((one?.high ?? 0) - (one?.low ?? 0)));
  });
});
