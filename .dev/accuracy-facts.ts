import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listModels } from '../src/core/zoo/index.js';

/**
 * Writes src/core/zoo/facts/accuracy-facts.ts from a checkout of github.com/huggingface/pytorch-image-models:
 * `npx tsx .dev/accuracy-facts.ts CHECKOUT`; with --check it fails where the file is out of date.
 */
const [checkout = ''] = process.argv.slice(2);
const FILE = 'src/core/zoo/facts/accuracy-facts.ts';

type Row = Readonly<Record<string, string>>;

function rows(name: string): Row[] {
  const [head = '', ...lines] = readFileSync(join(checkout, 'results', `${name}.csv`), 'utf8')
    .trim()
    .split(/\r?\n/);
  const columns = head.split(',');
  // Parameters above a thousand million are quoted, with a comma.
  const cells = (line: string) =>
    (line.match(/"[^"]*"|[^,]+|(?<=,)(?=,|$)/g) ?? []).map((cell) => cell.replaceAll('"', ''));
  return lines.map((line) => Object.fromEntries(cells(line).map((cell, i) => [columns[i], cell])));
}

const imagenet = rows('results-imagenet');
const v2 = rows('results-imagenetv2-matched-frequency');
const real = rows('results-imagenet-real');
const timed = rows('benchmark-infer-amp-nchw-pt240-cu124-rtx4090');

/** As the file writes numbers: with one decimal at least. */
const number = (text: string | undefined) =>
  text === undefined ? '' : Number.isInteger(Number(text)) ? Number(text).toFixed(1) : String(Number(text));

/** Names with tags in the order of timm's sources, where the first of a model is its default. */
const tagged = readdirSync(join(checkout, 'timm/models'))
  .filter((file) => file.endsWith('.py'))
  .flatMap((file) => [
    ...readFileSync(join(checkout, 'timm/models', file), 'utf8').matchAll(/^\s+['"](\w+\.\w+)['"]:/gm),
  ])
  .map(([, name = '']) => name);

/** Further data, or a teacher's answers. */
const MORE = /in2[12]k|in12k|dist|swag|swsl|ssl|ig1b|m38m|openai|laion|clip|ram/;

/** The best weights that saw ImageNet-1k alone, where there are any; else timm's default. */
function weightsOf(names: readonly string[], resolution: number): Row | undefined {
  for (const name of names) {
    const own = imagenet.filter(
      ({ model = '', img_size }) => model.split('.')[0] === name && Number(img_size) === resolution,
    );
    const alone = own.find(({ model = '' }) => /(^|_)in1k$/.test(tagOf(model)) && !MORE.test(tagOf(model)));
    const standard = tagged.find((known) => own.some(({ model }) => model === known));
    const found = alone ?? own.find(({ model }) => model === standard);
    if (found !== undefined) return found;
  }
  return undefined;
}

const tagOf = (model: string) => model.split('.')[1] ?? '';

const same = (table: readonly Row[], weights: Row | undefined) =>
  weights && table.find(({ model, img_size }) => model === weights['model'] && img_size === weights['img_size']);

const lines: string[] = [];
for (const { name, aliases, resolution } of await listModels()) {
  const names = [name, ...(aliases ?? [])].map((alias) => String(alias));
  const weights = weightsOf(names, resolution);
  const speed = names
    .map((alias) => timed.find((row) => row['model'] === alias && Number(row['infer_img_size']) === resolution))
    .find((row) => row !== undefined);
  if (weights === undefined && speed === undefined) continue;
  lines.push(
    [
      name,
      weights?.['model'] ?? '',
      number(weights?.['top1']),
      number(same(v2, weights)?.['top1']),
      number(same(real, weights)?.['top1']),
      number(speed?.['infer_samples_per_sec']),
      speed?.['infer_batch_size'] ?? '',
    ].join('|'),
  );
}
const current = readFileSync(FILE, 'utf8');
const text = `${current.slice(0, current.indexOf('`\n') + 2)}${lines.join('\n')}\n\`;\n`;
if (!process.argv.includes('--check')) writeFileSync(FILE, text);
else if (text !== current) throw new Error(`${FILE} is out of date`);
