import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  figureParts,
  figureTicks,
  formatChange,
  formatExact,
  formatFigure,
  formatInterval,
  formatRatio,
  shortNumber,
  significant,
} from '../../../src/core/report/number-format.js';

describe('formatFigure', () => {
  it.each([
    [7_072_227_328, 'ops', '7.07 G'],
    [999_499, 'count', '999 k'],
    [999_500, 'count', '1.00 M'],
    [128, 'count', '128'],
    [0, 'bytes', '0 B'],
    [90_400_000, 'bytes', '90.4 MB'],
    [3.21, 'ms', '3.21 ms'],
    [0.0042, 'ms', '4.20 µs'],
    [61_000, 'ms', '61.0 s'],
    [1, 'ms', '1.00 ms'],
    [0, 'ms', '0 ms'],
    [0.589, 'J', '589 mJ'],
    [190, 'W', '190 W'],
    [1, 'ratio', '1.00'],
    [12.345, 'op/byte', '12.3'],
    [1.2e12, 'op/s', '1.20 T/s'],
    [480e9, 'byte/s', '480 GB/s'],
  ] as const)('writes %d %s as %s', (value, unit, text) => {
    expect(formatFigure(value, unit)).toBe(text);
  });

  it('says what is not a number instead of hiding it', () => {
    expect(formatFigure(Number.NaN, 'ops')).toBe('NaN');
  });

  it('never errs by more than half of the third digit', () => {
    const scale = { '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 } as const;
    fc.assert(
      fc.property(fc.double({ min: 1, max: 1e20, noNaN: true }), (value) => {
        const { number, unit } = figureParts(value, 'ops');
        const back = Number(number) * scale[unit as keyof typeof scale];
        expect(Math.abs(back - value) / value).toBeLessThanOrEqual(0.0051);
      }),
    );
  });
});

it.each([
  [0.9, 1.2, 'ms', '0.900 to 1.20 ms'],
  [3.0981, 3.1042, 'ms', '3.098 to 3.104 ms'],
  [2, 2, 'ratio', '2.00 to 2.00'],
  [0.1, 0.3, 'J', '100 to 300 mJ'],
] as const)('writes the interval from %d to %d %s as %s', (low, high, unit, text) => {
  expect(formatInterval(low, high, unit)).toBe(text);
});

it('gives all ticks of an axis the prefix of the largest', () => {
  const tick = figureTicks(1.2, 'J');
  expect([0, 0.2, 0.4, 1].map(tick)).toEqual(['0', '0.2 J', '0.4 J', '1 J']);
  expect(figureTicks(20e6, 'bytes')(5e6)).toBe('5 MB');
});

it.each([
  [1.123, '+12.3 %'],
  [0.96, '−4.0 %'],
  [1, '±0 %'],
  [1.0001, '+0.01 %'],
  [6.29, '+529 %'],
  [10, '+900 %'],
  [64, '64.0×'],
  [42_799_122.54, '42.8 M×'],
  [Infinity, '∞×'],
] as const)('writes the ratio %d as a change of %s', (ratio, text) => {
  expect(formatChange(ratio)).toBe(text);
});

it('writes ratios with three digits', () => {
  expect(formatRatio(2)).toBe('2.00×');
  expect(formatRatio(0.381)).toBe('0.381×');
});

it('groups the digits of whole numbers', () => {
  expect(formatExact(7_072_227_328)).toBe('7,072,227,328');
  expect(formatExact(1.5)).toBe('1.5');
});

it('drops trailing zeros of ticks only', () => {
  expect(shortNumber(0.5)).toBe('0.5');
  expect(shortNumber(100)).toBe('100');
  expect(significant(0.5)).toBe('0.500');
});
