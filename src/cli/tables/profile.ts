import type { Device } from '../../core/analysis/devices/index.js';
import type { ArmMeasurement, Distribution, Measurement } from '../../core/measurement.js';
import { type AlikeRows, alikeRows, boundedRows } from '../../core/profile/bounded.js';
import type { Profile } from '../../core/profile/profile.js';
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
  const sum = total(profile.rows);
  const rows = alikeRows(boundedRows(profile, device));
  const shown = rows.slice(0, MOST_LAYERS);
  const rest = rows.slice(MOST_LAYERS);
  const share = (ms: number) => percent(ms / sum);
  const columns: TableColumn[] = [
    { heading: 'Layers', align: 'left', shrinkable: true },
    { heading: '', align: 'right' },
    { heading: 'Time', align: 'right' },
    { heading: 'Share', align: 'right' },
    { heading: 'FLOP/s', align: 'right' },
    { heading: 'Moved/s', align: 'right' },
    ...(device === undefined ? [] : [{ heading: 'Of bound', align: 'right' } as const]),
  ];
  const dim = (text: string): Cell => ({ text, style: 'dim' });
  const cells = [
    ...shown.map((row) => layerCells(row, share, device !== undefined)),
    ...(rest.length === 0
      ? []
      : [
          [
            dim(`${rest.reduce((count, row) => count + row.count, 0)} more`),
            '',
            dim(formatFigure(total(rest), 'ms')),
            dim(share(total(rest))),
          ],
        ]),
    ...profile.rows
      .filter(({ layers }) => layers.length === 0)
      .map(({ name, latencyMs }) => [dim(`(${name})`), '', dim(formatFigure(latencyMs, 'ms')), dim(share(latencyMs))]),
  ];
  return `${[
    aboutLine(profile, measurement, device, streams),
    renderTable(columns, cells, streams),
    summary(profile, measurement).join('\n'),
  ].join('\n\n')}\n`;
}

function layerCells(
  { name, count, layersEach, latencyMs, work, bound }: AlikeRows,
  share: (ms: number) => string,
  hasBounds: boolean,
): (Cell | string)[] {
  const rate = (amount: number | undefined, unit: 'ops' | 'bytes') =>
    amount === undefined || amount === 0 || latencyMs === 0 ? '' : formatFigure(amount / (latencyMs / 1000), unit);
  const fraction = bound === undefined || latencyMs === 0 ? undefined : bound.latencyMs / latencyMs;
  return [
    layersEach > 1 ? `${name} (+${layersEach - 1})` : name,
    count > 1 ? `×${count}` : '',
    formatFigure(latencyMs, 'ms'),
    share(latencyMs),
    rate(work?.flops, 'ops'),
    rate(work?.bytes, 'bytes'),
    ...(hasBounds
      ? [
          fraction === undefined || bound === undefined
            ? ''
            : {
                text: `${bound.by} ${(100 * fraction).toFixed(fraction < 0.1 ? 1 : 0)} %`,
                ...(fraction < FAR ? { style: 'bad' as const } : {}),
              },
        ]
      : []),
  ];
}

/** Below this share of its bound a layer is far from it. */
const FAR = 0.3;

const total = (rows: readonly { readonly latencyMs: number }[]) =>
  rows.reduce((sum, { latencyMs }) => sum + latencyMs, 0);

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

/** The interval of the median, or of few iterations their range, called so. */
function spread({ lowMs, highMs, confidence, samplesMs }: Distribution): string {
  if (lowMs !== undefined && highMs !== undefined) {
    return ` (${significant(lowMs, 4)} – ${significant(highMs, 4)} ms, ${(100 * confidence).toFixed(0)} %)`;
  }
  if (samplesMs.length < 2) return '';
  return ` (from ${significant(Math.min(...samplesMs), 4)} to ${significant(Math.max(...samplesMs), 4)} ms)`;
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
    `An iteration takes ${formatFigure(span, 'ms')} on the ${where}${spread(time)}: busy ${percent(busy / span)}, idle ${formatFigure(facts.idleMs, 'ms')} (${percent(facts.idleMs / span)})${facts.hostMs === undefined ? '' : `; the host took ${formatFigure(facts.hostMs, 'ms')}`}.`,
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
