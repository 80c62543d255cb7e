import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OPS } from '../../src/core/ops/index.js';
import { METRICS, type Metric } from '../../src/core/units.js';
import { listBlocks } from '../../src/core/zoo/index.js';
import { apiPage } from './api.js';
import { fillGenerated } from './generated.js';

/** The pages of src/docs: what code knows is written from it. */
export async function writeDocs(target: string): Promise<void> {
  mkdirSync(join(target, 'src/docs'), { recursive: true });
  const parts = {
    spec: await specTables(),
    analytic: metricTable((metric) => metric.origin === 'analytic'),
    measured: metricTable((metric) => metric.origin !== 'analytic'),
  };
  for (const page of ['spec', 'method', 'tutorial']) {
    const file = `src/docs/${page}.md`;
    writeFileSync(join(target, file), fillGenerated(readFileSync(file, 'utf8'), parts));
  }
  writeFileSync(join(target, 'src/docs/api.md'), apiPage(['src/core/index.ts', 'src/index.ts']));
}

function metricTable(wanted: (metric: Metric) => boolean): string {
  const rows = Object.entries(METRICS as Record<string, Metric>)
    .filter(([, metric]) => wanted(metric))
    .map(([id, { heading, unit, definition }]) => `| \`${id}\` | ${heading} | ${unit} | ${cell(definition)} |`);
  return ['| name | in tables | unit | definition |', '|---|---|---|---|', ...rows].join('\n');
}

interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
}

async function specTables(): Promise<string> {
  const blocks = (await listBlocks()).map(({ name, summary, options, paper }) => [
    `\`${name}\``,
    cell(`${summary} ([${paper.year}](${paper.url}))`),
    attributes(options.properties, options.required),
  ]);
  const ops = [...OPS.values()]
    .filter(({ name }) => name !== 'opaque')
    .map(({ name, summary, inputs, attributes: { properties, required } }) => [
      `\`${name}\``,
      inputs
        .filter(({ weight }) => weight === undefined)
        .map(({ name: slot, optional, variadic }) => `${slot}${variadic ? '…' : ''}${optional ? '?' : ''}`)
        .join(', '),
      cell(summary),
      attributes(properties, required),
    ]);
  return [
    '## Blocks',
    '',
    'Attributes in bold are required; `= x` is a default.',
    '',
    '| block | is | attributes |',
    '|---|---|---|',
    ...blocks.map((row) => `| ${row.join(' | ')} |`),
    '',
    '## Ops',
    '',
    'Inputs: `…` takes any number, `?` may be left out.',
    '',
    '| op | inputs | is | attributes |',
    '|---|---|---|---|',
    ...ops.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n');
}

function attributes(properties: Readonly<Record<string, unknown>>, required: readonly string[] = []): string {
  const list = Object.entries(properties).map(([name, written]) => {
    const schema = written as Schema;
    const shown = required.includes(name) ? `**${name}**` : name;
    const preset = schema.default === undefined ? '' : ` = ${JSON.stringify(schema.default)}`;
    const about = schema.description === undefined ? '' : ` – ${schema.description.replace(/\.$/, '')}`;
    return `${shown}: ${typeOf(schema)}${preset}${about}`;
  });
  return list.map(cell).join('<br>');
}

function typeOf(schema: Schema): string {
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return [...new Set(choices.map(typeOf))].join(' or ');
  if (schema.enum !== undefined) return schema.enum.map(String).join(', ');
  if (schema.type === 'array') return schema.items === undefined ? 'list' : `list of ${typeOf(schema.items)}`;
  return [schema.type ?? 'any'].flat().join(' or ');
}

const cell = (text: string): string =>
  text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('&lt;br>', '<br>');
