// Writes reports/profiles: how much of the time of traces is joined, and where FLOPs differ from TraceLens's.
// Usage, after `.dev/profiles/corpora.ts OUT` made what it reads: tsx .dev/profiles.ts OUT
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { profileOf } from '../src/core/profile/profile.js';
import { readTrace, type Trace } from '../src/core/traces/index.js';
import { withModelFile } from '../src/node/byte-source.js';
import { loadModel } from '../src/node/load-model.js';
import { type CountedOperator, countedOperators, DIFFERENCES } from '../test/core/traces/tracelens.js';

const out = process.argv[2] ?? '';
const [ortTraces, ortModels, torchTraces, others] = ['onnxruntime', 'onnx', 'pytorch', 'others'].map((folder) =>
  join(out, folder),
) as [string, string, string, string];
const percent = (fraction: number) => `${(100 * fraction).toFixed(2)} %`;
const files = (folder: string, ending: string) =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith(ending))
        .sort()
    : [];
const read = (path: string) => withModelFile(path, (source) => readTrace(source));

interface Joined {
  readonly name: string;
  readonly layers: number;
  readonly fraction: number;
  /** Of all time, what went into layouts. */
  readonly layout: number;
}

async function joined(trace: string, model: string, name: string): Promise<Joined> {
  const { joinedFraction, graph, rows } = profileOf(await read(trace), name, await loadModel(model, {}));
  const timeOf = (some: typeof rows) => some.reduce((sum, { latencyMs }) => sum + latencyMs, 0);
  const layout = timeOf(rows.filter(({ other }) => other === 'layout')) / timeOf(rows);
  return { name, layers: graph.nodes.length, fraction: joinedFraction, layout };
}

function table(rows: readonly Joined[], goal: number): string {
  const least = Math.min(...rows.map(({ fraction }) => fraction));
  const below = rows.filter(({ fraction }) => fraction < goal).map(({ name }) => name);
  return [
    `${rows.length} models; least ${percent(least)}; below the goal of ${percent(goal)}: ${below.length === 0 ? 'none' : below.join(', ')}.`,
    '',
    '| model | layers | time joined | layout conversions, of all time |',
    '|---|---:|---:|---:|',
    ...rows.map(
      ({ name, layers, fraction, layout }) => `| ${name} | ${layers} | ${percent(fraction)} | ${percent(layout)} |`,
    ),
  ].join('\n');
}

const ort: Joined[] = [];
for (const file of files(ortTraces, '.json')) {
  const name = file.replace(/\.json$/, '');
  const model = join(ortModels, `${name}.onnx`);
  if (existsSync(model)) ort.push(await joined(join(ortTraces, file), model, name));
}
const torch: Joined[] = [];
for (const file of files(torchTraces, '.json.gz')) {
  const name = file.replace(/\.json\.gz$/, '');
  torch.push(await joined(join(torchTraces, file), join(torchTraces, `${name}.pt2`), name));
}

/** Of the time in iterations, and of all device time of the file what an iteration holds. */
function attributed({ attributedMs = 0, totalMs, leftOutMs }: Trace): [number, number] {
  return [attributedMs / (totalMs - leftOutMs), (totalMs - leftOutMs) / totalMs];
}

const fixtures = 'fixtures/profiles/pytorch';
/** Every file below a folder that ends so. */
const below = (folder: string, ending: string) =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith(ending))
        .sort()
    : [];
