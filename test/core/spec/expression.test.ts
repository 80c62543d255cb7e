import { describe, expect, it } from 'vitest';
import { interpolate } from '../../../src/core/spec/expression.js';

const parameters = { width: 64, name: 'stem', on: true };

describe('interpolate', () => {
  it.each([
    ['${width}', 64],
    ['${name}', 'stem'],
    ['${on}', true],
    ['${width * 2 + 1}', 129],
    ['${width // 10}', 6],
    ['${-width % 10}', -4],
    ['${(width + 2) / 4}', 16.5],
    ['${min(width, 8, 4) + max(1, 2)}', 6],
    ['${floor(7 / 2) + ceil(7 / 2) + round(2.4)}', 9],
    ['layer${width / 32}.${name}', 'layer2.stem'],
    ['plain', 'plain'],
  ])('%s is %j', (text, value) => {
    expect(interpolate(text, parameters)).toBe(value);
  });

  it.each([
    ['${wide}', "cannot compute ${wide}: no parameter is named 'wide' (there is width, name, on)."],
    ['${name * 2}', "cannot compute ${name * 2}: parameter 'name' is not a number."],
    ['${1 / 0}', 'cannot compute ${1 / 0}: the result is not a finite number.'],
    ['${1 +}', 'cannot compute ${1 +}: it ends too early.'],
    ['${(1}', "cannot compute ${(1}: ')' is missing."],
    ['${1 2}', "cannot compute ${1 2}: unexpected '2'."],
    ['${width; 1}', "cannot compute ${width; 1}: unexpected '; 1'."],
    [
      '${constructor}',
      "cannot compute ${constructor}: no parameter is named 'constructor' (there is width, name, on).",
    ],
    [`\${${'('.repeat(99)}1}`, /too deeply nested/],
  ])('%s is refused', (text, message) => {
    expect(() => interpolate(text, parameters)).toThrow(message);
  });
});
