import type { LayerAnalysis } from '../../analysis/result.js';
import { shortNumber, significant } from '../number-format.js';
import { modelColour, modelDash } from '../palette.js';
import type { ReportModel } from '../view.js';
import { type AnyDataset, type ChartContext, type ChartPoint, defineChart } from './define-chart.js';
import { axis, baseOptions, fade, layerPoints, ratioGrid, selectionRing } from './drawing/style.js';

interface ChannelPoint extends ChartPoint {
  readonly input: number;
  readonly output: number;
}

/** Input over output channels of every convolution: a dense block climbs, one-shot aggregation stays at 1. */
export default defineChart({
  id: 'channels',
  section: 'cost',
  perLayer: true,
  title: () => 'Input and output channels of every convolution',
  caption: () =>
    'Input channels divided by output channels, in execution order. At 1 a convolution of given multiply-adds accesses the least memory; dense connections climb away from it.',
  height: () => 340,
  applies: (view) => view.models.some((model) => pointsOf(model).length > 1),
  build(context) {
    const points = context.view.models.map(pointsOf);
    const ratios = points.flat().map(({ y }) => Math.max(y, 1 / y));
    const reach = Math.max(2.2, ...ratios) * 1.15;
    return {
      type: 'scatter',
      data: {
        datasets: [
          ...selectionRing(context, points.flat()),
          ...context.view.models.flatMap((model) => joined(context, model, points[model.index] ?? [])),
        ],
      },
      options: {
        ...baseOptions(context),
        scales: {
          x: axis(context, {
            title: 'Position among the convolutions',
            type: 'linear',
            min: 0,
            max: 100,
            tick: (value) => `${value} %`,
            grid: false,
          }),
          y: {
            ...axis(context, { title: 'Input / output channels', type: 'logarithmic', min: 1 / reach, max: reach }),
            afterBuildTicks: (scale) => {
              scale.ticks = ticks(reach).map((value) => ({ value }));
            },
            ticks: {
              ...axis(context, { type: 'linear' }).ticks,
              autoSkip: false,
              callback: (value) => tickLabel(Number(value)),
            },
            grid: ratioGrid(context),
          },
        },
      },
    };
  },
  table: (view) => ({
    headings: ['Model', 'Layer', 'Input channels', 'Output channels', 'Ratio'],
    rows: view.models.flatMap((model) =>
      pointsOf(model).map(({ layer, input, output, y }) => [model.name, layer ?? null, input, output, y]),
    ),
  }),
});

function joined(context: ChartContext, model: ReportModel, points: readonly ChartPoint[]): AnyDataset[] {
  return layerPoints(context, model, points).map((set) => ({
    ...(set as AnyDataset & { type: 'scatter' }),
    showLine: true,
    borderWidth: 1,
    borderDash: modelDash(model.style),
    borderColor: fade(modelColour(context.theme, model.style), points.length > 60 ? 0.28 : 0.55),
  }));
}

function pointsOf(model: ReportModel): ChannelPoint[] {
  const convolutions = (model.analysis?.layers ?? []).filter(
    ({ kind, weightShapes }) => kind === 'convolution' && weightShapes.length > 0,
  );
  return convolutions.map((layer, i) => {
    const { input, output } = channelsOf(layer);
    return {
      x: convolutions.length === 1 ? 50 : (100 * i) / (convolutions.length - 1),
      y: input / output,
      input,
      output,
      model: model.index,
      layer: layer.name,
      lines: [`${model.name}: ${layer.name}`, `${input} → ${output} channels, ratio ${significant(input / output)}`],
    };
  });
}

/** Of the whole layer, all groups together. Weights are [Co, Ci/groups, …] in every layout. */
function channelsOf({ weightShapes, groups }: LayerAnalysis): { input: number; output: number } {
  const weight = weightShapes[0] ?? [];
  return { input: (weight[1] ?? 1) * groups, output: weight[0] ?? 1 };
}

function ticks(reach: number): number[] {
  const steps = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024].filter((step) => step <= reach);
  const sparse = steps.length > 5 ? steps.filter((_, i) => i % 2 === 0) : steps;
  return [...sparse.slice(1).map((step) => 1 / step), ...sparse].sort((a, b) => a - b);
}

function tickLabel(value: number): string {
  return value >= 1 ? shortNumber(value) : `1/${shortNumber(1 / value)}`;
}
