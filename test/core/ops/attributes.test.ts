import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { OPS } from '../../../src/core/ops/index.js';
import { type BuiltCall, build, memoryAccessCost, type Sample } from './sample-calls.js';
import { SAMPLED } from './samples.js';

const ajv = new Ajv({ strict: true });
const VALUES = [-3, -1, 0, 1, 2, 7, 1000, 2 ** 40, 0.5];

/** Every value with one number in it, however deep, made another; and arrays one shorter and one longer. */
function* mutations(value: unknown): Generator<unknown> {
  if (typeof value === 'number') yield* VALUES;
  else if (typeof value === 'boolean') yield !value;
  else if (Array.isArray(value)) {
    yield value.slice(1);
    yield [...value, value.at(-1) ?? 1];
    for (let i = 0; i < value.length; i++) for (const entry of mutations(value[i])) yield value.with(i, entry);
  }
}

function* attributeMutations(attributes: Readonly<Record<string, unknown>>): Generator<Record<string, unknown>> {
  for (const [key, value] of Object.entries(attributes)) {
    const { [key]: _, ...rest } = attributes;
    yield rest;
    for (const mutation of mutations(value)) yield { ...attributes, [key]: mutation };
  }
}

function figures(built: BuiltCall): number[] {
  const { madds, flops } = built.op.arithmetic(built.call);
  return [madds, flops, memoryAccessCost(built), ...built.call.outputs.flatMap(({ shape }) => shape)];
}

function check(name: string, sample: Sample): void {
  let built: BuiltCall;
  try {
    built = build(name, sample);
  } catch (error) {
    expect(error, JSON.stringify(sample)).toMatchObject({ name: 'ArchmeterError' });
    expect((error as Error).message).not.toMatch(/undefined|NaN|null|\[object/);
    return;
  }
  const wrong = figures(built).filter((figure) => !Number.isInteger(figure) || figure < 0);
  expect(wrong, JSON.stringify(sample)).toEqual([]);
}

describe('attributes that the schema allows', () => {
  it.each(SAMPLED.filter(({ sample }) => Object.keys(sample.attributes ?? {}).length > 0))(
    'make $title count or be refused in words',
    ({ name, sample }) => {
      const validate = ajv.compile(OPS.get(name)?.attributes ?? false);
      for (const attributes of attributeMutations(sample.attributes ?? {})) {
        if (validate(attributes)) check(name, { ...sample, attributes });
      }
    },
  );
});
