import { analyze } from '../../core/analysis/analyze.js';
import { formatExact, formatFigure } from '../../core/report/number-format.js';
import { buildModel, listBlocks, listModels } from '../../core/zoo/index.js';
import { defineCommand, type Streams } from '../define-command.js';
import { deliver, OUTPUT_OPTIONS } from '../output.js';
import { renderTable } from '../tables/table.js';

export default defineCommand({
  usage: 'zoo [filter]',
  summary: 'List the models (or blocks, or ops) that archmeter knows',
  positionals: { filter: { type: 'string', describe: 'Show only names that contain this' } },
  options: {
    blocks: { type: 'boolean', describe: 'List building blocks with their options' },
    ops: { type: 'boolean', describe: 'List ops with their attributes' },
    format: { choices: ['table', 'json'], default: 'table', describe: 'Form of the output' },
    output: OUTPUT_OPTIONS.output,
    force: OUTPUT_OPTIONS.force,
  },
  examples: [
    ['zoo', 'all models with params, madds, year and paper'],
    ['zoo vovnet', 'one family'],
    ['zoo --blocks', 'blocks for spec files and archmeter blocks'],
  ],
  async run(args, streams) {
    const filter = String(args.filter ?? '').toLowerCase();
    const rows = args.ops ? await ops() : args.blocks ? await blocks() : await models(filter);
    const shown = rows.filter((row) =>
      Object.values(row).some((value) => String(value).toLowerCase().includes(filter)),
    );
    if (args.format === 'json') await deliver(JSON.stringify(shown, null, 2), args, streams);
    else await deliver(table(shown, streams), args, streams);
    return 0;
  },
});

type Row = Readonly<Record<string, string | number>>;

async function models(filter: string): Promise<Row[]> {
  const entries = await listModels();
  const matching = entries.filter((entry) =>
    [entry.name, ...entry.aliases, entry.family, entry.familyTitle, entry.paper.title].some((text) =>
      text.toLowerCase().includes(filter),
    ),
  );
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

async function blocks(): Promise<Row[]> {
  return (await listBlocks()).map(({ name, title, options, paper }) => ({
    name,
    title,
    options: Object.keys(options.properties).join(', '),
    year: paper.year,
  }));
}

async function ops(): Promise<Row[]> {
  const { OPS } = await import('../../core/ops/index.js');
  return [...OPS.values()].map(({ name, kind, summary, attributes }) => ({
    name,
    kind,
    attributes: Object.keys(attributes.properties).join(', '),
    summary,
  }));
}

function table(rows: readonly Row[], streams: Streams): string {
  const keys = Object.keys(rows[0] ?? {});
  if (keys.length === 0) return 'nothing matches\n';
  const numeric = new Set(['params', 'madds']);
  return renderTable(
    keys.map((key) => ({
      heading: key,
      align: numeric.has(key) ? 'right' : 'left',
      shrinkable: key === 'aliases' || key === 'options',
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
