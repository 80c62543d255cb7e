import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { strToU8, unzipSync, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../../src/core/importers/pt2/json.js';
import type { Graph } from '../../../../src/core/ir/graph.js';
import { elementCount } from '../../../../src/core/ir/tensor.js';
import { arithmeticOf } from './graph-costs.js';
import { archive, type ProgramSpec, programJson, readBytes } from './program-file.js';

const FOLDER = fileURLToPath(new URL('../../../../fixtures/pt2/', import.meta.url));
const FIXTURES = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.pt2'))
  .map((file) => ({ file, bytes: new Uint8Array(readFileSync(`${FOLDER}${file}`)) }));

const SMALL: ProgramSpec = {
  inputs: { x: [1, 3, 8, 8] },
  parameters: { 'conv.weight': [4, 3, 3, 3] },
  nodes: [
    { target: 'aten.conv2d.default', inputs: { input: '%x', weight: '%conv_weight' }, outputs: { y: [1, 4, 6, 6] } },
  ],
};

/** One line, naming the file. */
function expectOneLine(error: unknown, file: string): void {
  expect(error).toMatchObject({ name: 'ArchmeterError' });
  const { message } = error as Error;
  expect(message).toMatch(new RegExp(`^${file.replaceAll('.', '\\.')}[:,] `));
  expect(message).not.toMatch(/\n|undefined|\[object/);
  expect(message.length).toBeLessThan(600);
}

function expectSane(graph: Graph): void {
  for (const value of graph.values) {
    const elements = elementCount(value.shape);
    expect(Number.isFinite(elements) && elements >= 0).toBe(true);
  }
  for (const node of graph.nodes) {
    const { madds, flops } = arithmeticOf(graph, node);
    expect(madds >= 0 && flops >= 0, `${node.op}: ${madds} multiply-adds, ${flops} flops`).toBe(true);
  }
}

/** What a reader of the figures sees. */
const contents = ({ values, nodes, notes }: Graph) => ({ values, nodes, notes });

describe('a damaged archive', () => {
  it.each(FIXTURES)('$file is read as it was, or refused in one line', async ({ file, bytes }) => {
    const whole = contents(await readBytes(bytes, {}, file));
    const edit = fc.oneof(
      fc.record({ at: fc.nat(bytes.length - 1), bit: fc.nat(7) }).map(({ at, bit }) => {
        const damaged = bytes.slice();
        damaged[at] = (damaged[at] as number) ^ (1 << bit);
        return damaged;
      }),
      fc.nat(bytes.length - 1).map((length) => bytes.slice(0, length)),
      fc.tuple(fc.nat(bytes.length - 1), fc.uint8Array({ minLength: 1, maxLength: 40 })).map(([at, more]) => {
        const damaged = new Uint8Array(bytes.length + more.length);
        damaged.set(bytes.subarray(0, at));
        damaged.set(more, at);
        damaged.set(bytes.subarray(at), at + more.length);
        return damaged;
      }),
      fc
        .record({
          at: fc.nat(bytes.length - 1),
          value: fc.constantFrom(0, 255),
          length: fc.integer({ min: 1, max: 8 }),
        })
        .map(({ at, value, length }) => bytes.slice().fill(value, at, at + length)),
    );
    await fc.assert(
      fc.asyncProperty(edit, async (damaged) => {
        let graph: Graph;
        try {
          graph = await readBytes(damaged, {}, file);
        } catch (error) {
          expectOneLine(error, file);
          return;
        }
        const { notes, ...read } = contents(graph);
        // A lost list of weights is said; everything else is checked by the archive's checksums.
        if (notes.some((note) => note.startsWith('The archive does not list its weights'))) return;
        expect({ ...read, notes }).toEqual(whole);
      }),
      { numRuns: 40 },
    );
  });
});

/** Every place in a JSON value. */
function places(json: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof json !== 'object' || json === null) return [path];
  return [
    path,
    ...Object.entries(json).flatMap(([key, value]) =>
      places(value, [...path, Array.isArray(json) ? Number(key) : key]),
    ),
  ];
}

function replaced(json: unknown, path: readonly (string | number)[], value: unknown): unknown {
  const copy = structuredClone(json);
  let parent = copy as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) parent = parent[key] as Record<string | number, unknown>;
  const last = path.at(-1);
  if (last === undefined) return value;
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}

const JUNK = [
  undefined,
  null,
  true,
  -1,
  0,
  1,
  2,
  7,
  1.5,
  1e9,
  2 ** 53,
  9.3e18,
  '',
  'x',
  'constructor',
  '__proto__',
  [],
  {},
  [0],
  { as_int: -5 },
  { as_none: true },
  'NaN',
  'Infinity',
];

