import type { ArmMeasurement, Measurement } from '../../core/measurement.js';
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
  const sum = `${more}one by one they take ${formatFigure(sumMs, 'ms')}, ${percent(Math.abs(unexplainedFraction))} ${rest}`;
  return `${renderTable(columns, rows, streams)}\n${paint(sum, 'dim', streams.color)}`;
}

function percent(fraction: number): string {
  return `${significant(100 * fraction)} %`;
}
