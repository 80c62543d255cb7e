import { formatFigure, shortFigure, significant } from '../number-format.js';
import { modelColour } from '../palette.js';
import type { ReportModel } from '../view.js';
import { type ChartContext, type ChartPoint, defineChart } from './define-chart.js';
import { axis, baseOptions, drawing, fade, layerPoints, logLimits, selectionRing } from './drawing/style.js';

interface BoundedPoint extends ChartPoint {
  readonly bound: number;
}

/** Convolution and linear layers: what they access against what their multiply-adds need at least. */
export default defineChart({
  id: 'memory-access',
  section: 'cost',
  perLayer: true,
  title: () => 'Memory access cost against multiply-adds',
  caption: () =>
    'Each convolution and linear layer. The line hanging from a point ends at its lower bound, the least memory access cost with the same multiply-adds: long lines are unequal channels.',
  height: () => 380,
  applies: (view) => view.models.some((model) => pointsOf(model).length > 0),
  build(context) {
    const points = context.view.models.map(pointsOf);
    const all = points.flat();
    return {
      type: 'scatter',
      data: {
        datasets: [
          ...selectionRing(context, all),
          ...context.view.models.flatMap((model) => layerPoints(context, model, points[model.index] ?? [])),
        ],
      },
      options: {
        ...baseOptions(context),
        scales: {
          x: axis(context, {
            title: 'Multiply-adds',
            ...logLimits(all.map(({ x }) => x)),
            type: 'logarithmic',
            tick: (value) => shortFigure(value, 'ops'),
          }),
          y: axis(context, {
            title: 'Memory access cost (elements)',
            ...logLimits(all.flatMap(({ y, bound }) => [y, bound])),
            type: 'logarithmic',
            tick: (value) => shortFigure(value, 'elements'),
          }),
        },
      },
      plugins: [gaps(context, points)],
    };
  },
  table: (view) => ({
    headings: ['Model', 'Layer', 'Multiply-adds', 'Memory access cost', 'Lower bound', 'Ratio'],
    rows: view.models.flatMap((model) =>
      pointsOf(model).map(({ layer, x, y, bound }) => [model.name, layer ?? null, x, y, bound, y / bound]),
    ),
  }),
});

function pointsOf(model: ReportModel): BoundedPoint[] {
  return (model.analysis?.layers ?? []).flatMap((layer) => {
    const { madds: x, memoryAccessCost: y, memoryAccessCostLowerBound: bound, name } = layer;
    if (bound === null || bound <= 0 || x <= 0) return [];
    const lines = [
      `${model.name}: ${name}`,
      `${formatFigure(x, 'ops')} multiply-adds`,
      `memory access cost ${formatFigure(y, 'elements')}, ${significant(y / bound)}× its lower bound`,
    ];
    return [{ x, y, bound, model: model.index, layer: name, lines }];
  });
}

/** From each point down to its lower bound. */
function gaps({ theme, hidden, view }: ChartContext, points: readonly BoundedPoint[][]) {
  return drawing('bounds', 'beforeDatasetsDraw', (chart, canvas) => {
    const { x, y } = chart.scales;
    if (x === undefined || y === undefined) return;
    const { left, top, width, height } = chart.chartArea;
    canvas.beginPath();
    canvas.rect(left, top, width, height);
    canvas.clip();
    canvas.lineWidth = 1.5;
    for (const model of view.models) {
      const own = points[model.index] ?? [];
      if (hidden.has(model.index)) continue;
      canvas.strokeStyle = fade(modelColour(theme, model.style), own.length > 600 ? 0.25 : 0.5);
      canvas.beginPath();
      for (const point of own) {
        const at = x.getPixelForValue(point.x);
        const bottom = y.getPixelForValue(point.bound);
        canvas.moveTo(at, y.getPixelForValue(point.y));
        canvas.lineTo(at, bottom);
        canvas.moveTo(at - 2.5, bottom);
        canvas.lineTo(at + 2.5, bottom);
      }
      canvas.stroke();
    }
  });
}
