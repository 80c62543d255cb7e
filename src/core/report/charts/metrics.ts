import type { ScriptableScaleContext } from 'chart.js';
import { type MetricRow, metricRows } from '../metric-rows.js';
import { formatChange, formatFigure, formatRatio } from '../number-format.js';
import { modelColour } from '../palette.js';
import type { ReportView } from '../view.js';
import { defineChart } from './define-chart.js';
import { axis, baseOptions } from './style.js';

/** Metrics drawn as bars; the key table has all. */
const DRAWN = new Set([
  'params',
  'madds',
  'memoryAccessCost',
  'paperMemoryAccessCost',
  'readBytes',
  'peakActivationBytes',
  'measuredLatencyMs',
  'measuredEnergyJoules',
  'estimatedLatencyMs',
  'estimatedEnergyJoules',
]);

/** Bars from the line of the baseline on a logarithmic axis: half and double are equally long. */
export default defineChart({
  id: 'metrics',
  title: 'Figures relative to the baseline',
  caption: ({ models }) =>
    `Each bar is a figure divided by that of ${models[0]?.name ?? 'the baseline'}, on a logarithmic axis: bars to the left of 1× cost less, to the right more.`,
  height: (view) => 64 + drawnRows(view).length * (14 + 12 * (view.models.length - 1)),
  build(context) {
    const { view, theme, font } = context;
    const rows = drawnRows(view);
    if (rows.length === 0 || view.models.length < 2) return null;
    const options = baseOptions(context);
    const ratios = rows.flatMap(({ cells }) => cells.flatMap(({ ratio }) => (ratio === null ? [] : [ratio])));
    const reach = Math.max(...ratios.map((ratio) => Math.abs(Math.log2(ratio))), 0.5);
    const limit = 2 ** (reach * 1.12);
    return {
      type: 'bar',
      data: {
        labels: rows.map(label),
        datasets: view.models.slice(1).map(({ name, index }) => ({
          label: name,
          data: rows.map(({ cells }) => cells[index]?.ratio ?? null),
          backgroundColor: modelColour(theme, index),
          base: 1,
          barPercentage: 0.9,
          categoryPercentage: 0.76,
          borderRadius: 1,
        })),
      },
      options: {
        ...options,
        indexAxis: 'y',
        scales: {
          x: {
            ...axis(context, { title: '', type: 'logarithmic', min: 1 / limit, max: limit, tick: formatRatio }),
            title: { display: false },
            afterBuildTicks: (scale) => {
              scale.ticks = ratioTicks(limit).map((value) => ({ value }));
            },
            grid: {
              color: ({ tick }: ScriptableScaleContext) => (tick?.value === 1 ? theme.mutedText : theme.gridLine),
              drawTicks: false,
            },
            ticks: { color: theme.mutedText, padding: 8, callback: (value) => formatRatio(Number(value)) },
          },
          y: {
            grid: { display: false },
            border: { display: false },
            ticks: { color: theme.text, font: { family: font.family, size: font.size }, autoSkip: false, padding: 8 },
          },
        },
        plugins: {
          ...options.plugins,
          tooltip: {
            ...options.plugins?.tooltip,
            callbacks: {
              title: ([item]) => (item === undefined ? '' : `${item.dataset.label}: ${item.label}`),
              label: ({ dataIndex, datasetIndex }) => {
                const row = rows[dataIndex];
                const cell = row?.cells[datasetIndex + 1];
                if (row === undefined || cell === undefined || cell.value === null || cell.ratio === null) return '';
                return `${formatFigure(cell.value, row.unit)}, ${formatChange(cell.ratio)}`;
              },
            },
          },
        },
      },
    };
  },
  table(view) {
    return {
      headings: ['Figure', ...view.models.flatMap(({ name }) => [name, `${name} / baseline`])],
      rows: drawnRows(view).map((row) => [label(row), ...row.cells.flatMap(({ value, ratio }) => [value, ratio])]),
    };
  },
});

function drawnRows(view: ReportView): MetricRow[] {
  return metricRows(view).filter(({ id, cells }) => DRAWN.has(id) && cells.some(({ ratio }) => ratio !== null));
}

function label({ heading, place, origin }: MetricRow): string {
  return place === null || origin === 'measured' ? heading : `${heading} (${place})`;
}

function ratioTicks(limit: number): number[] {
  const steps = [1, 1.5, 2, 3, 4, 5, 8, 10, 16, 20, 32, 50, 64, 100];
  const within = steps.filter((step) => step <= limit);
  const sparse = within.length > 5 ? [1, 2, 5, 10, 20, 50, 100].filter((step) => step <= limit) : within;
  return [...sparse.slice(1).map((step) => 1 / step), ...sparse].sort((a, b) => a - b);
}
