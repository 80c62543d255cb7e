import { type IterationTimes, iterationTimes } from '../../core/analysis/measured/times.js';
import type { ReportedProfile } from '../../core/compose/profile-report.js';
import type { ArmMeasurement } from '../../core/measurement.js';
import { formatFigure, significant } from '../../core/report/number-format.js';
import { FAR, share, spreadOf } from '../../core/report/profile/sentences.js';
import { LEAST_OVERLAP, layersLabel, type OtherRow, type TimeRow, timeTable } from '../../core/report/profile/table.js';
import type { Streams } from '../define-command.js';
import { type Cell, paint, renderTable, type TableColumn } from './table.js';

/** Layers shown; all are in the JSON and in reports. */
const MOST_LAYERS = 20;

/** Columns of a terminal from which the time lost has a column of its own; the order of rows tells it anyway. */
const WIDE = 100;

/** Where the time of a trace went: layers by the time that a better kernel could save, work of no layer, and what is left. */
export function profileTable(profiled: ReportedProfile, streams: Streams): string {
  const { measurement } = profiled;
  const arm = measurement.arms[0] as ArmMeasurement;
  const times = iterationTimes(arm, measurement) as IterationTimes;
  const { rows, others, hasBounds } = timeTable({ arm, times });
  const showsLost = hasBounds && (streams.columns ?? WIDE) >= WIDE;
  const rest = rows.slice(MOST_LAYERS);
  const columns: TableColumn[] = [
    { heading: 'Layers', align: 'left', shrinkable: true },
    { heading: '', align: 'right' },
    { heading: 'Time', align: 'right' },
    { heading: 'Share', align: 'right' },
    { heading: 'FLOP/s', align: 'right' },
    { heading: 'Moved/s', align: 'right' },
    ...(hasBounds ? [{ heading: 'Of bound', align: 'right' } as const] : []),
    ...(showsLost ? [{ heading: 'Lost', align: 'right' } as const] : []),
  ];
  const cells = [
    ...rows.slice(0, MOST_LAYERS).map((row) => layerCells(row, hasBounds, showsLost)),
    ...(rest.length === 0 ? [] : [restCells(rest, times)]),
    ...others.map(otherCells),
  ];
  return `${[
    aboutLines(profiled, streams),
    renderTable(columns, cells, streams),
    summary(profiled, arm, times).join('\n'),
  ].join('\n\n')}\n`;
}

function layerCells(row: TimeRow, hasBounds: boolean, showsLost: boolean): (Cell | string)[] {
  const { layers, time, share: part, flops, bytes, ofBound, lost, fraction } = row;
  const isFar = fraction !== undefined && fraction < FAR;
  return [
    layersLabel(layers),
    layers.names.length > 1 ? `×${layers.names.length}` : '',
    time,
    part,
    flops,
    bytes,
    ...(hasBounds ? [isFar ? { text: ofBound, style: 'bad' as const } : ofBound] : []),
    ...(showsLost ? [lost] : []),
  ];
}

const dim = (text: string): Cell => ({ text, style: 'dim' });

function restCells(rest: readonly TimeRow[], { layersMs, othersMs }: IterationTimes): (Cell | string)[] {
  const latencyMs = rest.reduce((sum, { layers }) => sum + layers.latencyMs, 0);
  const count = rest.reduce((sum, { layers }) => sum + layers.names.length, 0);
  return [dim(`${count} more`), '', dim(formatFigure(latencyMs, 'ms')), dim(share(latencyMs / (layersMs + othersMs)))];
}

const otherCells = ({ name, time, share: part }: OtherRow): (Cell | string)[] => [
  dim(`(${name})`),
  '',
  dim(time),
  dim(part),
];

function aboutLines({ profile: { trace, dtype }, measurement: { arms }, device }: ReportedProfile, streams: Streams) {
  const { device: found, software, iterations, warmUpIterations, clockSource } = trace;
  const runs = `${iterations.length} iteration${iterations.length === 1 ? '' : 's'}${warmUpIterations > 0 ? `, ${warmUpIterations} of warm-up left out` : ''}`;
  const told = Object.entries(software).map(([key, value]) => `${key} ${value}`);
  const about = [arms[0]?.name, found.name, trace.title, ...told, dtype, runs, clockSource].join(' · ');
  const order =
    device === undefined
      ? `The longest layers first: no data sheet of ${found.name} is known, so none has a bound.`
      : `Layers that lose the most time against their bound on ${device.name} first.`;
  return `${paint(about, 'dim', streams.color)}\n\n${order}`;
}

/** Where the rest of the time went, and how much of it is known to be whose. */
function summary(
  { profile: { trace, joinedTo, rows, analysis, graph }, measurement: { warnings }, device }: ReportedProfile,
  arm: ArmMeasurement,
  { time, busyMs, idleMs, overlapMs, hostMs, facts }: IterationTimes,
): string[] {
  const span = time.medianMs;
  const where = trace.clock === 'device' ? 'device' : 'host';
  const unverified = facts.boundsOf?.unverified ?? [];
  const silent = analysis.unsupportedOps.map(({ type, count }) => `${type} (${count})`);
  return [
    `An iteration takes ${formatFigure(span, 'ms')} on the ${where}${spreadOf(time)}: busy ${share(busyMs / span)}, idle ${formatFigure(idleMs, 'ms')} (${share(idleMs / span)})${hostMs === undefined ? '' : `; the host took ${formatFigure(hostMs, 'ms')}`}.`,
    ...(overlapMs > LEAST_OVERLAP * span
      ? [`${formatFigure(overlapMs, 'ms')} of the work ran at the same time as other work.`]
      : []),
    joinedTo === 'model'
      ? `${share(facts.joinedFraction)} of the model's time is joined to ${new Set(rows.flatMap(({ layers }) => layers)).size} of the ${graph.nodes.length} layers of ${arm.name}.`
      : `${facts.attributedFraction === undefined ? 'All' : share(facts.attributedFraction)} of the time belongs to operators; without --model they are the layers.`,
    ...(arm.flopsPerSecond === undefined || arm.imagesPerSecond === undefined
      ? []
      : [
          `${formatFigure(arm.flopsPerSecond, 'ops')}FLOP/s, ${significant(arm.imagesPerSecond, 4)} images/s at a batch of ${arm.batch}, gaps included.`,
        ]),
    ...(device === undefined
      ? []
      : [
          `Of bound: the least time by the peak rate and the memory of ${device.name}, over the time measured${unverified.length > 0 ? ` (unverified: ${unverified.join(', ')})` : ''}.`,
        ]),
    ...(silent.length === 0
      ? []
      : [
          `Not counted, only timed: ${silent.slice(0, 5).join(', ')}${silent.length > 5 ? ` and ${silent.length - 5} more` : ''}.`,
        ]),
    ...warnings.filter(({ id }) => id !== 'few-iterations').map(({ text }) => `Note: ${text}`),
  ];
}
