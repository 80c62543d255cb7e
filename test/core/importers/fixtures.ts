import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { analyze } from '../../../src/core/analysis/analyze.js';
import type { AnalysisTotals } from '../../../src/core/analysis/result.js';
import type { ByteSource, ImportOptions } from '../../../src/core/importers/index.js';
import { importModel } from '../../../src/core/importers/index.js';
import { memorySource } from '../../../src/core/importers/shared/bytes.js';
import type { Graph } from '../../../src/core/ir/graph.js';

export const FIXTURES = fileURLToPath(new URL('../../../fixtures', import.meta.url));

export function fixtureBytes(path: string): Uint8Array {
  return new Uint8Array(readFileSync(join(FIXTURES, path)));
}

export function fixtureJson<T>(path: string): T {
  return JSON.parse(readFileSync(join(FIXTURES, path), 'utf8')) as T;
}

/** A file of the fixtures in memory, with those beside it. */
export function fixtureSource(path: string): ByteSource {
  const folder = dirname(join(FIXTURES, path));
  const siblings = Object.fromEntries(
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => [name, new Uint8Array(readFileSync(join(folder, name)))]),
  );
  return memorySource(relative(FIXTURES, join(FIXTURES, path)), fixtureBytes(path), siblings);
}

export const importFixture = (path: string, options: ImportOptions = {}) => importModel(fixtureSource(path), options);

export function importText(text: string, name = 'model.json', options: ImportOptions = {}): Promise<Graph> {
  return importModel(memorySource(name, new TextEncoder().encode(text)), options);
}

export function importJson(json: unknown, name?: string, options?: ImportOptions): Promise<Graph> {
  return importText(JSON.stringify(json), name, options);
}

export const totalsOf = (graph: Graph): AnalysisTotals => analyze(graph).totals;

export function outputShapes(graph: Graph): (readonly number[])[] {
  return graph.outputs.map((id) => (graph.values[id] as Graph['values'][number]).shape);
}

/** A source that counts what is read of it. */
export function countingSource(name: string, bytes: Uint8Array, size = bytes.length) {
  const counted = { bytes: 0 };
  const source: ByteSource = {
    name,
    size,
    async read(offset, length) {
      counted.bytes += length;
      const read = new Uint8Array(length);
      read.set(bytes.subarray(offset, offset + length));
      return read;
    },
    sibling: async () => undefined,
  };
  return { source, counted };
}
