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
  'src/core/spec/expression.ts',
  // What models are built of, and the activations that one may choose for them.
  'src/core/zoo/**',
  'src/core/evaluate/**',
  'src/core/export/onnx/ops/**',
  'src/bench/lowering/ops/**',
  'src/bench/reference/**',
];

const root = fileURLToPath(new URL('../../../', import.meta.url));
const files = globSync('src/**/*.ts', { ignore: TABLES, cwd: root });

const isOp = (name: string) => OPS.has(name);
/** Words of arithmetic and of scales, which name ops too. */
const WORDS: ReadonlySet<string> = new Set([
  'min',
  'max',
  'floor',
  'ceil',
  'round',
  'linear',
  'log',
  'add',
  'sub',
  'mul',
]);
const areOps = (names: readonly (string | undefined)[]) =>
  names.length > 1 &&
  names.every((name) => name !== undefined && isOp(name)) &&
  !names.every((name) => KINDS.has(name as string) || WORDS.has(name as string));

/** What stands inside each pair of brackets, with what stands in brackets within left out. */
function* bracketed(text: string): Generator<{ readonly open: string; readonly inside: string }> {
  const stack: { open: string; inside: string }[] = [];
  for (const [part] of text.matchAll(/[{}[\]]|[^{}[\]]+/g)) {
    if (part === '{' || part === '[') stack.push({ open: part, inside: '' });
    else if (part === '}' || part === ']') {
      const closed = stack.pop();
      if (closed !== undefined) yield closed;
      const outer = stack.at(-1);
      // An entry of a Map is told by its key.
      if (outer !== undefined) outer.inside += closed?.open === '[' ? (closed.inside.split(',')[0] ?? '') : '…';
    } else if (stack.length > 0) (stack.at(-1) as { inside: string }).inside += part;
  }
}

/** Names of an array, or keys of a record, where it holds nothing else. */
function namesIn({ open, inside }: { readonly open: string; readonly inside: string }): (string | undefined)[] {
  const entries = inside
    .replace(/\/\*.*?\*\/|\/\/.*/g, '')
    .split(/,|;|\n/)
    .map((entry) => entry.trim())
    .filter(Boolean);
  const form = open === '[' ? /^'(\w+)'$/ : /^(?:readonly )?'?(\w+)'?\??:[^:]*$/;
  return entries.map((entry) => form.exec(entry)?.[1]);
}

/** Places of a text that tell ops apart by name. */
function matches(text: string): string[] {
  const found: string[] = [];
  for (const [place, name] of text.matchAll(/\bop(?:\.name)?\b\)?\s*[!=]==\s*'(\w+)'/g))
    if (isOp(name as string)) found.push(place);
  for (const [place] of text.matchAll(/switch \((?:\w+\??\.)*op(?:\.name)?\)/g)) found.push(place);
  for (const part of bracketed(text)) {
    const names = namesIn(part);
    if (areOps(names)) found.push(names.join(', '));
  }
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
  expect(matches('const MOVES = { concat: 2, split: 1 };')).toHaveLength(1);
  expect(
    matches('const MOVES: Readonly<Record<string, Cost>> = {\n  concat: { reads: 2 },\n  split: cost([1]),\n};'),
  ).toHaveLength(1);
  expect(matches("new Map([['concat', 2], ['split', 1]])")).toHaveLength(1);
  expect(matches("if (['concat', 'split'].includes(op)) {}")).toHaveLength(1);
  expect(matches('{ min: 0, max: 1 }')).toHaveLength(0);
  expect(matches('{ split: 1, other: 2 }')).toHaveLength(0);
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
