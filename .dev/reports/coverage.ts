import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LOWERINGS } from '../../src/bench/lowering/ops/index.js';
import { hasReference } from '../../src/bench/reference/interpret.js';
import { canExport } from '../../src/core/export/onnx/index.js';
import { OPS } from '../../src/core/ops/index.js';
import { EXEMPT, UNCOUNTED_ONNX } from './coverage-exempt.js';

/** Whether an op has a column: what can be run or written of it. */
const RUNS = {
  reference: hasReference,
  tfjs: (op: string) => Object.hasOwn(LOWERINGS, op),
  export: canExport,
};

export type RunColumn = keyof typeof RUNS;

const HEADINGS: Readonly<Record<RunColumn, string>> = {
  reference: 'reference',
  tfjs: 'TensorFlow.js',
  export: 'ONNX export',
};

/** Folders of source whose lines name the ops that a reader of the format makes. */
const READERS: Readonly<Record<string, readonly string[]>> = {
  ONNX: ['onnx'],
  'torch.export': ['pt2'],
  Keras: ['keras'],
  'TensorFlow.js': ['tfjs', 'tensorflow', 'keras'],
  'TensorFlow Lite': ['tflite', 'tensorflow'],
};

export interface Coverage {
  readonly op: string;
  readonly kind: string;
  readonly runs: Readonly<Record<RunColumn, boolean>>;
  readonly readers: Readonly<Record<string, boolean>>;
}

export function coverage(): Coverage[] {
  const named = Object.entries(READERS).map(([format, folders]) => [format, namesIn(folders)] as const);
  return [...OPS.values()]
    .map(({ name, kind }) => ({
      op: name,
      kind,
      runs: { reference: RUNS.reference(name), tfjs: RUNS.tfjs(name), export: RUNS.export(name) },
      readers: Object.fromEntries(named.map(([format, names]) => [format, names.has(name)])),
    }))
    .sort((a, b) => (a.kind === b.kind ? (a.op < b.op ? -1 : 1) : a.kind < b.kind ? -1 : 1));
}

/** Why an op has no column; undefined where no reason is given. */
export function exemption(column: keyof typeof EXEMPT, op: string): string | undefined {
  return Object.entries(EXEMPT[column]).find(([ops]) => ops.split(' ').includes(op))?.[1];
}

/** Texts in quotes of all files in some importers' folders. */
function namesIn(folders: readonly string[]): Set<string> {
  const names = new Set<string>();
  for (const folder of folders) {
    const root = fileURLToPath(new URL(`../../src/core/importers/${folder}`, import.meta.url));
    for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('.ts'),
    )) {
      for (const [, name] of readFileSync(join(root, file), 'utf8').matchAll(/'(\w+)'/g)) names.add(name as string);
    }
  }
  return names;
}

/** One line for README. */
export function coverageSummary(rows = coverage()): string {
  const count = (has: (row: Coverage) => boolean) => rows.filter(has).length;
  const runs = (Object.keys(RUNS) as RunColumn[]).map(
    (column) => `${HEADINGS[column]} ${count((row) => row.runs[column])}`,
  );
  const readers = Object.keys(READERS).map((format) => `${format} ${count((row) => row.readers[format] === true)}`);
  return `Of ${rows.length} ops: ${runs.join(', ')}; made by the readers of ${readers.join(', ')}. Op by op, with the reason for each gap: [\`reports/coverage.md\`](reports/coverage.md).`;
}

/** Written by `npm run test:conformance -- --write`, which needs the tests of the onnx project. */
const CONFORMANCE = fileURLToPath(new URL('../../reports/conformance.md', import.meta.url));

const KINDS: Readonly<Record<string, string>> = {
  uncounted: 'shapes are right; the work is not counted',
  bounded: 'a size that depends on data is counted at its largest',
  unsupported: 'shape not known',
  disagrees: 'disagrees',
};

