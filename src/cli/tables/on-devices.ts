import type { Estimate } from '../../core/report/define-reporter.js';
import { formatFigure, formatInterval } from '../../core/report/number-format.js';
import { METRICS } from '../../core/units.js';
import type { Streams } from '../define-command.js';
import { paint, renderTable, type TableColumn } from './table.js';

/** Estimated time and energy of each model on the devices of `--on`, and what they stand on. */
export function onDevicesTable(estimates: readonly Estimate[], streams: Streams): string {
  if (estimates.length === 0) return '';
  const right = (heading: string): TableColumn => ({ heading, align: 'right' });
  const columns: TableColumn[] = [
    { heading: 'Model', align: 'left', shrinkable: true, isKey: true },
    { heading: 'Device', align: 'left', isKey: true },
    right(METRICS.estimatedLatencyMs.heading),
    right('90 % interval'),
    right(METRICS.estimatedEnergyJoules.heading),
    right('Range'),
  ];
  const figure = (value: number | undefined, unit: 'ms' | 'J') =>
    value === undefined ? '' : formatFigure(value, unit);
  const span = (low: number | undefined, high: number | undefined, unit: 'ms' | 'J') =>
    low === undefined || high === undefined ? '' : formatInterval(low, high, unit);
  const rows = estimates.map((one) => [
    one.model,
    one.device,
    figure(one.latencyMs, 'ms'),
    span(one.latencyLowMs, one.latencyHighMs, 'ms'),
    figure(one.energyJoules, 'J'),
    span(one.energyLowJoules, one.energyHighJoules, 'J'),
  ]);
  const notes = new Set(estimates.flatMap(({ device, note }) => (note === undefined ? [] : [`${device}: ${note}`])));
  const lines = [...notes].map((line) => paint(line, 'dim', streams.color));
  return `\n${[renderTable(columns, rows, streams), ...lines].join('\n')}\n`;
}
