import { expect, it } from 'vitest';
import { designsOnFront } from '../../../../src/core/report/sweep/front-figure.js';

it.each([
  [0, '0 designs on the front'],
  [1, '1 design on the front'],
  [12, '12 designs on the front'],
])('counts %i as %s', (count, text) => {
  expect(designsOnFront(count)).toBe(text);
});
