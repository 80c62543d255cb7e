import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { named } from '../../src/app/given.js';
import { BlobSource } from '../../src/app/worker/files.js';
import { analyze } from '../../src/core/analysis/analyze.js';
import { importModel } from '../../src/core/importers/index.js';

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
}
/** A field of protobuf: bytes with their length before them, of which `missing` follow later. */
const bytes = (field: number, content: readonly number[], missing = 0) => [
  ...varint(field * 8 + 2),
  ...varint(content.length + missing),
  ...content,
];
const number = (field: number, value: number) => [...varint(field * 8), ...varint(value)];
const text = (field: number, value: string) => bytes(field, [...Buffer.from(value)]);

const ROWS = 490_000;
const COLUMNS = 1000;
const WEIGHT_BYTES = 4 * ROWS * COLUMNS;

/** y = x · W in ONNX, with a W of almost 2 GB, the most that the format can hold in one file. */
function largeModel(): { head: number[]; tail: number[] } {
  const shape = (...sizes: number[]) => sizes.flatMap((size) => bytes(1, number(1, size)));
  const value = (name: string, ...sizes: number[]) => [
    ...text(1, name),
    ...bytes(2, bytes(1, [...number(1, 1), ...bytes(2, shape(...sizes))])),
  ];
  const node = bytes(1, [
    ...text(1, 'x'),
    ...text(1, 'W'),
    ...text(2, 'y'),
    ...text(3, 'product'),
    ...text(4, 'MatMul'),
  ]);
  const raw = [...varint(9 * 8 + 2), ...varint(WEIGHT_BYTES)];
  const weight = [...number(1, ROWS), ...number(1, COLUMNS), ...number(2, 1), ...text(8, 'W'), ...raw];
  const ends = [...bytes(11, value('x', 1, ROWS)), ...bytes(12, value('y', 1, COLUMNS))];
  const graph = [...node, ...text(2, 'large'), ...bytes(5, weight, WEIGHT_BYTES)];
  const model = [...number(1, 8), ...bytes(8, number(2, 17))];
  return { head: [...model, ...bytes(7, graph, WEIGHT_BYTES + ends.length)], tail: ends };
}

describe('files of a reader', () => {
  it('are read by slices: of 2 GB of weights, next to nothing', async () => {
    const { head, tail } = largeModel();
    const block = new Blob([new Uint8Array(WEIGHT_BYTES / 1000)]);
    const whole = new Blob([Uint8Array.from(head), ...Array<Blob>(1000).fill(block), Uint8Array.from(tail)]);
    expect(whole.size).toBeGreaterThan(1.9e9);
    let read = 0;
    const counting = {
      size: whole.size,
      slice(from: number, to: number) {
        read += to - from;
        return whole.slice(from, to);
      },
    } as Blob;
    const graph = await importModel(new BlobSource('large.onnx', counting));
    expect(analyze(graph).totals).toMatchObject({ params: ROWS * COLUMNS, madds: ROWS * COLUMNS });
    expect(read).toBeLessThan(1e6);
  });

  it('of a folder of TensorFlow.js are one model; a second of the same names stands beside it', () => {
    const file = new Blob([]);
    const folder = ['net/model.json', 'net/group1-shard1of1.bin', 'net/notes.json'].map((path) => ({ path, file }));
    expect(named(folder, () => false).references).toEqual(['net/model.json']);
    const { files, references } = named(folder, (path) => path.startsWith('net/'));
    expect(references).toEqual(['2/net/model.json']);
    expect(files.map(({ path }) => path)).toEqual(folder.map(({ path }) => `2/${path}`));
  });

  it('that no ending tells are opened all the same, data beside a model are not', () => {
    const file = new Blob([]);
    const of = (...paths: string[]) =>
      named(
        paths.map((path) => ({ path, file })),
        () => false,
      ).references;
    expect(of('weights')).toEqual(['weights']);
    expect(of('a.onnx', 'a.data')).toEqual(['a.onnx']);
  });
});

it('the page takes at most 1.5 MB, compressed, before it loads a runtime', () => {
  const folder = fileURLToPath(new URL('../../dist/app', import.meta.url));
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/^(wasm|webgpu)-/.test(entry.name))
    .map((entry) => gzipSync(readFileSync(join(entry.parentPath, entry.name))).length);
  expect(files.length).toBeGreaterThan(20);
  expect(files.reduce((sum, size) => sum + size, 0)).toBeLessThan(1.5e6);
});
