import type { Device } from '../../core/analysis/devices/index.js';
import type { LayerAnalysis } from '../../core/analysis/result.js';
import type { ArmMeasurement, Measurement } from '../../core/measurement.js';
import { boundOf, rowWork } from '../../core/profile/bounds.js';
import type { Profile } from '../../core/profile/profile.js';
import type { ProfileRow } from '../../core/profile/rows.js';
import { formatFigure, significant } from '../../core/report/number-format.js';
import type { Streams } from '../define-command.js';
import { type Cell, paint, renderTable, type TableColumn } from './table.js';

/** Layers shown; all are in the JSON and in reports. */
const MOST_LAYERS = 20;

/** Where the time of a trace went: layers by the time that a better kernel could save, work of no layer, and what is left. */
export function profileTable(
  profile: Profile,
  measurement: Measurement,
  device: Device | undefined,
  streams: Streams,
): string {
  const layers = new Map(profile.analysis.layers.map((layer) => [layer.name, layer]));
  const sum = profile.rows.reduce((total, { latencyMs }) => total + latencyMs, 0);
  const inLayers = profile.rows
    .filter((row) => row.layers.length > 0)
    .map((row) => ({ row, bound: rowBound(row, layers, profile, device) }))
    .sort((a, b) => lost(b) - lost(a));
  const shown = inLayers.slice(0, MOST_LAYERS);
  const rest = inLayers.slice(MOST_LAYERS);
  const others = profile.rows.filter((row) => row.layers.length === 0);
  const share = (ms: number) => percent(ms / sum);
  const columns: TableColumn[] = [
    { heading: 'Layer', align: 'left', shrinkable: true },
    { heading: 'Time', align: 'right' },
    { heading: 'Share', align: 'right' },
    { heading: 'FLOP/s', align: 'right' },
    { heading: 'Bytes/s', align: 'right' },
    ...(device === undefined
      ? []
      : ([
          { heading: 'Of bound', align: 'right' },
          { heading: 'By', align: 'left' },
        ] as const)),
  ];
  const dim = (text: string): Cell => ({ text, style: 'dim' });
  const rows: (Cell | string)[][] = [
    ...shown.map(({ row, bound }) => {
      const { flops, bytes } = rowWork(row, layers);
      const isSmall = bound !== undefined && bound.fraction < 0.3;
      return [
        row.layers.length > 1 ? `${row.name} (+${row.layers.length - 1})` : row.name,
        formatFigure(row.latencyMs, 'ms'),
        share(row.latencyMs),
        flops === 0 ? '' : formatFigure(flops / (row.latencyMs / 1000), 'ops'),
        bytes === 0 ? '' : formatFigure(bytes / (row.latencyMs / 1000), 'bytes'),
        ...(bound === undefined
          ? device === undefined
            ? []
            : ['', '']
          : [isSmall ? { text: percent(bound.fraction), style: 'bad' as const } : percent(bound.fraction), bound.by]),
      ];
    }),
    ...(rest.length === 0
      ? []
      : [
          [
            dim(`${rest.length} more layers`),
            dim(formatFigure(total(rest.map(({ row }) => row)), 'ms')),
            dim(share(total(rest.map(({ row }) => row)))),
          ],
        ]),
    ...others.map((row) => [dim(`(${row.name})`), dim(formatFigure(row.latencyMs, 'ms')), dim(share(row.latencyMs))]),
  ];
  const lines = [
    aboutLine(profile, measurement, device, streams),
    renderTable(columns, rows, streams),
    summary(profile, measurement).join('\n'),
  ];
  return `${lines.join('\n\n')}\n`;
}

interface BoundedRow {
  readonly row: ProfileRow;
  readonly bound: { readonly latencyMs: number; readonly fraction: number; readonly by: string } | undefined;
}

