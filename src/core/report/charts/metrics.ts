import type { Chart, TooltipItem } from 'chart.js';
import { type MetricRow, metricRows } from '../metric-rows.js';
import { formatChange, formatFigure, formatRatio, shortNumber } from '../number-format.js';
import { isMany, type ReportModel, type ReportView } from '../view.js';
import { type ChartContext, defineChart } from './define-chart.js';
import { axis, barColours, baseOptions, drawing, fade, ratioGrid, rowAxis } from './drawing/style.js';

/** Metrics drawn as bars; the key table has all. */
const DRAWN: ReadonlySet<string> = new Set([
  'params',
  'madds',
  'paperMemoryAccessCost',
  'memoryAccessCost',
  'readBytes',
  'writeBytes',
  'peakActivationBytes',
  'measuredLatencyMs',
  'measuredEnergyJoules',
  'estimatedLatencyMs',
  'estimatedEnergyJoules',
]);

/** Bars from the line of the baseline on a logarithmic axis: half and double are equally long. */
export default defineChart({
  id: 'metrics',
  section: 'comparison',
  title: (view) => `Cost relative to ${view.models[0]?.name ?? ''}`,
  caption: () => 'Bars to the left of 1× cost less, to the right more; half and double are equally far.',
  height: (view) => 56 + drawnRows(view).length * rowHeight(view),
  applies: (view) => view.models.length > 1 && !isMany(view) && drawnRows(view).length > 0,
  build(context) {
    const { view } = context;
    const rows = drawnRows(view);
    const options = baseOptions(context);
    const models = view.models.slice(1).filter(({ index }) => !context.hidden.has(index));
    const ratios = rows.flatMap(({ cells }) => models.flatMap(({ index }) => cells[index]?.ratio ?? []));
    const low = Math.min(...ratios, 0.8);
    const high = Math.max(...ratios, 1.25);
    const room = (high / low) ** (context.width < 480 ? 0.5 : context.width < 700 ? 0.25 : 0.12);
    const limits = { min: low < 0.81 ? low / room : 0.8, max: high * room };
    return {
      type: 'bar',
      data: {
        labels: rows.map(label),
        datasets: models.map((model) => ({
          label: model.name,
          data: rows.map(({ cells }) => cells[model.index]?.ratio ?? null),
          ...barColours(context, model),
          ...hollowEstimates(context, model, rows),
          base: 1,
          barPercentage: 0.88,
          categoryPercentage: 0.78,
        })),
      },
      options: {
        ...options,
        indexAxis: 'y',
        scales: {
          x: {
            ...axis(context, { type: 'logarithmic', ...limits }),
            border: { display: false },
            afterBuildTicks: (scale) => {
              scale.ticks = ratioTicks(limits.min, limits.max).map((value) => ({ value }));
            },
            grid: ratioGrid(context),
            ticks: {
              ...axis(context, { type: 'linear' }).ticks,
              callback: (value) => `${shortNumber(Number(value))}×`,
            },
          },
          y: rowAxis(context, rows.map(label)),
        },
        plugins: {
          ...options.plugins,
          tooltip: {
            ...options.plugins?.tooltip,
            callbacks: {
              title: ([item]: TooltipItem<'bar' | 'line' | 'scatter'>[]) =>
                item === undefined ? '' : `${item.dataset.label}: ${item.label}`,
              label: ({ dataIndex, datasetIndex }: TooltipItem<'bar' | 'line' | 'scatter'>) => {
                const row = rows[dataIndex];
                const cell = row?.cells[models[datasetIndex]?.index ?? -1];
                if (row === undefined || cell === undefined || cell.value === null || cell.ratio === null) return '';
                return `${formatFigure(cell.value, row.unit)}, ${formatChange(cell.ratio)}`;
              },
            },
          },
        },
      },
      plugins: [valueLabels(context)],
    };
  },
  table(view) {
    return {
      headings: [
        'Figure',
        ...view.models.flatMap(({ name, index }) => (index === 0 ? [name] : [name, `${name} / baseline`])),
      ],
      rows: drawnRows(view).map((row) => [
        label(row),
        ...row.cells.flatMap(({ value, ratio }, index) => (index === 0 ? [value] : [value, ratio])),
      ]),
    };
  },
});

/** Estimated figures are hollow bars, as in the other charts. */
function hollowEstimates(context: ChartContext, model: ReportModel, rows: readonly MetricRow[]) {
  const plain = barColours(context, model);
  const estimated = rows.map(({ origin }) => origin === 'estimated');
  if (!estimated.includes(true)) return {};
  return {
    backgroundColor: estimated.map((hollow) => (hollow ? fade(plain.borderColor, 0.12) : plain.backgroundColor)),
    borderWidth: estimated.map((hollow) => (hollow ? 1.5 : plain.borderWidth)),
  };
}

function drawnRows(view: ReportView): MetricRow[] {
  return metricRows(view).filter(({ id, cells }) => DRAWN.has(id) && cells.some(({ ratio }) => ratio !== null));
}

function rowHeight({ models }: ReportView): number {
  return 16 + 15 * Math.max(1, models.length - 1);
}

function label({ heading, place, origin }: MetricRow): string {
  return origin === 'estimated' ? `${heading}, ${place}` : heading;
}

/** Height of a bar below which its number would touch the next. */
const THINNEST = 8;

/** The ratio at the end of each bar. */
function valueLabels({ theme, font }: ChartContext) {
  return drawing('value-labels', 'afterDatasetsDraw', (chart: Chart, canvas) => {
    canvas.font = `${font.size - 2}px ${font.family}`;
    canvas.textBaseline = 'middle';
    canvas.fillStyle = theme.mutedText;
    chart.data.datasets.forEach(({ data }, index) => {
      chart.getDatasetMeta(index).data.forEach((bar, row) => {
        const ratio = data[row];
        const { height } = bar.getProps(['height'] as never) as unknown as { height: number };
        if (typeof ratio !== 'number' || height < THINNEST) return;
        const left = ratio < 1;
        canvas.textAlign = left ? 'right' : 'left';
        canvas.fillText(formatRatio(ratio), bar.x + (left ? -5 : 5), bar.y + 0.5);
      });
    });
  });
}

function ratioTicks(min: number, max: number): number[] {
  const decades = Math.log10(max / min);
  const steps =
    decades < 0.5
      ? [1, 1.25, 1.5, 2, 2.5, 3]
      : decades < 0.9
        ? [1, 1.5, 2, 3, 4, 6]
        : decades < 2.4
          ? powers(2)
          : decades < 4
            ? powers(4)
            : powers(10);
  return [...steps.slice(1).map((step) => 1 / step), ...steps]
    .filter((step) => step >= min && step <= max)
    .sort((a, b) => a - b);
}

const powers = (base: number) => Array.from({ length: 9 }, (_, exponent) => base ** exponent);
