import { DEFAULT_PRECISION } from '../../core/analysis/latency/precision.js';
import { ArchmeterError } from '../../core/errors.js';
import { formatExact, formatFigure, formatInterval } from '../../core/report/number-format.js';
import type { ZooFigure } from '../../core/report/zoo/scatter-input.js';
import { listModels, type ZooEntry } from '../../core/zoo/index.js';
import type { Arguments, Streams } from '../define-command.js';
import { precisionOption } from '../options/precision.js';
import type { TargetDevice } from '../options/target-devices.js';
import { deliver } from '../output.js';
import { paint, renderTable } from '../tables/table.js';
import { BATCH, type ZooModel } from './figures.js';

export const NOTHING =
  "Nothing matches. 'archmeter zoo' lists all models, --blocks and --ops what specs are made of.\n";
/** Options that choose among models. */
export const CHOOSING = ['sort', 'where', 'pareto', 'on', 'report'];

/** Models with accuracy and time: chosen, sorted, or the front of two figures. */
export async function choose(filter: string, args: Arguments, streams: Streams): Promise<number> {
  if (args['blocks'] !== undefined || args['ops'] !== undefined) {
    throw new ArchmeterError(
      '--sort, --where, --pareto, --on and --report are about models',
      'Leave --blocks and --ops out.',
    );
  }
  const { figureNamed, frontOf, parseConditions, sortedBy } = await import('./select.js');
  const { ZOO_FIGURES, zooModels } = await import('./figures.js');
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
    const { scatterOf, writeZooReports } = await import('./report.js');
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

/** Models whose name, family or paper contains a text. */
export async function matchingModels(filter: string): Promise<ZooEntry[]> {
  return (await listModels()).filter((entry) =>
    [entry.name, ...entry.aliases, entry.family, entry.familyTitle, entry.paper.title].some((text) =>
      text.toLowerCase().includes(filter),
    ),
  );
}

/** Where a column is not called as its key. */
export const HEADINGS: Readonly<Record<string, string>> = { madds: 'MAdds' };

export const capital = (text: string): string => HEADINGS[text] ?? text.charAt(0).toUpperCase() + text.slice(1);