describe('a damaged program', () => {
  const programs = FIXTURES.map(({ file, bytes }) => {
    const entries = unzipSync(bytes);
    const name = Object.keys(entries).find((entry) => /exported_program\.json$|models\/[^/]+\.json$/.test(entry)) ?? '';
    return { file, json: parseJson(entries[name] as Uint8Array, name) };
  });

  it.each(programs)('$file is read to sane figures, or refused in one line', async ({ file, json }) => {
    const all = places(json);
    await fc.assert(
      fc.asyncProperty(fc.nat(all.length - 1), fc.constantFrom(...JUNK), async (place, junk) => {
        const bytes = archive(replaced(json, all[place] ?? [], junk));
        try {
          expectSane(await readBytes(bytes, {}, file));
        } catch (error) {
          expectOneLine(error, file);
        }
      }),
      { numRuns: 25 },
    );
  });
});

describe('a file that is no torch.export program', () => {
  const read = (bytes: Uint8Array, name = 'model.pt2') => readBytes(bytes, {}, name);
  const again = 'Save the program with torch.export.save(torch.export.export(model, (example,)), "model.pt2").';

  it('is refused where it is empty', async () => {
    await expect(read(new Uint8Array())).rejects.toThrow(
      'model.pt2: the file is empty. The file is cut off or damaged; download or export it again.',
    );
  });

  it('is refused where it is no zip archive', async () => {
    await expect(read(strToU8('x'.repeat(500)))).rejects.toThrow(
      'model.pt2: it is no zip archive, or cut off: the directory at its end is missing. The file is cut off or damaged; download or export it again.',
    );
  });

  it('is refused where the archive holds something else', async () => {
    await expect(read(zipSync({ 'a.txt': strToU8('hello') }))).rejects.toThrow(
      `model.pt2: the zip archive holds no exported program (models/*.json). ${again}`,
    );
    await expect(read(zipSync({ 'm/data/aotinductor/model/a.so': strToU8('code') }))).rejects.toThrow(
      `model.pt2: it is an AOTInductor package: compiled code, no graph. ${again}`,
    );
    await expect(read(archive(programJson(SMALL), { 'model/models/other.json': strToU8('{}') }))).rejects.toThrow(
      "model.pt2: it holds 2 programs: 'model', 'other'. Save each in a file of its own.",
    );
  });

  it('is refused by the version of its schema', async () => {
    const json = { ...programJson(SMALL), schema_version: { major: 9, minor: 0 }, torch_version: '3.0.0' };
    await expect(read(archive(json))).rejects.toThrow(
      'model.pt2: the export schema is version 9.0, written by torch 3.0.0; archmeter reads version 8. Export the model again with a torch of the 2.x series.',
    );
    const old = { ...programJson(SMALL), schema_version: { major: 5, minor: 3 } };
    await expect(read(archive(old))).rejects.toThrow(/^model\.pt2: the export schema is version 5\.3/);
    const entries = unzipSync(archive(programJson(SMALL)));
    await expect(read(zipSync({ ...entries, 'model/archive_version': strToU8('7') }))).rejects.toThrow(
      `model.pt2: its archive version is '7'; archmeter reads '0'. ${again}`,
    );
  });

  it('is refused where its shapes contradict themselves', async () => {
    const [node] = SMALL.nodes;
    const wrong = {
      ...SMALL,
      nodes: [{ ...node, target: node?.target ?? '', inputs: node?.inputs ?? {}, outputs: { y: [1, 4, 7, 6] } }],
    };
    await expect(read(archive(programJson(wrong)))).rejects.toThrow(
      "model.pt2, layer 'y': aten.conv2d.default gives 1x4x6x6, but the file states 1x4x7x6. The file is damaged, or archmeter misreads this operator: please report it.",
    );
  });

  it('is refused where a tensor is read before it is computed', async () => {
    const cyclic: ProgramSpec = {
      inputs: { x: [2] },
      nodes: [
        { target: 'aten.add.Tensor', inputs: { self: '%b', other: '%x' }, outputs: { a: [2] } },
        { target: 'aten.add.Tensor', inputs: { self: '%a', other: '%x' }, outputs: { b: [2] } },
      ],
    };
    await expect(read(archive(programJson(cyclic)))).rejects.toThrow(
      "model.pt2, layer 'a': tensor 'b' is read before it is computed. The file is damaged; download or export it again.",
    );
  });

  it('may hold what Python writes for numbers that JSON does not know', async () => {
    const spec: ProgramSpec = {
      inputs: { x: [2, 2], m: { shape: [2, 2], dtype: 12 } },
      nodes: [
        {
          target: 'aten.masked_fill.Scalar',
          inputs: { self: '%x', mask: '%m', value: { as_float: 'VALUE' } },
          outputs: { y: [2, 2] },
          modules: 'k,a "NaN" module,T',
        },
      ],
    };
    const text = JSON.stringify(programJson(spec)).replace('"VALUE"', '-Infinity');
    const graph = await read(zipSync({ 'm/models/model.json': strToU8(text) }));
    expect(graph.nodes.map(({ op }) => op)).toEqual(['where']);
    expect(JSON.parse(JSON.stringify(graph.nodes))).toEqual(graph.nodes);
  });
});
