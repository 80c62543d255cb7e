import type { MetricId } from '../../../units.js';
import { type MetricRow, metricRows } from '../../metric-rows.js';
import { figureTicks, formatFigure, formatInterval } from '../../number-format.js';
import { modelColour, modelFill } from '../../palette.js';
import type { ModelStyle, ReportModel, ReportView } from '../../view.js';
import type { AnyChart, AnyDataset, ChartContext, ChartPoint, ChartTable } from '../define-chart.js';
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
  const known = models.filter(({ index }) => !single || rows[0]?.cells[index]?.value != null);
  const labels = single ? known.map(({ name }) => name) : rows.map(({ place }) => place ?? '');
  const bars = (single ? known : models).map((model) => rows.map((row, place) => barOf(model, row, place)));
  const sets = single
    ? [merged(context, known, bars)]
    : models.map((model, i) => dataset(context, model, bars[i] ?? []));
  const drawn = single ? [bars.flat()] : bars;
  const largest = Math.max(...bars.flat().flatMap(({ x, high }) => (Number.isNaN(x) ? [] : [high ?? x])));
  return {
    type: 'bar',
    data: { labels, datasets: sets },
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
        y: rowAxis(context, labels),
      },
    },
    plugins: [whiskers(context, drawn, unit)],
  };
}

export function placeRows(view: ReportView, ids: readonly MetricId[]): MetricRow[] {
  return metricRows(view).filter(({ id, cells }) => ids.includes(id) && cells.some(({ value }) => value !== null));
}

export function placeHeight({ models }: ReportView, rows: readonly MetricRow[]): number {
  const [only] = rows;
  const bars = only?.cells.filter(({ value }) => value !== null).length ?? 0;
  return rows.length === 1 ? 56 + bars * 34 : 60 + rows.length * (22 + 15 * models.length);
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

/** A category axis places bars by their place in the data: one without a value must still be there. */
function barOf({ index, name }: ReportModel, { cells, unit, heading, place, origin }: MetricRow, y: number): Bar {
  const { value = null, low, high } = cells[index] ?? {};
  if (value === null) return { x: Number.NaN, y, low, high, model: index, estimated: false, lines: [] };
  const interval = low === undefined || high === undefined ? [] : [formatInterval(low, high, unit)];
  const lines = [`${name}: ${heading}`, formatFigure(value, unit), ...interval, ...(place === null ? [] : [place])];
  return { x: value, y, low, high, model: index, estimated: origin === 'estimated', lines };
}

function dataset(context: ChartContext, { name, style }: ReportModel, bars: readonly Bar[]): AnyDataset {
  const looks = bars.map(({ estimated }) => lookOf(context, style, estimated));
  return {
    type: 'bar',
    label: name,
    data: [...bars],
    parsing: { xAxisKey: 'x', yAxisKey: 'y' },
    backgroundColor: looks.map(({ fill }) => fill),
    borderColor: looks.map(({ border }) => border),
    borderWidth: looks.map(({ width }) => width),
    borderSkipped: false,
    maxBarThickness: 26,
    barPercentage: 0.86,
    categoryPercentage: 0.78,
  };
}

/** All models in one set, one below the other. */
function merged(context: ChartContext, models: readonly ReportModel[], bars: readonly (readonly Bar[])[]): AnyDataset {
  const sets = models.map((model, i) => dataset(context, model, bars[i] ?? []));
  const collect = (key: 'backgroundColor' | 'borderColor' | 'borderWidth') =>
    sets.flatMap((set) => set[key] as never[]);
  return {
    ...dataset(context, models[0] as ReportModel, []),
    data: bars.flat().map((bar, y) => ({ ...bar, y })),
    backgroundColor: collect('backgroundColor'),
    borderColor: collect('borderColor'),
    borderWidth: collect('borderWidth'),
    barPercentage: 0.7,
    categoryPercentage: 1,
  };
}

function lookOf({ theme }: ChartContext, style: ModelStyle, estimated: boolean) {
  const border = modelColour(theme, style);
  return estimated
    ? { fill: fade(border, 0.12), border, width: 1.5 }
    : { fill: modelFill(theme, style), border, width: style.shade === 0 ? 0 : 1 };
}

/** Interval and value at the end of each bar. */
function whiskers({ theme, font }: ChartContext, bars: readonly (readonly Bar[])[], unit: MetricRow['unit']) {
  return drawing('whiskers', 'afterDatasetsDraw', (chart, canvas) => {
    const { x } = chart.scales;
    if (x === undefined) return;
    canvas.font = `${font.size - 2}px ${font.family}`;
    canvas.textBaseline = 'middle';
    canvas.lineWidth = 1.25;
    bars.forEach((own, dataset) => {
      chart.getDatasetMeta(dataset).data.forEach((element, i) => {
        const bar = own[i];
        if (bar === undefined || Number.isNaN(bar.x)) return;
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
