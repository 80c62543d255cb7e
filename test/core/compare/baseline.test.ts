import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Baseline,
  baselineModel,
  EMPTY_BASELINE,
  entryOf,
  formatBaseline,
  withEntry,
} from '../../../src/core/compare/baseline.js';
import { baselineSchema } from '../../../src/core/schemas/baseline.schema.js';
import { expectGolden } from '../../golden.js';
import { net } from './gate-models.js';

const validate = new Ajv({ strict: false }).compile(baselineSchema);

describe('formatBaseline', () => {
  it('writes one metric and one layer a line, sorted, layers in running order', async () => {
    const { result } = await net();
    const entry = {
      ...baselineModel(result, { findings: ['b', 'a'], reason: 'first' }),
      accepted: { madds: { value: 1, reason: 'x, y' } },
    };
    const baseline = [
      ['b', entry],
      ['a', baselineModel(result, { layers: false })],
    ].reduce((all, [name, model]) => withEntry(all, name as string, model as typeof entry), EMPTY_BASELINE);
    const text = formatBaseline(baseline);
    expect(validate(JSON.parse(text)), JSON.stringify(validate.errors)).toBe(true);
    expectGolden(text, new URL('golden/baseline.json', import.meta.url));
    expect(text.indexOf('"a"')).toBeLessThan(text.indexOf('"b"'));
    const widened = formatBaseline(withEntry(baseline, 'b', baselineModel((await net({ width: 9 })).result)));
    const lines = new Set(text.split('\n'));
    expect(widened.split('\n').filter((line) => !lines.has(line) && /"stem"|"act"/.test(line))).toEqual([]);
  });

  it('is read back as it was, whatever models and layers are called', () => {
    const name = fc.oneof(fc.constantFrom('__proto__', 'constructor', 'toString', '1', '"', '\u2028'), fc.string());
    const figures = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 10, maxLength: 10 });
    const layer = figures.map((numbers) => ['conv', '1x2', ...numbers.map((number) => number + 0)]);
    const entries = fc.array(
      fc.tuple(
        name,
        fc.record({ setup: fc.string(), metrics: fc.constant({ params: 5 }), layers: pairs(name, layer) }),
      ),
    );
    fc.assert(
      fc.property(entries, (list) => {
        const models = Object.fromEntries(list) as unknown as Baseline['models'];
        const text = formatBaseline({ ...EMPTY_BASELINE, models });
        expect(formatBaseline(JSON.parse(text) as Baseline)).toBe(text);
        expect(Object.keys(JSON.parse(text).models).sort()).toEqual(Object.keys(models).sort());
      }),
    );
  });
});

function pairs<T>(key: fc.Arbitrary<string>, value: fc.Arbitrary<T>) {
  return fc.array(fc.tuple(key, value), { maxLength: 4 }).map((list) => Object.fromEntries(list));
}

describe('entryOf and withEntry', () => {
  it('take names of Object.prototype for names', async () => {
    const entry = baselineModel((await net()).result);
    for (const name of ['__proto__', 'constructor', 'hasOwnProperty']) {
      expect(entryOf(EMPTY_BASELINE, name)).toBeUndefined();
      const one = withEntry(EMPTY_BASELINE, name, entry);
      expect(entryOf(one, name)).toEqual(entry);
      expect(Object.getPrototypeOf(one.models)).toBe(Object.prototype);
      expect(entryOf(withEntry(one, name, undefined), name)).toBeUndefined();
    }
  });
});
