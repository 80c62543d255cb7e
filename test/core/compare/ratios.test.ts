import { describe, expect, it } from 'vitest';
import { checkRatios } from '../../../src/core/compare/ratios.js';

const judge = (ratios: Parameters<typeof checkRatios>[0], limits: Parameters<typeof checkRatios>[1]) =>
  checkRatios(ratios, limits, 'ratios.json').map(({ verdict, detail }) => [verdict, detail]);

describe('checkRatios', () => {
  it('holds ratios to their limits', () => {
    expect(judge({ a: 2 }, { a: { max: 3 } })).toEqual([['pass', undefined]]);
    expect(judge({ a: 4 }, { a: { max: 3 } })).toEqual([['fail', 'above its limit of 3']]);
    expect(judge({ a: 4 }, { a: { min: 5, level: 'warn' } })).toEqual([['warn', 'below its limit of 5']]);
    expect(judge({ a: 4 }, { a: { max: 1, level: 'off' } })).toEqual([]);
  });

  it('is inconclusive where only a part of the interval lies beyond', () => {
    const ratio = { ratio: 3.1, low: 2.9, high: 3.3 };
    expect(judge({ a: ratio }, { a: { max: 3 } })).toEqual([
      ['inconclusive', 'its interval 2.9 to 3.3 holds the limit of 3'],
    ]);
    expect(judge({ a: ratio }, { a: { max: 2.8 } })[0]?.[0]).toBe('fail');
  });

  it('refuses a limit for a ratio that there is not', () => {
    expect(() => judge({ a: 1 }, { toString: { max: 1 } })).toThrow(
      "ratios.json: there is no ratio 'toString' to hold to its limit. It has a.",
    );
  });
});
