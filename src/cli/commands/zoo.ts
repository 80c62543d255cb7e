import { analyze } from '../../core/analysis/analyze.js';
import { DEFAULT_PRECISION } from '../../core/analysis/latency/precision.js';
import { ArchmeterError } from '../../core/errors.js';
import { nearest } from '../../core/nearest.js';
import { formatExact, formatFigure } from '../../core/report/number-format.js';
import { buildModel, listBlocks } from '../../core/zoo/index.js';
import { type Arguments, defineCommand, type Streams } from '../define-command.js';
import { PRECISION_OPTION, precisionOption } from '../options/precision.js';
import { deliver, OUTPUT_OPTIONS } from '../output.js';
import { type Definition, definitionText } from '../tables/definition.js';
import { renderTable } from '../tables/table.js';
import { CHOOSING, capital, choose, HEADINGS, matchingModels, NOTHING } from '../zoo/choose.js';

export default defineCommand({
  usage: 'zoo [filter]',
  summary: 'List the models (or blocks, or ops) that archmeter knows',
  positionals: { filter: { type: 'string', describe: 'Show only names that contain this' } },
  options: {
    blocks: { type: 'string', describe: 'List building blocks; --blocks osa: one with its options and an example' },
    ops: { type: 'string', describe: 'List ops; --ops conv: one with its attributes, defaults and an example' },
    sort: {
      type: 'string',
      describe: 'Best first by a figure: params, madds, top1, latency, measured, …',
      requiresArg: true,
    },
    where: {
      type: 'string',
      array: true,
      nargs: 1,
      describe: 'Only models that meet conditions: params<10M,top1>=78 (repeatable)',
    },
    pareto: {
      type: 'string',
      describe: 'Only models that no other beats in both of two figures: top1,latency',
      requiresArg: true,
    },
    on: { type: 'string', describe: 'Device of the estimated latency, e.g. rtx-4090', requiresArg: true },
    ...PRECISION_OPTION,
    report: {
      type: 'string',
      array: true,
      nargs: 1,
      describe: 'With --pareto: also draw all models and the front, as .html or .png (repeatable)',
    },
    format: { choices: ['table', 'json'], default: 'table', describe: 'Form of the output' },
    output: OUTPUT_OPTIONS.output,
    force: OUTPUT_OPTIONS.force,
  },
  examples: [
    ['zoo', 'all models with params, madds, year and paper'],
    ['zoo vovnet', 'one family'],
    ['zoo --where "params<10M,top1>=78" --sort madds', 'small and accurate, the cheapest first'],
    [
      'zoo --pareto top1,latency --on rtx-4090 --dtype amp --report zoo.html',
      'the front of accuracy and time, and its picture',
    ],
    ['zoo --blocks', 'blocks for spec files and archmeter blocks'],
    ['zoo --ops conv', 'attributes of an op, with defaults and an example'],
  ],
  async run(args, streams) {
    const { ops, blocks } = args as { ops?: string; blocks?: string };
    if (args['on'] === undefined && precisionOption(args) !== DEFAULT_PRECISION) {
      throw new ArchmeterError(
        '--dtype is that of the estimated latency',
        'Name its device with --on, e.g. --on rtx-4090.',
      );
    }
    if (ops || blocks) return one(ops ? await opNamed(ops) : await blockNamed(String(blocks)), args, streams);
    const filter = String(args.filter ?? '').toLowerCase();
    if (CHOOSING.some((option) => args[option] !== undefined)) return choose(filter, args, streams);
    const rows =
      ops !== undefined ? await opRows() : blocks !== undefined ? await blockRows() : await modelRows(filter);
    const shown = rows.filter((row) =>
      Object.values(row).some((value) => String(value).toLowerCase().includes(filter)),
    );
    if (args.format === 'json') await deliver(JSON.stringify(shown, null, 2), args, streams);
    else await deliver(table(shown, streams), args, streams);
    return 0;
  },
});

async function one(definition: Definition, args: Arguments, streams: Streams): Promise<number> {
  const { name, summary, settings } = definition;
  const json = JSON.stringify({ name, summary, settings }, null, 2);
  await deliver(args['format'] === 'json' ? json : definitionText(definition, streams), args, streams);
  return 0;
}

async function opNamed(typed: string): Promise<Definition> {
  const { OPS } = await import('../../core/ops/index.js');
  const op = named([...OPS.values()], typed, 'op');
  const inputs = op.inputs.map(({ name, optional, variadic }) => `${name}${variadic ? '…' : ''}${optional ? '?' : ''}`);
  return {
    name: op.name,
    about: op.kind,
    summary: op.summary,
    settings: op.attributes,
    key: 'op',
    lines: [
      `Inputs: ${inputs.join(', ') || 'none'}${/[?…]/.test(inputs.join('')) ? ' (? may be left out, … takes any number)' : ''}`,
    ],
  };
}

async function blockNamed(typed: string): Promise<Definition> {
  const { name, title, summary, options, paper } = named(await listBlocks(), typed, 'block');
  const lines = [`From: ${paper.title} (${paper.year}), ${paper.url}`];
  return { name, about: title, summary, settings: options, key: 'block', lines };
}

function named<T extends { readonly name: string }>(list: readonly T[], typed: string, what: string): T {
  const found = list.find(({ name }) => name.toLowerCase() === typed.toLowerCase());
  if (found !== undefined) return found;
  const near = nearest(
    typed,
    list.map(({ name }) => name),
  );
  throw new ArchmeterError(
    `there is no ${what} '${typed}'`,
    near === undefined ? `'archmeter zoo --${what}s' lists them.` : `Did you mean '${near}'?`,
  );
}

type Row = Readonly<Record<string, string | number>>;

async function modelRows(filter: string): Promise<Row[]> {
  const matching = await matchingModels(filter);
  const rows: Row[] = [];
  for (const { name, aliases, paper, resolution } of matching) {
    const { totals } = analyze(await buildModel(name));
    rows.push({
      name,
      params: totals.params,
      madds: totals.madds,
      input: `${resolution}x${resolution}`,
      year: paper.year,
      paper: paper.url.replace(/^https?:\/\/(www\.)?/, ''),
      aliases: aliases.join(', '),
    });
  }
  return rows;
}

async function blockRows(): Promise<Row[]> {
  return (await listBlocks()).map(({ name, title, options, paper }) => ({
    name,
    title,
    options: Object.keys(options.properties).join(', '),
    year: paper.year,
  }));
}

async function opRows(): Promise<Row[]> {
  const { OPS } = await import('../../core/ops/index.js');
  return [...OPS.values()].map(({ name, kind, summary, attributes }) => ({
    name,
    kind,
    attributes: Object.keys(attributes.properties).join(', '),
    summary,
  }));
}

const NUMERIC: ReadonlySet<string> = new Set(['params', 'madds']);
const WORDS: ReadonlySet<string> = new Set(['aliases', 'options', 'attributes', 'summary', 'paper', 'title']);

function table(rows: readonly Row[], streams: Streams): string {
  const keys = Object.keys(rows[0] ?? {});
  if (keys.length === 0) return NOTHING;
  return renderTable(
    keys.map((key) => ({
      heading: HEADINGS[key] ?? capital(key),
      align: NUMERIC.has(key) ? 'right' : 'left',
      wraps: WORDS.has(key),
    })),
    rows.map((row) =>
      keys.map((key) => {
        const value = row[key] as string | number;
        if (key === 'params') return formatExact(value as number);
        return key === 'madds' ? formatFigure(value as number, 'ops') : String(value);
      }),
    ),
    streams,
  );
}
