import type { MetricId } from '../../units.js';
import { type MetricRow, metricRows } from '../metric-rows.js';
import { formatFigure, shortFigure } from '../number-format.js';
import { modelColour } from '../palette.js';
import type { ReportView } from '../view.js';
import type { AnyChart, ChartContext, ChartPoint, ChartTable } from './define-chart.js';
import { axis, baseOptions, drawing, fade, rowAxis } from './style.js';

/**
 * Bars of one figure by the place where it was measured (runtime and device) or estimated (device), one bar for each
 * model. Estimated bars are hollow; whiskers are intervals.
 */
export function placeRows(view: ReportView, ids: readonly MetricId[]): MetricRow[] {
  return metricRows(view).filter(({ id, cells }) => ids.includes(id) && cells.some(({ value }) => value !== null));
}

export function placeHeight(view: ReportView, rows: readonly MetricRow[]): number {
  return 60 + rows.length * (22 + 15 * view.models.length);
}

export function placeBars(context: ChartContext, rows: readonly MetricRow[]): AnyChart {
  const { view, theme } = context;
  const unit = rows[0]?.unit ?? 'count';
  const labels = rows.map(placeLabel);
  const models = view.models.filter(({ index }) => !context.hidden.has(index));
  const largest = Math.max(...rows.flatMap(({ cells }) => cells.map(({ value, high }) => high ?? value ?? 0)));
  return {
    type: 'bar',
    data: {
      labels,
      datasets: models.map(({ name, index }) => ({
        label: name,
        data: rows.flatMap((row, y): ChartPoint[] => {
          const cell = row.cells[index];
          if (cell === undefined || cell.value === null) return [];
          const interval =
            cell.low === undefined || cell.high === undefined
              ? []
              : [`${formatFigure(cell.low, unit)} to ${formatFigure(cell.high, unit)}`];
          return [
            {
              x: cell.value,
              y,
              model: index,
              lines: [`${name}: ${row.heading}`, formatFigure(cell.value, unit), ...interval, labels[y] ?? ''],
            },
          ];
        }),
        parsing: { xAxisKey: 'x', yAxisKey: 'y' },
        backgroundColor: rows.map(({ origin }) =>
          origin === 'estimated' ? fade(modelColour(theme, index), 0.14) : modelColour(theme, index),
        ),
        borderColor: modelColour(theme, index),
        borderWidth: rows.map(({ origin }) => (origin === 'estimated' ? 1.5 : 0)),
        borderSkipped: false,
        barPercentage: 0.86,
        categoryPercentage: 0.78,
      })),
    },
    options: {
      ...baseOptions(context),
      indexAxis: 'y',
      scales: {
        x: {
          ...axis(context, {
            type: 'linear',
            min: 0,
            max: largest * (context.width < 480 ? 1.25 : 1.14),
            tick: (value) => shortFigure(value, unit),
          }),
          border: { display: false },
        },
        y: rowAxis(context, labels),
      },
    },
    plugins: [
      whiskers(
        context,
        rows,
        models.map(({ index }) => index),
      ),
    ],
  };
}

export function placeTable(view: ReportView, rows: readonly MetricRow[]): ChartTable {
  return {
    headings: [
      'Where',
      'Figure',
      'Known as',
      ...view.models.flatMap(({ name }) => [name, `${name} low`, `${name} high`]),
    ],
    rows: rows.map((row) => [
      placeLabel(row),
      row.heading,
      row.origin,
      ...row.cells.flatMap(({ value, low, high }) => [value, low ?? null, high ?? null]),
    ]),
  };
}

function placeLabel({ place }: MetricRow): string {
  return place ?? '';
}

/** Interval and value at the end of each bar. */
function whiskers({ theme, font }: ChartContext, rows: readonly MetricRow[], models: readonly number[]) {
  return drawing('whiskers', 'afterDatasetsDraw', (chart, canvas) => {
    const { x } = chart.scales;
    if (x === undefined) return;
    canvas.font = `${font.size - 2}px ${font.family}`;
    canvas.textBaseline = 'middle';
    canvas.lineWidth = 1.25;
    models.forEach((model, dataset) => {
      chart.getDatasetMeta(dataset).data.forEach((bar, i) => {
        const point = chart.data.datasets[dataset]?.data[i] as unknown as ChartPoint;
        const row = rows[point.y];
        const cell = row?.cells[model];
        if (row === undefined || cell === undefined || cell.value === null) return;
        let end = bar.x;
        if (cell.low !== undefined && cell.high !== undefined) {
          const [low, high] = [x.getPixelForValue(cell.low), x.getPixelForValue(cell.high)];
          canvas.strokeStyle = theme.text;
          canvas.beginPath();
          canvas.moveTo(low, bar.y);
          canvas.lineTo(high, bar.y);
          canvas.stroke();
          end = Math.max(end, high);
        }
        canvas.fillStyle = theme.mutedText;
        canvas.fillText(formatFigure(cell.value, row.unit), end + 6, bar.y + 0.5);
      });
    });
  });
}
