import { ArchmeterError } from '../../core/errors.js';
import { formatFigure } from '../../core/report/number-format.js';
import type { FrontPoint, ParameterValue } from '../../core/sweep/index.js';
import type { OpenSweep } from '../../node/sweep/open-space.js';
import type { Arguments, Streams } from '../define-command.js';
import { wholeNumber } from '../options/model.js';
import { DTYPE_OF_PRECISION } from '../options/precision.js';
import { deliver } from '../output.js';
import { renderTable } from '../tables/table.js';
import type { SweepAction } from './actions.js';
import { csvCell } from './rows.js';

/** A design of a front with its figures. */
export interface FrontRow {
  readonly design: number;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  readonly figures: Readonly<Record<string, number>>;
}

/** `sweep front FOLDER`: the Pareto front over all parts. */
export const front: SweepAction = async ([folder], args, streams) => {
  if (folder === undefined) throw new ArchmeterError('the folder is missing', "Write 'archmeter sweep front FOLDER'.");
  return showFront(folder, args, streams);
};

/** `sweep merge FOLDER`: writes the front of all parts as `front.json`. */
export const merge: SweepAction = async ([folder], args, streams) => {
  if (folder === undefined) throw new ArchmeterError('the folder is missing', "Write 'archmeter sweep merge FOLDER'.");
  const { mergedFront, openFolder } = await import('../../node/sweep/folder.js');
  const { writeFileSafely } = await import('../output.js');
  const sweep = await openFolder(folder);
  const rows = await frontRows(sweep, (await mergedFront(folder, sweep)).sorted());
  await writeFileSafely(
    `${folder}/front.json`,
    `${JSON.stringify(frontDocument(sweep, rows), null, 1)}\n`,
    { ...args, force: true },
    streams,
  );
  return 0;
};

export async function showFront(folder: string, args: Arguments, streams: Streams): Promise<number> {
  const { mergedFront, openFolder } = await import('../../node/sweep/folder.js');
  const sweep = await openFolder(folder);
  const points = (await mergedFront(folder, sweep)).sorted();
  return showDesigns(sweep, points, args, streams, folder);
}

/** Prints a front, and writes the reports that are asked for. */
export async function showDesigns(
  sweep: OpenSweep,
  points: readonly FrontPoint[],
  args: Arguments,
  streams: Streams,
  folder?: string,
): Promise<number> {
  const rows = await frontRows(sweep, points);
  const texts: Readonly<Record<string, () => string>> = {
    json: () => JSON.stringify(frontDocument(sweep, rows), null, 2),
    csv: () => csvOf(sweep, rows),
    table: () => tableOf(sweep, rows, args, streams),
  };
  await deliver(texts[String(args['format'])]?.() ?? '', args, streams);
  const reports = (args['report'] as string[] | undefined) ?? [];
  if (args['each'] === true && !reports.some((path) => /\.html$/i.test(path))) {
    throw new ArchmeterError('--each writes beside a page', 'Add --report front.html.');
  }
  if (reports.length > 0) {
    const { writeSweepReports } = await import('./report.js');
    await writeSweepReports(sweep, rows, folder, reports, args, streams);
  }
  const timed = wholeNumber(args['time-top'], '--time-top');
  if (timed !== undefined) {
    const { timeDesigns } = await import('./time-top.js');
    await timeDesigns(sweep, evenly(rows, timed), args, streams);
  }
  return 0;
}

/** Points with all their figures, computed anew. */
export async function frontRows(sweep: OpenSweep, points: readonly FrontPoint[]): Promise<FrontRow[]> {
  const { newRun } = await import('../../node/sweep/open-space.js');
  const { designs, evaluator } = newRun(sweep);
  const figures = new Float64Array(evaluator.names.length);
  return points.map(({ index }) => {
    const parameters = designs.valuesOf(index) as Record<string, ParameterValue>;
    evaluator.evaluate(parameters, figures);
    return {
      design: index,
      parameters: { ...parameters },
      figures: Object.fromEntries(evaluator.names.map((name, i) => [name, figures[i] as number])),
    };
  });
}

function frontDocument(sweep: OpenSweep, rows: readonly FrontRow[]) {
  const { space, settings, hash } = sweep;
  return {
    schema: 'archmeter/sweep-front@1',
    archmeter: settings.archmeter,
    sweep: hash,
    space: space.name,
    precision: settings.precision,
    objectives: space.objectives,
    front: rows,
  };
}

function csvOf({ space }: OpenSweep, rows: readonly FrontRow[]): string {
  const names = space.parameters.map(({ name }) => name);
  const figures = Object.keys(rows[0]?.figures ?? {});
  const lines = rows.map((row) =>
    [row.design, ...names.map((name) => row.parameters[name]), ...figures.map((name) => row.figures[name])]
      .map(csvCell)
      .join(','),
  );
  return `${['design', ...names, ...figures].map(csvCell).join(',')}\n${lines.join('\n')}`;
}

function tableOf(sweep: OpenSweep, rows: readonly FrontRow[], args: Arguments, streams: Streams): string {
  const { space } = sweep;
  const top = wholeNumber(args['top'], '--top') as number;
  const varied = space.parameters.filter(({ values }) => values.length > 1).map(({ name }) => name);
  const shown = evenly(rows, top);
  const figures = space.objectives.map(({ name }) => name).filter((name) => !varied.includes(name));
  const columns = [
    { heading: 'design', align: 'right' as const },
    ...space.objectives
      .filter(({ name }) => figures.includes(name))
      .map(({ name, direction }) => ({
        heading: `${headingOf(name)} ${direction === 'min' ? '↓' : '↑'}`,
        align: 'right' as const,
      })),
    { heading: varied.join(' '), align: 'left' as const, shrinkable: true },
  ];
  const cells = shown.map((row) => [
    String(row.design),
    ...figures.map((name) => shownFigure(name, row.figures[name] ?? Number.NaN)),
    varied.map((name) => String(row.parameters[name])).join(' '),
  ]);
  const estimated = sweep.figures.devices.map(({ device }) => device.name).join(', ');
  const notes = [
    `${rows.length} ${rows.length === 1 ? 'design' : 'designs'} on the front of ${space.name}${shown.length < rows.length ? `, ${shown.length} of them shown (--top ${rows.length} shows all)` : ''}.`,
    estimated === ''
      ? `Counts are exact. Bytes are those of ${DTYPE_OF_PRECISION[sweep.settings.precision]}.`
      : `Counts are exact; latency (of the kernels, whatever the host takes to start them) and energy are estimated for ${estimated} at ${DTYPE_OF_PRECISION[sweep.settings.precision]}.`,
  ];
  return `${notes.join(' ')}\n\n${renderTable(columns, cells, streams)}`;
}

/** At most `count` of some rows, spread evenly, the first and last among them. */
function evenly<T>(rows: readonly T[], count: number): T[] {
  if (rows.length <= count) return [...rows];
  if (count < 2) return rows.slice(0, count);
  return Array.from({ length: count }, (_, i) => rows[Math.round((i * (rows.length - 1)) / (count - 1))] as T);
}

const headingOf = (name: string): string =>
  name.replace(/^estimatedLatencyMs_/, 'latency ').replace(/^estimatedEnergyJoules_/, 'energy ');

function shownFigure(name: string, value: number): string {
  return formatFigure(value, unitOf(name));
}

function unitOf(name: string) {
  if (name.startsWith('estimatedLatencyMs')) return 'ms' as const;
  if (name.startsWith('estimatedEnergyJoules')) return 'J' as const;
  return /Bytes$/.test(name) ? ('bytes' as const) : ('count' as const);
}
