import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holmAdjusted } from '../../../src/core/statistics/holm.js';
import { type PairedRound, pairedRatio, ratioInterval } from '../../../src/core/statistics/paired-ratio.js';
import { createRandom, type Random } from '../../../src/core/statistics/random.js';
import { controlFloor, roundsForVerdict, verdictsOf } from '../../../src/core/statistics/verdict.js';

/** Rounds of two samples an arm, whose common factor is the round's. */
function rounds(count: number, ratio: number, noise: number, random: Random): PairedRound[] {
  return Array.from({ length: count }, () => {
    const round = Math.exp(0.3 * random.normal());
    const sample = (time: number): number => time * round * Math.exp(noise * random.normal());
    return { arm: [sample(ratio), sample(ratio)], baseline: [sample(1), sample(1)] };
  });
}

const paired = (list: readonly PairedRound[], seed = 1) => pairedRatio(list, 1000, createRandom(seed));
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

describe('paired ratios', () => {
  it('leave out what a round has in common', () => {
    const { estimate, low, high } = ratioInterval(paired(rounds(60, 1.05, 0.005, createRandom(1))), 0.95);
    expect(estimate).toBeGreaterThan(1.045);
    expect(estimate).toBeLessThan(1.055);
    expect(high - low).toBeLessThan(0.01);
  });

  it('hold the true ratio as often as they say', () => {
    const random = createRandom(17);
    let held = 0;
    for (let trial = 0; trial < 300; trial++) {
      const { low, high } = ratioInterval(pairedRatio(rounds(30, 1.2, 0.02, random), 300, random), 0.95);
      if (low <= 1.2 && 1.2 <= high) held++;
    }
    expect(held / 300).toBeGreaterThan(0.92);
  });

  it('take negative differences of timings as far out, not as numbers', () => {
    const list = rounds(21, 1, 0.001, createRandom(2));
    const spoilt = [{ arm: [-1], baseline: [1] }, { arm: [1], baseline: [-1] }, ...list];
    expect(Math.abs(paired(spoilt).logRatio)).toBeLessThan(0.002);
  });

  it('leave out rounds that one arm lacks', () => {
    const ratio = paired([
      { arm: [2], baseline: [] },
      { arm: [], baseline: [1] },
      { arm: [3], baseline: [2] },
    ]);
    expect(ratio.rounds).toBe(1);
    expect(ratio.logRatio).toBeCloseTo(Math.log(1.5), 12);
  });

  it('resample within rounds, also of more than two samples', () => {
    const many = { arm: [1, 2, 3], baseline: [1, 1, 1] };
    const ratio = paired([many, many, many]);
    expect(Math.exp(ratio.replicates[0] as number)).toBeLessThan(1.7);
    expect(Math.exp(ratio.replicates[999] as number)).toBeGreaterThan(2.2);
  });
});

describe('verdicts', () => {
  const verdictOf = (list: readonly PairedRound[], options = OPTIONS) =>
    verdictsOf([paired(list)], options)[0]?.verdict;

  it('say what is so', () => {
    const random = createRandom(5);
    expect(verdictOf(rounds(60, 0.96, 0.01, random))).toBe('faster');
    expect(verdictOf(rounds(60, 1.04, 0.01, random))).toBe('slower');
    expect(verdictOf(rounds(60, 1, 0.005, random))).toBe('equivalent');
    expect(verdictOf(rounds(60, 1.01, 0.005, random))).toBe('inconclusive');
    expect(verdictOf(rounds(60, 1, 0.2, random))).toBe('inconclusive');
  });

  it('never go beyond the A/A floor', () => {
    const list = rounds(60, 1.04, 0.005, createRandom(6));
    expect(verdictOf(list, { tolerance: 0.01, floor: 0.05 })).toBe('inconclusive');
    expect(verdictOf(list, { tolerance: 0.01, floor: Number.POSITIVE_INFINITY })).toBe('inconclusive');
    const same = rounds(60, 1, 0.002, createRandom(6));
    expect(verdictOf(same, { tolerance: 0.01, floor: 0.02 })).toBe('inconclusive');
  });

  it('are not had from few rounds, however large the difference', () => {
    const random = createRandom(7);
    expect(roundsForVerdict(1)).toBeCloseTo(Math.log2(200), 12);
    expect(verdictOf(rounds(7, 2, 0.001, random))).toBe('inconclusive');
    expect(verdictOf(rounds(8, 2, 0.001, random))).toBe('slower');
    const eight = [paired(rounds(8, 2, 0.001, random)), paired(rounds(8, 2, 0.001, random))];
    expect(verdictsOf(eight, OPTIONS).map(({ verdict }) => verdict)).toEqual(['inconclusive', 'inconclusive']);
    expect(roundsForVerdict(2)).toBeGreaterThan(8);
  });

  it('of nothing timed are inconclusive', () => {
    expect(verdictOf([])).toBe('inconclusive');
  });

  it('call identical arms different less than once in a hundred', () => {
    const random = createRandom(31);
    let wrong = 0;
    for (let trial = 0; trial < 400; trial++) {
      const ratio = pairedRatio(rounds(20, 1, 0.03, random), 300, random);
      const [{ verdict } = { verdict: 'inconclusive' }] = verdictsOf([ratio], { tolerance: 0.0001, floor: 0 });
      if (verdict === 'faster' || verdict === 'slower') wrong++;
    }
    expect(wrong / 400).toBeLessThanOrEqual(0.015);
  });
});

describe('the floor of a control', () => {
  it('is the far end of its interval', () => {
    expect(controlFloor(0.98, 1.01)).toBeCloseTo(-Math.log(0.98), 12);
    expect(controlFloor(0, 1)).toBe(Number.POSITIVE_INFINITY);
    expect(controlFloor(Number.NaN, 1)).toBe(Number.POSITIVE_INFINITY);
  });
});
