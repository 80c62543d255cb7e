import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { globSync } from 'tinyglobby';
import { expect, it } from 'vitest';
import { OPS } from '../../../src/core/ops/index.js';

const KINDS: ReadonlySet<string> = new Set([...OPS.values()].map(({ kind }) => kind));

/** Where ops are told apart by name: their own files, readers of files, and tables with one entry an op. */
const TABLES = [
  'src/core/ops/**',
  'src/core/importers/**',
  'src/core/traces/**',
  // Functions of a language of its own.
  'src/core/sweep/condition.ts',
  'src/core/evaluate/**',
  'src/core/export/onnx/ops/**',
  'src/bench/lowering/ops/**',
  'src/bench/reference/**',
];

const root = fileURLToPath(new URL('../../../', import.meta.url));
const files = globSync('src/**/*.ts', { ignore: TABLES, cwd: root });

const isOp = (name: string) => OPS.has(name);
const quoted = (text: string) => [...text.matchAll(/'(\w+)'/g)].map((match) => match[1] as string);

/** Places of a text that tell ops apart by name. */
function matches(text: string): string[] {
  const found: string[] = [];
  for (const [place, name] of text.matchAll(/\bop\b\)?\s*[!=]==\s*'(\w+)'/g))
    if (isOp(name as string)) found.push(place);
  for (const [place] of text.matchAll(/switch \((?:\w+\??\.)*op(?:\.name)?\)/g)) found.push(place);
  for (const [place, body = ''] of text.matchAll(/new Set(?:<[^>]*>)?\(\[([^\]]*)\]\)/g)) {
    const names = quoted(body).filter((name) => isOp(name) && !KINDS.has(name));
    if (names.length > 0 && quoted(body).every(isOp)) found.push(place.slice(0, 60));
  }
  for (const [place, name] of text.matchAll(/\bop\.name\s*[!=]==\s*'(\w+)'/g))
    if (isOp(name as string)) found.push(place);
  return found;
}

it('no op is told apart by its name outside its own file and the tables with one entry an op', () => {
  expect(files.length).toBeGreaterThan(300);
  expect(
    files.flatMap((file) => matches(readFileSync(`${root}/${file}`, 'utf8')).map((place) => `${file}: ${place}`)),
  ).toEqual([]);
});

it('such a match would be found', () => {
  expect(matches("if (node.op === 'conv') {}")).toHaveLength(1);
  expect(matches("if (after?.op !== 'batchNorm') {}")).toHaveLength(1);
  expect(matches('switch (node.op) {}')).toHaveLength(1);
  expect(matches("new Set(['relu', 'gelu'])")).toHaveLength(1);
  expect(matches("if (op.name === 'relu') {}")).toHaveLength(1);
  expect(matches("new Set<OpKind>(['convolution', 'linear'])")).toHaveLength(0);
});

it('attributes are read by the types of their op: the three callers of tables alone cast them', () => {
  const all = globSync('src/{bench,core}/**/*.ts', { ignore: ['src/core/ops/**', 'src/core/importers/**'], cwd: root });
  const casts = all.flatMap((file) =>
    [...readFileSync(`${root}/${file}`, 'utf8').matchAll(/\bnode\.attributes as |call\.attributes as /g)].map(
      () => file,
    ),
  );
  expect(casts.sort()).toEqual([
    'src/bench/lowering/lower.ts',
    'src/bench/reference/interpret.ts',
    'src/core/export/onnx/export.ts',
  ]);
});