function rowBound(
  row: ProfileRow,
  byName: ReadonlyMap<string, LayerAnalysis>,
  { dtype }: Profile,
  device: Device | undefined,
): BoundedRow['bound'] {
  if (device === undefined || row.latencyMs === 0) return undefined;
  const bound = boundOf(
    row.layers.flatMap((name) => byName.get(name) ?? []),
    device,
    dtype,
  );
  if (bound.latencyMs === 0) return undefined;
  return { ...bound, fraction: bound.latencyMs / row.latencyMs };
}

/** What is above the bound: time that no device of this kind has to take. */
const lost = ({ row, bound }: BoundedRow) => row.latencyMs - (bound?.latencyMs ?? 0);

const total = (rows: readonly ProfileRow[]) => rows.reduce((sum, { latencyMs }) => sum + latencyMs, 0);

function percent(fraction: number): string {
  return fraction > 0 && fraction < 0.001 ? '<0.1 %' : `${(100 * fraction).toFixed(1)} %`;
}

function aboutLine(
  { trace, dtype }: Profile,
  { arms }: Measurement,
  device: Device | undefined,
  streams: Streams,
): string {
  const { device: found, software, iterations, warmUpIterations, clockSource } = trace;
  const known =
    device === undefined
      ? ''
      : ` (bounds of ${device.id}${device.unverified.length > 0 ? ', some figures unverified' : ''})`;
  const runs = `${iterations.length} iteration${iterations.length === 1 ? '' : 's'}${warmUpIterations > 0 ? `, ${warmUpIterations} of warm-up left out` : ''}`;
  const told = Object.entries(software).map(([key, value]) => `${key} ${value}`);
  return paint(
    [arms[0]?.name, `${found.name}${known}`, trace.title, ...told, dtype, runs, clockSource].join(' · '),
    'dim',
    streams.color,
  );
}

/** Where the rest of the time went, and how much of it is known to be whose. */
function summary(
  { trace, joinedTo, rows, analysis, graph }: Profile,
  { arms, settings, warnings }: Measurement,
): string[] {
  const arm = arms[0] as ArmMeasurement;
  const facts = arm.trace as NonNullable<ArmMeasurement['trace']>;
  const time = arm[settings.clock]?.hot;
  if (time === undefined) return [];
  const busy = total(rows) - facts.overlapMs;
  const span = time.medianMs;
  const where = trace.clock === 'device' ? 'device' : 'host';
  const silent = analysis.unsupportedOps.map(({ type, count }) => `${type} (${count})`);
  return [
    `An iteration takes ${formatFigure(span, 'ms')} on the ${where}${time.confidence > 0 ? ` (${significant(time.lowMs, 4)} – ${significant(time.highMs, 4)} ms, ${(100 * time.confidence).toFixed(0)} %)` : ''}: busy ${percent(busy / span)}, idle ${formatFigure(facts.idleMs, 'ms')} (${percent(facts.idleMs / span)})${facts.hostMs === undefined ? '' : `; the host took ${formatFigure(facts.hostMs, 'ms')}`}.`,
    ...(facts.overlapMs > 0.001 * span
      ? [`${formatFigure(facts.overlapMs, 'ms')} of the work ran at the same time as other work.`]
      : []),
    joinedTo === 'model'
      ? `${percent(facts.joinedFraction)} of the model's time is joined to ${new Set(rows.flatMap(({ layers }) => layers)).size} of the ${graph.nodes.length} layers of ${arm.name}.`
      : `${facts.attributedFraction === undefined ? 'All' : percent(facts.attributedFraction)} of the time belongs to operators; without --model they are the layers.`,
    ...(arm.flopsPerSecond === undefined || arm.imagesPerSecond === undefined
      ? []
      : [
          `${formatFigure(arm.flopsPerSecond, 'ops')}FLOP/s, ${significant(arm.imagesPerSecond, 4)} images/s at a batch of ${arm.batch}, gaps included.`,
        ]),
    ...(silent.length === 0
      ? []
      : [
          `Not counted, only timed: ${silent.slice(0, 5).join(', ')}${silent.length > 5 ? ` and ${silent.length - 5} more` : ''}.`,
        ]),
    ...warnings.map(({ text }) => `Note: ${text}`),
  ];
}
