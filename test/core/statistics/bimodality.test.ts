import { describe, expect, it } from 'vitest';
import { dip, isMultimodal } from '../../../src/core/statistics/bimodality.js';
import { createRandom } from '../../../src/core/statistics/random.js';

describe('the dip', () => {
  it('has its known extremes', () => {
    expect(dip([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])).toBeCloseTo(1 / 20, 12);
    expect(dip([0, 0, 0, 0, 0, 1, 1, 1, 1, 1])).toBeCloseTo(1 / 4, 12);
    expect(dip([7, 7, 7, 7])).toBeCloseTo(1 / 8, 12);
    expect(dip([])).toBe(0);
  });

  it('is the least distance to a unimodal distribution, found by search', () => {
    const random = createRandom(5);
    for (let trial = 0; trial < 60; trial++) {
      const count = 3 + random.integer(20);
      const samples = Array.from({ length: count }, random.uniform);
      expect(dip(samples)).toBeCloseTo(searchedDip(samples), 7);
    }
  });
});

describe('multimodality', () => {
  it('is seen in two groups and not in one', () => {
    const random = createRandom(8);
    const group = (center: number, count: number): number[] =>
      Array.from({ length: count }, () => center + 0.01 * random.normal());
    expect(isMultimodal([...group(1, 40), ...group(1.1, 30)])).toBe(true);
    expect(isMultimodal(group(1, 70))).toBe(false);
    expect(isMultimodal(Array.from({ length: 200 }, () => Math.exp(random.normal())))).toBe(false);
    expect(isMultimodal([1, 1, 1, 2, 2, 2])).toBe(false);
  });

  it('is claimed of uniform samples at most once in a thousand', () => {
    const random = createRandom(2);
    for (const count of [10, 40, 150]) {
      let claimed = 0;
      for (let trial = 0; trial < 3000; trial++)
        if (isMultimodal(Array.from({ length: count }, random.uniform))) claimed++;
      expect(claimed).toBeLessThanOrEqual(6);
    }
  });
});

/** Bisects the least D for which a distribution with one mode, at any of the samples, stays within D of the steps. */
function searchedDip(samples: readonly number[]): number {
  const x = [...samples].sort((a, b) => a - b);
  let [low, high] = [0, 0.5];
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (x.some((_, mode) => admits(x, mode, middle))) high = middle;
    else low = middle;
  }
  return Math.max(high, 1 / (2 * x.length));
}

/** Whether a convex piece up to the mode and a concave one from it fit into the band of half-width D. */
function admits(x: readonly number[], mode: number, d: number): boolean {
  const count = x.length;
  const at = (i: number): number => x[i] as number;
  const floor = (i: number): number => (i + 1) / count - d;
  const ceiling = (i: number): number => i / count + d;
  // Between two points that bound it from above, a convex function lies below their chord; likewise from below.
  for (let i = 0; i < mode; i++)
    for (let a = 0; a <= i; a++)
      for (let b = i; b <= mode; b++)
        if (line(at(a), ceiling(a), at(b), ceiling(b), at(i)) < floor(i) - 1e-12) return false;
  for (let i = mode + 1; i < count; i++)
    for (let a = mode; a <= i; a++)
      for (let b = i; b < count; b++)
        if (line(at(a), floor(a), at(b), floor(b), at(i)) > ceiling(i) + 1e-12) return false;
  // The pieces must not cross at the mode.
  let least = mode > 0 ? mode / count - d : -1;
  for (let j = 0; j < mode; j++)
    for (let i = 0; i < j; i++) least = Math.max(least, line(at(i), ceiling(i), at(j), floor(j), at(mode)));
  let most = mode < count - 1 ? (mode + 1) / count + d : 2;
  for (let j = mode + 1; j < count; j++)
    for (let i = j + 1; i < count; i++) most = Math.min(most, line(at(j), ceiling(j), at(i), floor(i), at(mode)));
  return least <= most + 1e-12;
}

function line(x0: number, y0: number, x1: number, y1: number, x: number): number {
  return x0 === x1 ? Math.min(y0, y1) : y0 + ((y1 - y0) * (x - x0)) / (x1 - x0);
}