/** Of the ONNX backend node tests: how many agree, and each other by name with the reason. */
export function conformanceRest(text: string): string[] {
  const [, total, agreeing] = /^Of (\d+): (\d+) agree/m.exec(text) ?? [];
  if (total === undefined) throw new Error(`${CONFORMANCE} does not say how many tests agree`);
  const byReason = new Map<string, string[]>();
  for (const [, name, kind, why] of text.matchAll(/^\| `(\w+)` \| (\w+) \| (.*) \|$/gm)) {
    const reason = `${KINDS[kind as string] ?? kind} | ${reasonOf(why as string)}`;
    byReason.set(reason, [...(byReason.get(reason) ?? []), `\`${name}\``]);
  }
  const rest = [...byReason.values()].flat().length;
  return [
    `Of ${total} backend node tests ${agreeing} agree ([how](conformance.md)); the other ${rest} by name:`,
    '',
    '| outcome | why | tests |',
    '|---|---|---|',
    ...[...byReason].map(([reason, names]) => `| ${reason} | ${names.join(', ')} |`),
  ];
}

/** An op that is not counted, with the reason that is given for it. */
function reasonOf(why: string): string {
  const op = /(\w+) not counted$/.exec(why)?.[1];
  if (op === undefined) return why;
  const reason = Object.entries(UNCOUNTED_ONNX).find(([ops]) => ops.split(' ').includes(op))?.[1];
  return `\`${op}\`: ${reason ?? 'archmeter does not know it'}`;
}

/** `reports/coverage.md`: op by what can be done with it. */
export function writeCoverage(target: string): void {
  const rows = coverage();
  const columns = Object.keys(RUNS) as RunColumn[];
  const formats = Object.keys(READERS);
  const mark = (has: boolean | undefined) => (has ? '●' : '');
  const reasons: string[] = [];
  const cell = (row: Coverage, column: RunColumn) => {
    if (row.runs[column]) return '●';
    const reason = exemption(column, row.op) ?? 'missing';
    if (!reasons.includes(reason)) reasons.push(reason);
    return `${reasons.indexOf(reason) + 1}`;
  };
  const lines = rows.map(
    (row) =>
      `| \`${row.op}\` | ${row.kind} | ${columns.map((column) => cell(row, column)).join(' | ')} | ${formats.map((format) => mark(row.readers[format])).join(' | ')} |`,
  );
  const text = [
    '# Coverage of ops',
    '',
    'Every op is counted exactly (but `opaque`). The first three columns say what else can be done with it: whether',
    'archmeter computes it itself, to hold runtimes against (**reference**), runs it on TensorFlow.js, and writes it to',
    'ONNX, which ONNX Runtime runs. A number is a reason why not, below. The others say which readers of model files make',
    'it: their source names it; a format may have no such op. Written by `npm run reports`; a test fails for a gap without',
    'a reason.',
    '',
    coverageSummary(rows).replace(/ Op by op.*$/, ''),
    '',
    `| op | kind | ${columns.map((column) => HEADINGS[column]).join(' | ')} | ${formats.join(' | ')} |`,
    `|---|---|${columns.map(() => ':-:|').join('')}${formats.map(() => ':-:|').join('')}`,
    ...lines,
    '',
    ...reasons.map((reason, i) => `${i + 1}. ${reason}`),
    '',
    '## Ops of ONNX that are not counted',
    '',
    'Their shapes are worked out, so that what follows is counted; totals name them as left out.',
    '',
    ...Object.entries(UNCOUNTED_ONNX).map(
      ([ops, reason]) =>
        `- ${ops
          .split(' ')
          .map((op) => `\`${op}\``)
          .join(', ')}: ${reason}`,
    ),
    '',
    '## Tests of ONNX that do not agree in full',
    '',
    ...conformanceRest(readFileSync(CONFORMANCE, 'utf8')),
    '',
  ].join('\n');
  mkdirSync(join(target, 'reports'), { recursive: true });
  writeFileSync(join(target, 'reports/coverage.md'), text);
}
