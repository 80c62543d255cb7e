import type { SKRSContext2D } from '@napi-rs/canvas';
import { type MetricRow, metricRows } from '../../core/report/metric-rows.js';
import { figureParts, formatChange } from '../../core/report/number-format.js';
import { LIGHT } from '../../core/report/palette.js';
import type { ReportView } from '../../core/report/view.js';
import type { MetricId } from '../../core/units.js';
import { drawMarker, drawText, fitText, measureText, wrapText } from './text.js';

/** Figures of the table, as many as fit, in this order of worth. */
const COLUMNS: readonly MetricId[] = [
  'params',
  'madds',
  'memoryAccessCost',
  'paperMemoryAccessCost',
  'peakActivationBytes',
  'measuredLatencyMs',
  'measuredMaddsPerSecond',
  'measuredEnergyJoules',
  'estimatedLatencyMs',
  'estimatedEnergyJoules',
  'memoryAccessCostRatio',
];
const COLUMN = 106;
const ROW = 40;
const HEAD = 46;
/** Room that the names keep at least. */
const NAMES = 210;

function columnsOf(view: ReportView, width: number): MetricRow[] {
  const rows = metricRows(view);
  const chosen = COLUMNS.flatMap(
    (id) => rows.find((row) => row.id === id && row.cells.some(({ value }) => value !== null)) ?? [],
  );
  return chosen.slice(0, Math.floor((width - NAMES) / COLUMN));
}

export function tableHeight({ models }: ReportView): number {
  return HEAD + models.length * ROW;
}

/** Models as rows, figures as columns; the best of a column is bold, the change against the first stands below. */
export function drawTable(context: SKRSContext2D, view: ReportView, x: number, y: number, width: number): void {
  const columns = columnsOf(view, width);
  const right = (i: number) => x + width - (columns.length - 1 - i) * COLUMN;
  columns.forEach(({ heading, origin }, i) => {
    const style = { size: 12, weight: 600, align: 'right' } as const;
    const lines = wrapText(context, heading, COLUMN - 14, style).slice(0, 2);
    lines.forEach((line, k) => {
      drawText(context, line, right(i), y + 28 - (lines.length - 1 - k) * 15, style);
    });
    if (origin !== 'analytic')
      drawText(context, origin, right(i), y + 42, { size: 10, colour: LIGHT.mutedText, align: 'right' });
  });
  rule(context, x, y + HEAD, width, LIGHT.line);
  view.models.forEach(({ name, style, index }) => {
    const top = y + HEAD + index * ROW;
    drawMarker(context, style, x + 6, top + 20, 10);
    const room = width - columns.length * COLUMN - 30;
    drawText(context, fitText(context, name, room, { size: 14, weight: 600 }), x + 20, top + 25, {
      size: 14,
      weight: 600,
    });
    columns.forEach((row, i) => {
      drawCell(context, row, index, right(i), top);
    });
    rule(context, x, top + ROW, width, LIGHT.gridLine);
  });
}

function drawCell(context: SKRSContext2D, row: MetricRow, index: number, right: number, top: number): void {
  const cell = row.cells[index];
  if (cell === undefined || cell.value === null) {
    drawText(context, '–', right, top + 25, { size: 14, colour: LIGHT.mutedText, align: 'right' });
    return;
  }
  const compared = index > 0 && cell.ratio !== null;
  const baseline = top + (compared ? 18 : 25);
  const weight = row.best.includes(index) ? 600 : 400;
  const { number, unit } = figureParts(cell.value, row.unit);
  const units = { size: 12, colour: LIGHT.mutedText, align: 'right' } as const;
  const taken = unit === '' ? 0 : measureText(context, ` ${unit}`, units);
  if (unit !== '') drawText(context, unit, right, baseline, units);
  drawText(context, number, right - taken, baseline, { size: 14, weight, align: 'right' });
  if (compared)
    drawText(context, formatChange(cell.ratio), right, top + 33, { size: 11, colour: LIGHT.mutedText, align: 'right' });
}

function rule(context: SKRSContext2D, x: number, y: number, width: number, colour: string): void {
  context.fillStyle = colour;
  context.fillRect(x, y - 0.5, width, 1);
}
