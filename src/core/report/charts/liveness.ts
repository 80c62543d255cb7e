import { figureTicks, formatFigure } from '../number-format.js';
import { modelColour, modelDash } from '../palette.js';
import type { ReportModel } from '../view.js';
import { type AnyDataset, type ChartContext, type ChartPoint, defineChart } from './define-chart.js';
import { axis, baseOptions, fade, selectionRing } from './drawing/style.js';

/** Tensors named under the chart for each model. */
const NAMED = 4;

/** Activation memory while the layers run, with what holds it at the peak. */
export default defineChart({
  id: 'liveness',
  section: 'cost',
  perLayer: true,
  title: () => 'Activation memory over execution',
  caption: () =>
    'Bytes of activations alive while each layer runs, at inference, nothing in place. The dot marks the peak.',
  notes: ({ models }) =>
    models.flatMap(({ name, analysis }) => {
      if (analysis === null || analysis.totals.peakLayer === null) return [];
      const { peakActivationBytes, peakLayer, peakTensors } = analysis.totals;
      const named = peakTensors
        .slice(0, NAMED)
        .map((tensor) => `${tensor.name} ${formatFigure(tensor.bytes, 'bytes')}`);
      const more = peakTensors.length > NAMED ? [`${peakTensors.length - NAMED} more`] : [];
      return [
        `${name} peaks at ${formatFigure(peakActivationBytes, 'bytes')} in ${peakLayer}: ${[...named, ...more].join(', ')}.`,
      ];
    }),
  height: () => 340,
  applies: ({ models }) => models.some((model) => pointsOf(model).length > 1),
  build(context) {
    const points = context.view.models.map(pointsOf);
    const single = context.view.models.filter(({ analysis }) => analysis !== null).length === 1;
    return {
      type: 'line',
      data: {
        datasets: [
          ...selectionRing(context, points.flat()),
          ...context.view.models.flatMap((model) => curve(context, model, points[model.index] ?? [], single)),
        ],
      },
      options: {
        ...baseOptions(context),
        interaction: { mode: 'nearest', axis: 'x', intersect: false },
        scales: {
          x: axis(context, {
            title: 'Execution, first to last layer',
            type: 'linear',
            min: 0,
            max: 100,
            tick: (value) => `${value} %`,
            grid: false,
          }),
          y: axis(context, {
            title: 'Alive',
            type: 'linear',
            min: 0,
            tick: figureTicks(Math.max(...points.flat().map(({ y }) => y)), 'bytes'),
          }),
        },
      },
    };
  },
  table: (view) => ({
    headings: ['Model', 'Layer', 'Bytes alive'],
    rows: view.models.flatMap((model) => pointsOf(model).map(({ layer, y }) => [model.name, layer ?? null, y])),
  }),
});

function pointsOf(model: ReportModel): ChartPoint[] {
  const layers = model.analysis?.layers ?? [];
  return layers.map(({ name, liveActivationBytes }, i) => ({
    x: layers.length === 1 ? 0 : (100 * i) / (layers.length - 1),
    y: liveActivationBytes,
    model: model.index,
    layer: name,
    lines: [`${model.name}: ${name}`, `${formatFigure(liveActivationBytes, 'bytes')} alive`],
  }));
}

function curve(
  { theme, hidden }: ChartContext,
  model: ReportModel,
  points: readonly ChartPoint[],
  filled: boolean,
): AnyDataset[] {
  if (points.length === 0) return [];
  const colour = modelColour(theme, model.style);
  const peak = points.reduce((highest, point) => (point.y > highest.y ? point : highest));
  const off = hidden.has(model.index);
  return [
    {
      type: 'scatter',
      label: model.name,
      data: [peak],
      hidden: off,
      pointRadius: 4.5,
      pointBackgroundColor: colour,
      pointBorderColor: theme.background,
      pointBorderWidth: 1.5,
      clip: 12,
    },
    {
      type: 'line',
      label: model.name,
      data: [...points],
      hidden: off,
      stepped: 'before',
      borderColor: colour,
      borderWidth: 1.75,
      borderDash: modelDash(model.style),
      pointRadius: 0,
      pointHoverRadius: 4,
      pointHoverBackgroundColor: colour,
      fill: filled ? 'origin' : false,
      backgroundColor: fade(colour, 0.12),
    },
  ];
}
