import { beforeAll, describe, expect, it } from 'vitest';
import { offersAt, type SpecSchema } from '../../src/app/editor/completion.js';
import { placeAt } from '../../src/app/editor/place.js';
import { specSchema } from '../../src/core/schemas/spec.schema.js';

let schema: SpecSchema;
beforeAll(async () => {
  schema = (await specSchema()) as SpecSchema;
});

/** What is offered at the bar of a text. */
function offered(marked: string) {
  const position = marked.indexOf('|');
  return offersAt(schema, marked.replace('|', ''), position).offers;
}
const labels = (marked: string) => offered(marked).map(({ label }) => label);

const HEAD = 'schema: archmeter/spec@1\ninput: [1, 3, 8, 8]\nlayers:\n';

describe('completion of a spec offers', () => {
  it('the keys of the file that it does not have yet', () => {
    expect(labels('|')).toEqual([
      '$schema',
      'schema',
      'name',
      'description',
      'parameters',
      'input',
      'inputs',
      'layers',
      'outputs',
    ]);
    expect(labels(`${HEAD}|`)).not.toContain('layers');
    expect(labels('schema: |')).toEqual(['archmeter/spec@1']);
  });

  it('ops, blocks and keys where a layer begins', () => {
    for (const text of [`${HEAD}  - |`, `${HEAD}- re|`]) {
      expect(labels(text)).toEqual(expect.arrayContaining(['op', 'block', 'layers', 'repeat', 'relu', 'conv']));
    }
    expect(labels(`${HEAD}  - {|`)).toEqual(['op', 'block', 'name', 'inputs', 'as', 'repeat', 'scope', 'layers']);
  });

  it('all ops and all blocks by name, with what they do', () => {
    const ops = offered(`${HEAD}  - { op: |`);
    expect(ops.find(({ label }) => label === 'concat')?.info).toBe('Concatenation along an axis.');
    expect(ops.map(({ label }) => label)).not.toContain('opaque');
    expect(labels(`${HEAD}  - block: |`)).toContain('osa');
  });

  it('the attributes of an op that are not given yet: those it needs, defaults, what they take', () => {
    for (const text of [
      `${HEAD}  - { op: conv, outChannels: 64, | }`,
      `${HEAD}  - op: conv\n    outChannels: 64\n    |`,
      `${HEAD}  - op: conv\n    |\n    outChannels: 64\n  - relu`,
    ]) {
      const offers = offered(text);
      const kernel = offers.find(({ label }) => label === 'kernel');
      expect(kernel).toMatchObject({ detail: 'needed', text: 'kernel: ' });
      expect(kernel?.info).toContain('Takes a whole number of at least 1 or a list of');
      expect(offers.find(({ label }) => label === 'stride')?.detail).toBe('default 1');
      expect(offers.map(({ label }) => label)).not.toContain('outChannels');
      expect(offers.map(({ label }) => label)).toContain('inputs');
    }
  });

  it('the choices of an attribute', () => {
    expect(labels(`${HEAD}  - { op: conv, outChannels: 8, kernel: 3, bias: |`)).toEqual(['true', 'false']);
    expect(labels(`${HEAD}  - op: maxPool\n    ceilMode: |`)).toEqual(['true', 'false']);
    expect(labels('input: { shape: [1, 3], dtype: |')).toContain('float16');
  });

  it('the names that the file gives, as inputs of a layer and as outputs', () => {
    const text = `name: net\n${HEAD}  - { op: relu, as: [a, b] }\n  - { op: relu, name: stem }\n`;
    const names = ['input', 'a', 'b', 'stem'];
    expect(labels(`${text}  - { op: add, inputs: [a, |`)).toEqual(names);
    expect(labels(`${text}  - op: add\n    inputs: |`)).toEqual(names);
    expect(labels(`${text}outputs: [|`)).toEqual(names);
    expect(labels('inputs:\n  x: [1]\n  y: [2]\nlayers:\n  - { op: relu, inputs: |')).toEqual(['x', 'y']);
  });

  it('groups their own keys, and nothing where anything may stand', () => {
    expect(labels(`${HEAD}  - repeat: 2\n    layers:\n      - relu\n    |`)).toEqual(['name', 'inputs', 'as', 'scope']);
    expect(labels('parameters:\n  wid|')).toEqual([]);
    expect(labels(`${HEAD}  - repeat: 2\n    layers:\n      - { op: conv, ker|`)).toContain('kernel');
  });
});

it('a place is told from its text alone, whatever was typed', () => {
  const text = `${HEAD}  - { op: conv, inputs: ["a, b"], kernel: [1, `;
  expect(placeAt(text, text.length)).toMatchObject({ kind: 'value', parent: 'layers', key: 'kernel', isFlow: true });
  for (let i = 0; i <= text.length; i++) expect(() => placeAt(text, i)).not.toThrow();
});
