import type { ArmMeasurement, LayerTiming, Measurement } from '../../core/measurement.js';
import { formatFigure, significant } from '../../core/report/number-format.js';
import type { Streams } from '../define-command.js';
import { paint, renderTable } from './table.js';

/** Layers shown of each arm; all are in the JSON and the reports. */
const MOST_LAYERS = 10;

/** The slowest layers of every arm whose layers were timed, and what their sum leaves unexplained. */
export function layerTimingTables({ arms }: Measurement, streams: Streams): string[] {
  return arms.flatMap(({ name, layers }) => (layers === undefined ? [] : [layerTable(name, layers, streams)]));
}

function layerTable(
  name: string,
  { timings, unexplainedFraction }: NonNullable<ArmMeasurement['layers']>,
  streams: Streams,
): string {
  const sumMs = timings.reduce((sum, { latencyMs }) => sum + latencyMs, 0);
  const slowest = timings.toSorted((a, b) => b.latencyMs - a.latencyMs).slice(0, MOST_LAYERS);
  const rows = slowest.map(({ name: layer, latencyMs, unjoined }) => [
    unjoined ? `(the runtime's own: ${layer})` : layer,
    formatFigure(latencyMs, 'ms'),
    percent(latencyMs / sumMs),
  ]);
  const columns = [
    { heading: `Layer of ${name}`, align: 'left', shrinkable: true },
    { heading: 'Latency', align: 'right' },
    { heading: 'Of the sum', align: 'right' },
  ] as const;
  const more = timings.length > slowest.length ? `${timings.length - slowest.length} more; ` : '';
  const rest = unexplainedFraction < 0 ? 'more than the whole' : 'less than the whole';
  const shareOf = (ms: (timing: LayerTiming) => number) => timings.reduce((sum, each) => sum + ms(each), 0) / sumMs;
  const converted = shareOf(({ conversionMs = 0 }) => conversionMs);
  const own = shareOf(({ unjoined, latencyMs }) => (unjoined === true ? latencyMs : 0));
  const sum = [
    `${more}one by one they take ${formatFigure(sumMs, 'ms')}, ${percent(Math.abs(unexplainedFraction))} ${rest}`,
    ...(converted > 0 ? [`${percent(converted)} of it changes layouts for the layers`] : []),
    ...(own > 0 ? [`${percent(own)} is the runtime's own, of no layer`] : []),
  ].join('; ');
  return `${renderTable(columns, rows, streams)}\n${paint(sum, 'dim', streams.color)}`;
}

function percent(fraction: number): string {
  return `${significant(100 * fraction)} %`;
}
