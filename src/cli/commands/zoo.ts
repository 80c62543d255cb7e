import { analyze } from '../../core/analysis/analyze.js';
import { DEFAULT_PRECISION } from '../../core/analysis/latency/precision.js';
import { ArchmeterError } from '../../core/errors.js';
import { nearest } from '../../core/nearest.js';
import { formatExact, formatFigure, formatInterval } from '../../core/report/number-format.js';
import type { ZooFigure } from '../../core/report/zoo/scatter-input.js';
import { buildModel, listBlocks, listModels, type ZooEntry } from '../../core/zoo/index.js';
import { type Arguments, defineCommand, type Streams } from '../define-command.js';
import { PRECISION_OPTION, precisionOption } from '../options/precision.js';
import type { TargetDevice } from '../options/target-devices.js';
import { deliver, OUTPUT_OPTIONS } from '../output.js';
import { type Definition, definitionText } from '../tables/definition.js';
import { paint, renderTable } from '../tables/table.js';
import { BATCH, type ZooModel } from '../zoo/figures.js';

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

const NOTHING = "Nothing matches. 'archmeter zoo' lists all models, --blocks and --ops what specs are made of.\n";
const CHOOSING = ['sort', 'where', 'pareto', 'on', 'report'];

/** Models with accuracy and time: chosen, sorted, or the front of two figures. */
async function choose(filter: string, args: Arguments, streams: Streams): Promise<number> {
  if (args['blocks'] !== undefined || args['ops'] !== undefined) {
    throw new ArchmeterError(
      '--sort, --where, --pareto, --on and --report are about models',
      'Leave --blocks and --ops out.',
    );
  }
  const { figureNamed, frontOf, parseConditions, sortedBy } = await import('../zoo/select.js');
  const { ZOO_FIGURES, zooModels } = await import('../zoo/figures.js');
  const axes = args['pareto'] === undefined ? undefined : String(args['pareto']).split(',');
  if (axes !== undefined && axes.length !== 2) {
    throw new ArchmeterError('--pareto takes two figures', 'Write for example --pareto top1,latency.');
  }
  if (args['report'] !== undefined && axes === undefined) {
    throw new ArchmeterError('--report draws the figures that --pareto names', 'Add for example --pareto top1,madds.');
  }
  const pair = axes?.map((name) => figureNamed(name.trim(), '--pareto'));
  const sort = args['sort'] === undefined ? undefined : figureNamed(String(args['sort']), '--sort');
  const meets = parseConditions(((args['where'] as string[] | undefined) ?? []).map(String));
  const used = [...(pair ?? []), ...(sort === undefined ? [] : [sort])];
  const target = args['on'] === undefined ? undefined : (await targets(String(args['on'])))[0];
  if (target === undefined && used.some(({ name }) => name === 'latency' || name === 'measured')) {
    throw new ArchmeterError('latency stands for a device', 'Name it with --on, e.g. --on rtx-4090.');
  }
  const all = await zooModels(await matchingModels(filter), target, precisionOption(args) ?? DEFAULT_PRECISION);
  const models = all.filter(meets);
  const [y, x] = pair ?? [];
  const front = x === undefined || y === undefined ? undefined : frontOf(models, y, x);
  const chosen = sort === undefined ? (front ?? models) : sortedBy(front ?? models, sort);
  const columns = ZOO_FIGURES.filter(
    ({ name }) =>
      ['params', 'madds', 'top1', 'latency', 'measured', 'resolution'].includes(name) ||
      used.some((figure) => figure.name === name) ||
      ((args['where'] as string[] | undefined) ?? []).some((text) => text.includes(name)),
  ).filter(({ name }) => chosen.some(({ values }) => values[name] !== undefined));
  if (args['format'] === 'json') {
    const rows = chosen.map(({ entry, facts, values, interval, precision }) => ({
      name: entry.name,
      ...values,
      ...(interval === undefined ? {} : { latencyLow: interval[0], latencyHigh: interval[1], runsAs: precision }),
      weights: facts.weights,
    }));
    await deliver(JSON.stringify(rows, null, 2), args, streams);
  } else
    await deliver(
      `${chosenTable(chosen, columns, streams)}\n${chosenNotes(chosen, columns, target, streams)}`,
      args,
      streams,
    );
  if (front !== undefined && x !== undefined && y !== undefined && args['report'] !== undefined) {
    const { scatterOf, writeZooReports } = await import('../zoo/report.js');
    await writeZooReports(scatterOf(models, front, [y, x], columns, target?.device.name), args, streams);
  }
  return 0;
}

async function targets(on: string) {
  const { targetsOf } = await import('../options/target-devices.js');
  const found = await targetsOf([on]);
  if (found.length > 1) throw new ArchmeterError('the zoo is shown on one device', 'Name one with --on.');
  return found;
}

/** What the figures stand for. */
function chosenNotes(
  models: readonly ZooModel[],
  columns: readonly ZooFigure[],
  target: TargetDevice | undefined,
  streams: Streams,
): string {
  const has = (name: string) => columns.some((column) => column.name === name);
  const precision = models.find(({ precision }) => precision !== undefined)?.precision;
  return [
    ...(has('latency')
      ? [
          `Estimated time: an image of a batch of ${BATCH} on the ${target?.device.name}, ${precision}, with its 90 % interval.`,
        ]
      : []),
    ...(has('measured')
      ? ['Measured: by timm on an RTX 4090, PyTorch 2.4, amp (float16), at the largest batch that fits.']
      : []),
    ...(has('top1') ? ['Accuracies are those of the weights named; training recipes differ.'] : []),
  ]
    .map((line) => `${paint(line, 'dim', streams.color)}\n`)
    .join('');
}

function chosenTable(models: readonly ZooModel[], columns: readonly ZooFigure[], streams: Streams): string {
  if (models.length === 0) return NOTHING;
  const cell = ({ values, interval }: ZooModel, { name, unit }: ZooFigure) => {
    const value = values[name];
    if (value === undefined) return '–';
    if (name === 'params') return formatExact(value);
    if (name.startsWith('top1')) return value.toFixed(1);
    if (name === 'resolution' || name === 'year') return String(value);
    if (name === 'latency' && interval !== undefined) {
      return `${formatFigure(value, 'ms')} (${formatInterval(...interval, 'ms')})`;
    }
    return formatFigure(value, unit);
  };
  return renderTable(
    [
      { heading: 'Model', align: 'left' },
      ...columns.map(({ heading }) => ({ heading: capital(heading), align: 'right' as const })),
      { heading: 'Accuracy of', align: 'left', wraps: true },
    ],
    models.map((model) => [
      model.entry.name,
      ...columns.map((column) => cell(model, column)),
      model.facts.weights ?? '',
    ]),
    streams,
  );
}

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

async function matchingModels(filter: string): Promise<ZooEntry[]> {
  return (await listModels()).filter((entry) =>
    [entry.name, ...entry.aliases, entry.family, entry.familyTitle, entry.paper.title].some((text) =>
      text.toLowerCase().includes(filter),
    ),
  );
}

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

/** Where a column is not called as its key. */
const HEADINGS: Readonly<Record<string, string>> = { madds: 'MAdds' };

const capital = (text: string): string => HEADINGS[text] ?? text.charAt(0).toUpperCase() + text.slice(1);

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
