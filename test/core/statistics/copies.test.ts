import { describe, expect, it } from 'vitest';
import {
  copyDeviation,
  copyFloor,
  copyInterval,
  copyMean,
  withPooledDeviation,
} from '../../../src/core/statistics/copies.js';
import { createRandom, type Random } from '../../../src/core/statistics/random.js';

/** Values of copies: their own level, noise, and a slow part that forgets at `kept` a value. */
function copiesOf(
  random: Random,
  { copies = 8, rounds = 40, level = 0, noise = 0.01, slow = 0, kept = 0.97 } = {},
): number[][] {
  let drift = slow * random.normal();
  return Array.from({ length: copies }, () => {
    const own = level * random.normal();
    return Array.from({ length: rounds }, () => {
      drift = kept * drift + slow * Math.sqrt(1 - kept * kept) * random.normal();
      return own + noise * random.normal() + drift;
    });
  });
}

describe('a mean over copies', () => {
  it.each([
    ['noise alone', {}, 0.925],
    ['copies that differ', { level: 0.01 }, 0.925],
    ['4 copies that differ', { level: 0.01, copies: 4 }, 0.925],
    // Two by two, copies still share a little of it.
    ['slow noise that reaches over copies', { slow: 0.02 }, 0.89],
  ])('with %s has intervals that hold 0 about as often as they say', (_what, options, least) => {
    const random = createRandom(3);
    let held = 0;
    for (let trial = 0; trial < 800; trial++) {
      const bounds = copyInterval(copyMean(copiesOf(random, options)), 0.95);
      if (bounds !== undefined && bounds.low <= 0 && bounds.high >= 0) held++;
    }
    expect(held / 800).toBeGreaterThan(least);
  });

  it('takes neighbours together where values drift within copies, and only there', () => {
    const random = createRandom(4);
    const merged = (options: Parameters<typeof copiesOf>[1]) =>
      Array.from({ length: 100 }, () => copyMean(copiesOf(random, options)).merged).filter(Boolean).length;
    expect(merged({ level: 0.02 })).toBeLessThan(8);
    expect(merged({ slow: 0.02 })).toBeGreaterThan(95);
  });

  it('of one copy has no interval, of none no mean', () => {
    expect(copyMean([[1, 2, 3]])).toMatchObject({ mean: 2, degreesOfFreedom: 0, copies: 1 });
    expect(copyInterval(copyMean([[1, 2, 3]]), 0.95)).toBeUndefined();
    expect(copyMean([]).mean).toBeNaN();
    expect(copyMean([[], [5], [7]])).toMatchObject({ mean: 6, copies: 2, standardError: 1 });
  });
});

describe('the deviation between copies', () => {
  it('leaves out what arms and copies have in common', () => {
    const arms = [
      [1, 3, 2],
      [11, 13, 12],
    ];
    expect(copyDeviation(arms)).toEqual({ deviation: 0, degreesOfFreedom: 2 });
    // One arm alone has nothing to be freed of but its level.
    expect(copyDeviation([[1, 3, 2]])).toEqual({ deviation: 1, degreesOfFreedom: 2 });
    expect(copyDeviation([[1]]).degreesOfFreedom).toBe(0);
    expect(copyDeviation([]).degreesOfFreedom).toBe(0);
  });

  it('is estimated without bias, and gives the floor that two sets of copies keep to', () => {
    const random = createRandom(8);
    let [squares, within] = [0, 0];
    for (let trial = 0; trial < 2000; trial++) {
      const arms = Array.from({ length: 4 }, () => Array.from({ length: 6 }, () => random.normal()));
      const found = copyDeviation(arms);
      squares += found.deviation ** 2;
      const mean = (of: readonly number[] = []) => of.reduce((sum, value) => sum + value, 0) / of.length;
      if (Math.abs(mean(arms[0]) - mean(arms[1])) <= copyFloor(found, 6, 0.95)) within++;
    }
    expect(squares / 2000).toBeCloseTo(1, 1);
    expect(within / 2000).toBeGreaterThan(0.935);
    expect(copyFloor({ deviation: 1, degreesOfFreedom: 0 }, 1, 0.95)).toBe(Number.POSITIVE_INFINITY);
  });

  it('of all arms is taken for a ratio, unless its own is larger by more than chance', () => {
    const ratio = { mean: 0, standardError: 0.001, degreesOfFreedom: 7, copies: 8, merged: false };
    const pooled = { deviation: 0.004, degreesOfFreedom: 70 };
    expect(withPooledDeviation(ratio, pooled)).toEqual({ ...ratio, standardError: 0.002, degreesOfFreedom: 70 });
    const wide = { ...ratio, standardError: 0.01 };
    expect(withPooledDeviation(wide, pooled)).toBe(wide);
    const drifting = { ...ratio, merged: true };
    expect(withPooledDeviation(drifting, pooled)).toBe(drifting);
  });
});
