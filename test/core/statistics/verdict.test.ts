import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyMean } from '../../../src/core/statistics/copies.js';
import { holmAdjusted } from '../../../src/core/statistics/holm.js';
import { createRandom, type Random } from '../../../src/core/statistics/random.js';
import { type LogRatio, verdictsOf } from '../../../src/core/statistics/verdict.js';

/** Log ratios of so many copies, whose deviation between copies is stated. */
const ratioOf = (copies: number, ratio: number, deviation: number, random: Random): LogRatio =>
  copyMean(Array.from({ length: copies }, () => [Math.log(ratio) + deviation * Math.SQRT2 * random.normal()]));

const OPTIONS = { tolerance: 0.01, floor: 0.002 };

describe('Holm', () => {
  it('steps down', () => {
    // Holm (1979): 4·0.005, 3·0.01, then the largest so far.
    expect(holmAdjusted([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
    expect(holmAdjusted([])).toEqual([]);
  });

  it('never lowers a p-value, keeps their order and stays within 1', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }), (p) => {
        const adjusted = holmAdjusted(p);
        adjusted.forEach((value, i) => {
          expect(value).toBeGreaterThanOrEqual(p[i] as number);
          expect(value).toBeLessThanOrEqual(1);
          p.forEach((other, j) => {
            if (other <= (p[i] as number)) expect(adjusted[j]).toBeLessThanOrEqual(value);
          });
        });
      }),
    );
  });
});

describe('verdicts', () => {
  const verdictOf = (ratio: LogRatio, options = OPTIONS) => verdictsOf([ratio], options)[0]?.verdict;

  it('say what is so', () => {
    const random = createRandom(5);
    expect(verdictOf(ratioOf(8, 0.96, 0.003, random))).toBe('faster');
    expect(verdictOf(ratioOf(8, 1.04, 0.003, random))).toBe('slower');
    expect(verdictOf(ratioOf(8, 1, 0.002, random))).toBe('equivalent');
    expect(verdictOf(ratioOf(8, 1.01, 0.003, random))).toBe('inconclusive');
    expect(verdictOf(ratioOf(8, 1, 0.05, random))).toBe('inconclusive');
  });

  it('never go beyond the A/A floor', () => {
    const ratio = ratioOf(8, 1.04, 0.002, createRandom(6));
    expect(verdictOf(ratio, { tolerance: 0.01, floor: 0.05 })).toBe('inconclusive');
    expect(verdictOf(ratio, { tolerance: 0.01, floor: Number.POSITIVE_INFINITY })).toBe('inconclusive');
    const same = ratioOf(8, 1, 0.001, createRandom(6));
    expect(verdictOf(same, { tolerance: 0.01, floor: 0.02 })).toBe('inconclusive');
  });

  it('are not had from one copy, however large the difference, nor lightly from two', () => {
    const random = createRandom(7);
    expect(verdictOf(ratioOf(1, 2, 0.001, random))).toBe('inconclusive');
    expect(verdictOf(ratioOf(2, 1.1, 0.005, random))).toBe('inconclusive');
    expect(verdictOf(ratioOf(8, 2, 0.001, random))).toBe('slower');
  });

  it.each([2, 11, 12, 30, 100])('find differences of twentyfold in each of %i comparisons', (count) => {
    const random = createRandom(count);
    const ratios = Array.from({ length: count }, () => ratioOf(8, 20, 0.02, random));
    expect(verdictsOf(ratios, OPTIONS).filter(({ verdict }) => verdict === 'slower')).toHaveLength(count);
  });

  it('of nothing timed are inconclusive', () => {
    expect(verdictOf(copyMean([]))).toBe('inconclusive');
  });

  it('of copies that agree to the last digit are sure', () => {
    expect(verdictOf({ mean: 0.1, standardError: 0, degreesOfFreedom: 7 })).toBe('slower');
    expect(verdictOf({ mean: 0, standardError: 0, degreesOfFreedom: 7 })).toBe('equivalent');
  });

  it('call identical arms different less than once in a hundred', () => {
    const random = createRandom(31);
    let wrong = 0;
    for (let trial = 0; trial < 4000; trial++) {
      const verdict = verdictOf(ratioOf(5, 1, 0.03, random), { tolerance: 0.0001, floor: 0 });
      if (verdict === 'faster' || verdict === 'slower') wrong++;
    }
    expect(wrong / 4000).toBeLessThanOrEqual(0.014);
  });
});
