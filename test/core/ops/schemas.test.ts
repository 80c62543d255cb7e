import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { OPS } from '../../../src/core/ops/index.js';
import { SAMPLED } from './samples.js';

const strict = { strict: true, strictTypes: true, strictTuples: true, allErrors: true } as const;
const draft07 = new Ajv(strict);
const draft2020 = new Ajv2020(strict);

describe('attribute schemas', () => {
  it.each([...OPS.values()].map((op) => [op.name, op] as const))(
    'of %s compile, refuse what they do not name, are JSON',
    (_, op) => {
      expect(JSON.parse(JSON.stringify(op.attributes))).toEqual(op.attributes);
      expect(draft2020.compile(op.attributes)).toBeTypeOf('function');
      const validate = draft07.compile(op.attributes);
      expect(validate({ noSuchAttribute: 1 })).toBe(false);
      expect(validate.errors?.some(({ keyword }) => keyword === 'additionalProperties')).toBe(true);
    },
  );

  it.each(SAMPLED)('hold for $title', ({ name, sample }) => {
    const validate = draft07.compile(OPS.get(name)?.attributes ?? false);
    validate(sample.attributes ?? {});
    expect(validate.errors ?? []).toEqual([]);
  });

  it('describe required attributes that are there', () => {
    for (const { name, attributes } of OPS.values()) {
      const missing = (attributes.required ?? []).filter((key) => !(key in attributes.properties));
      expect({ name, missing }).toEqual({ name, missing: [] });
    }
  });
});

describe('op definitions', () => {
  it.each([...OPS.values()].map((op) => [op.name, op] as const))('%s is well formed', (name, op) => {
    expect(name).toMatch(/^[a-z][A-Za-z0-9]*$/);
    expect(op.summary).not.toBe('');
    const variadic = op.inputs.findIndex((slot) => slot.variadic);
    expect(variadic === -1 || variadic === op.inputs.length - 1).toBe(true);
    expect(new Set(op.inputs.map((slot) => slot.name)).size).toBe(op.inputs.length);
    expect(op.weights !== undefined).toBe(op.inputs.some((slot) => slot.weight !== undefined));
  });

  it('have names of their own', () => {
    const lower = [...OPS.keys()].map((name) => name.toLowerCase());
    expect(new Set(lower).size).toBe(lower.length);
  });
});