const traces = [
  ...files(fixtures, '.json.gz').map((name) => [name, join(fixtures, name)] as const),
  ...below(others, '.json.gz').map(
    (name) => [name.replace(/^(\w+)\/tests\/(traces|data)\//, '$1: '), join(others, name)] as const,
  ),
];
const operators: string[] = [];
const refused: string[] = [];
for (const [name, path] of traces) {
  const trace = await read(path).catch((error: Error) => error);
  if (trace instanceof Error) {
    refused.push(`- ${name}: ${trace.message.replace(/^\S+: /, '').split('. ')[0]}`);
    continue;
  }
  const [found, held] = attributed(trace);
  const shapes = trace.notes.some((note) => note.includes('no shapes')) ? 'no' : 'yes';
  const inGraphs = trace.iterations.some(({ steps }) => steps.some(({ other }) => other === 'graph'));
  operators.push(
    `| ${name} | ${trace.device.name} | ${shapes} | ${percent(found)}${inGraphs ? ' (the rest in launched graphs, which name no operators)' : ''} | ${percent(held)} |`,
  );
}

const unknown = new Map<string, number>();
/** Those of the fixtures are three of them. */
const all = below(others, 'unified_perf_summary.csv').map((file) => join(others, file));
const summaries =
  all.length > 0
    ? all
    : files('fixtures/profiles/tracelens', '.csv').map((file) => join('fixtures/profiles/tracelens', file));
const counted = summaries.flatMap((file) =>
  countedOperators(readFileSync(file, 'utf8'), (name) => {
    unknown.set(name, (unknown.get(name) ?? 0) + 1);
  }),
);
const equal = counted.filter(({ flops, theirs }) => flops === theirs);
const isExplained = (one: CountedOperator) =>
  DIFFERENCES.some(({ name, theirs }) => name.test(one.name) && theirs(one) === one.theirs);
const unexplained = counted.filter((one) => one.flops !== one.theirs && !isExplained(one));
const vit = profileOf(
  await read(join(fixtures, 'vit-b-16-h100.json.gz')),
  'vit',
  await loadModel('vit_b_16', { batch: 4 }),
);

const text = `# Profiles joined to layers

Written by \`.dev/profiles.ts\`; its traces by \`.dev/profiles/corpora.ts\`: of a processor (random weights, one thread),
and from the repositories of others. "Time joined" is of the model's own time; layouts that a runtime converts are rows of their own and no part of it.

## ONNX Runtime on a processor, exports of the reference set

${ort.length === 0 ? 'Not run.' : table(ort, 0.95)}

## PyTorch on a processor, torchvision models against their own .pt2

${torch.length === 0 ? 'Not run.' : table(torch, 0.98)}

## Traces that others made: device time attributed to operators

The last column is what of the file's device time lies in an iteration: kernels whose launch was not recorded lie in none.

| trace | device | shapes | attributed | in iterations |
|---|---|---|---:|---:|
${operators.join('\n')}

${refused.length === 0 ? '' : `Not profiles of a known format:\n\n${refused.join('\n')}\n`}
ViT-B/16 on an H100 against the zoo's \`vit_b_16\`: ${percent(vit.joinedFraction)} of its time joined; the rest is the pooler, which
torchvision's model does not have.

## FLOPs by operator against TraceLens

${counted.length} operators with FLOPs in ${summaries.length} summaries of TraceLens; ${equal.length} are equal, ${counted.length - equal.length - unexplained.length} differ for the causes below, ${unexplained.length} otherwise. A test holds those of the
fixtures to their causes.

${DIFFERENCES.map(({ name, cause }) => {
  const differing = counted.filter((one) => name.test(one.name) && one.flops !== one.theirs && isExplained(one));
  return differing.length === 0
    ? ''
    : `- ${[...new Set(differing.map((one) => `\`${one.name}\``))].join(', ')} (${differing.length}): ${cause}.`;
})
  .filter(Boolean)
  .join('\n')}
${unexplained.map(({ name, dims, flops, theirs }) => `- \`${name}\` of ${dims}: TraceLens ${theirs}, archmeter ${flops}; no cause is known.`).join('\n')}

Not known to archmeter, or without the shapes that a count needs, where TraceLens has a model of its own: ${[...unknown]
  .sort((a, b) => b[1] - a[1])
  .map(([name, count]) => `\`${name.length > 40 ? `${name.slice(0, 39)}…` : name}\` (${count})`)
  .join(', ')}.
`;
mkdirSync('reports/profiles', { recursive: true });
writeFileSync('reports/profiles/profiles.md', text);
