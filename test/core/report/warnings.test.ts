import { expect, it } from 'vitest';
import { briefWarnings } from '../../../src/core/report/warnings.js';

it('says once what holds of many models', () => {
  const about = (arm: string) => ({ id: 'imprecise', arm, text: `${arm}: the median is known to 2 % only.` });
  const load = { id: 'load', text: 'the load average was 3.' };
  expect(briefWarnings([about('a'), load, about('b')])).toEqual([about('a'), about('b'), load]);
  expect(briefWarnings([about('a'), load, about('b'), about('c')]).map(({ text }) => text)).toEqual([
    'a: the median is known to 2 % only. So with 2 others.',
    'the load average was 3.',
  ]);
});
