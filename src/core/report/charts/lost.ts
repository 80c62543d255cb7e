import { alikeLayers } from '../../analysis/measured/layers.js';
import { figureTicks, formatFigure } from '../number-format.js';
import { modelColour } from '../palette.js';
import { layersLabel } from '../profile/table.js';
import { type ProfiledModel, profiledModels } from '../profile/view.js';
import type { ReportView } from '../view.js';
import { type AnyDataset, type ChartPoint, defineChart } from './define-chart.js';
import { axis, baseOptions, fade, rowAxis } from './drawing/style.js';

/** Rows of one model; of several models each has fewer. */
const MOST_ROWS = 12;

interface Row {
  readonly label: string;
  readonly model: ProfiledModel['model'];
  readonly boundMs: number;
  readonly lostMs: number;
  readonly by: string | undefined;
}

/** Layers that lose the most time against their bound, each as the least time and the time above it. */
export default defineChart({
  id: 'lost',
  section: 'measured',
  perLayer: true,
  title: (view) => (rowsOf(view).some(({ by }) => by !== undefined) ? 'Time lost against the bound' : 'Longest layers'),
  caption: (view) =>
    rowsOf(view).some(({ by }) => by !== undefined)
      ? 'Full: the least time that the data sheet allows. Pale: the time above it. Layers of equal work as one row, those that lose the most first.'
      : 'Layers of equal work as one row. No data sheet of the device is known, so none has a bound.',
  height: (view) => 44 + rowsOf(view).length * 24,
  applies: (view) => rowsOf(view).length > 0,
  build(context) {
    const rows = rowsOf(context.view).filter(({ model }) => !context.hidden.has(model.index));
    const labels = rows.map(({ label }) => ending(label, context.width < 480 ? 16 : 30));
    const largest = Math.max(1e-9, ...rows.map(({ boundMs, lostMs }) => boundMs + lostMs));
    const set = (part: 'boundMs' | 'lostMs', opacity: number): AnyDataset => ({
      type: 'bar',
      label: part,
      data: rows.map((row, y): ChartPoint => ({ x: row[part], y, model: row.model.index, lines: linesOf(row) })),
      parsing: { xAxisKey: 'x', yAxisKey: 'y' },
      backgroundColor: rows.map(({ model }) => fade(modelColour(context.theme, model.style), opacity)),
      borderColor: rows.map(({ model }) => modelColour(context.theme, model.style)),
      borderWidth: 1,
      borderSkipped: false,
      maxBarThickness: 16,
    });
    return {
      type: 'bar',
      data: { labels, datasets: [set('boundMs', 1), set('lostMs', 0.22)] },
      options: {
        ...baseOptions(context),
        indexAxis: 'y',
        scales: {
          x: {
            ...axis(context, { type: 'linear', min: 0, max: largest, tick: figureTicks(largest, 'ms') }),
            border: { display: false },
            stacked: true,
          },
          y: { ...rowAxis(context, labels), stacked: true },
        },
      },
    };
  },
  table: (view) => ({
    headings: ['Model', 'Layers', 'Bound ms', 'Lost ms', 'Bound by'],
    rows: rowsOf(view).map(({ model, label, boundMs, lostMs, by }) => [model.name, label, boundMs, lostMs, by ?? null]),
  }),
});

function rowsOf(view: ReportView): Row[] {
  const profiled = profiledModels(view);
  const most = Math.max(4, Math.floor(MOST_ROWS / Math.max(1, profiled.length)));
  return profiled.flatMap(({ model, arm }) =>
    alikeLayers(arm.layers?.timings ?? [])
      .slice(0, most)
      .map((layers): Row => {
        const { names, bound, latencyMs } = layers;
        const boundMs = Math.min(latencyMs, bound?.latencyMs ?? 0);
        return {
          label: `${layersLabel(layers)}${names.length > 1 ? ` ×${names.length}` : ''}`,
          model,
          boundMs,
          lostMs: latencyMs - boundMs,
          by: bound?.by,
        };
      }),
  );
}

function linesOf({ model, label, boundMs, lostMs, by }: Row): string[] {
  const whole = `${formatFigure(boundMs + lostMs, 'ms')} measured`;
  return [
    `${model.name}: ${label}`,
    by === undefined ? whole : `${whole}, ${formatFigure(boundMs, 'ms')} by ${by}, ${formatFigure(lostMs, 'ms')} lost`,
  ];
}

/** Names of layers differ at their end. */
function ending(label: string, longest: number): string {
  return label.length <= longest ? label : `…${label.slice(label.length - longest + 1)}`;
}
