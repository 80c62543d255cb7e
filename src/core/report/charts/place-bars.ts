import type { MetricId } from '../../units.js';
import { type MetricRow, metricRows } from '../metric-rows.js';
import { figureTicks, formatFigure } from '../number-format.js';
import { modelColour, modelFill } from '../palette.js';
import type { ReportModel, ReportView } from '../view.js';
import type { AnyChart, AnyDataset, ChartContext, ChartPoint, ChartTable } from './define-chart.js';
import { axis, baseOptions, drawing, fade, rowAxis } from './style.js';

/**
 * Bars of one figure by the place where it was measured (runtime and device) or estimated (device), one bar for each
 * model. Estimated bars are hollow; whiskers are intervals. With a single place the bars are named after the models.
 */
export function placeBars(context: ChartContext, rows: readonly MetricRow[]): AnyChart {
  const { view, hidden } = context;
  const models = view.models.filter(({ index }) => !hidden.has(index));
  const unit = rows[0]?.unit ?? 'count';
  const single = rows.length === 1;
  const labels = single ? models.map(({ name }) => name) : rows.map(({ place }) => place ?? '');
  // A category axis places bars by their place in the data: with one place, each model's bar follows i gaps.
  const bars = models.map((model, i) => [
    ...(single ? Array.from({ length: i }, () => null) : []),
    ...rows.map((row, place) => barOf(model, row, single ? i : place)),
  ]);
  const largest = Math.max(...bars.flat().map((bar) => bar?.high ?? bar?.x ?? 0));
  return {
    type: 'bar',
    data: { labels, datasets: models.map((model, i) => dataset(context, model, bars[i] ?? [], single)) },
    options: {
      ...baseOptions(context),
      indexAxis: 'y',
      scales: {
        x: {
          ...axis(context, {
            type: 'linear',
            min: 0,
            max: largest * (context.width < 480 ? 1.3 : 1.14),
            tick: figureTicks(largest, unit),
          }),
          border: { display: false },
        },
        y: { ...rowAxis(context, labels), stacked: single },
      },
    },
    plugins: [whiskers(context, bars, unit)],
  };
}

export function placeRows(view: ReportView, ids: readonly MetricId[]): MetricRow[] {
  return metricRows(view).filter(({ id, cells }) => ids.includes(id) && cells.some(({ value }) => value !== null));
}

export function placeHeight({ models }: ReportView, rows: readonly MetricRow[]): number {
  return rows.length === 1 ? 56 + models.length * 34 : 60 + rows.length * (22 + 15 * models.length);
}

/** `Where` of a caption: empty where the axis names several places. */
export function onlyPlace(rows: readonly MetricRow[]): string {
  const [row] = rows;
  return rows.length === 1 && row?.place != null ? ` on ${row.place}` : '';
}

export function placeTable(view: ReportView, rows: readonly MetricRow[]): ChartTable {
  return {
    headings: [
      'Where',
      'Figure',
      'Known as',
      ...view.models.flatMap(({ name }) => [name, `${name} low`, `${name} high`]),
    ],
    rows: rows.map(({ place, heading, origin, cells }) => [
      place,
      heading,
      origin,
      ...cells.flatMap(({ value, low, high }) => [value, low ?? null, high ?? null]),
    ]),
  };
}

interface Bar extends ChartPoint {
  readonly low: number | undefined;
  readonly high: number | undefined;
  readonly estimated: boolean;
}

function barOf(
  { index, name }: ReportModel,
  { cells, unit, heading, place, origin }: MetricRow,
  y: number,
): Bar | null {
  const cell = cells[index];
  if (cell === undefined || cell.value === null) return null;
  const { value, low, high } = cell;
  const interval =
    low === undefined || high === undefined ? [] : [`${formatFigure(low, unit)} to ${formatFigure(high, unit)}`];
  const lines = [`${name}: ${heading}`, formatFigure(value, unit), ...interval, ...(place === null ? [] : [place])];
  return { x: value, y, low, high, model: index, estimated: origin === 'estimated', lines };
}

function dataset(
  { theme }: ChartContext,
  { name, style }: ReportModel,
  bars: readonly (Bar | null)[],
  single: boolean,
): AnyDataset {
  const colour = modelColour(theme, style);
  return {
    type: 'bar',
    label: name,
    data: [...bars],
    parsing: { xAxisKey: 'x', yAxisKey: 'y' },
    backgroundColor: bars.map((bar) => (bar?.estimated ? fade(colour, 0.12) : modelFill(theme, style))),
    borderColor: colour,
    borderWidth: bars.map((bar) => (bar?.estimated ? 1.5 : style.shade === 0 ? 0 : 1)),
    borderSkipped: false,
    maxBarThickness: 26,
    barPercentage: single ? 0.7 : 0.86,
    categoryPercentage: single ? 1 : 0.78,
  };
}

/** Interval and value at the end of each bar. */
function whiskers({ theme, font }: ChartContext, bars: readonly (readonly (Bar | null)[])[], unit: MetricRow['unit']) {
  return drawing('whiskers', 'afterDatasetsDraw', (chart, canvas) => {
    const { x } = chart.scales;
    if (x === undefined) return;
    canvas.font = `${font.size - 2}px ${font.family}`;
    canvas.textBaseline = 'middle';
    canvas.lineWidth = 1.25;
    bars.forEach((own, dataset) => {
      chart.getDatasetMeta(dataset).data.forEach((element, i) => {
        const bar = own[i];
        if (bar == null) return;
        let end = element.x;
        if (bar.low !== undefined && bar.high !== undefined) {
          const [low, high] = [x.getPixelForValue(bar.low), x.getPixelForValue(bar.high)];
          canvas.strokeStyle = theme.text;
          canvas.beginPath();
          canvas.moveTo(low, element.y);
          canvas.lineTo(high, element.y);
          canvas.stroke();
          end = Math.max(end, high);
        }
        canvas.fillStyle = theme.mutedText;
        canvas.fillText(formatFigure(bar.x, unit), end + 6, element.y + 0.5);
      });
    });
  });
}
