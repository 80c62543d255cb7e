import { figureTicks, formatFigure } from '../number-format.js';
import { modelColour } from '../palette.js';
import { share } from '../profile/sentences.js';
import { type ProfiledModel, profiledModels } from '../profile/view.js';
import type { ReportView } from '../view.js';
import { type ChartContext, type ChartPoint, defineChart } from './define-chart.js';
import { inkOn } from './drawing/icicle.js';
import { axis, baseOptions, drawing, fade, rowAxis } from './drawing/style.js';

/** A stretch of a bar. */
interface Part {
  readonly what: string;
  readonly latencyMs: number;
}

/** Where an iteration of a profile goes: layers, other work, gaps; beside it the host. */
export default defineChart({
  id: 'iteration',
  section: 'measured',
  title: () => 'An iteration of the profile',
  caption: (view) =>
    `Time of the device in layers, in work of no layer, and idle between pieces of work${profiledModels(view).some(({ times }) => times.hostMs !== undefined) ? '; below it the time of the host' : ''}.`,
  namesModels: () => true,
  height: (view) => 48 + rowsOf(view).length * 32,
  applies: (view) => profiledModels(view).length > 0,
  build(context) {
    const { view } = context;
    const rows = rowsOf(view).filter(({ profiled: { model } }) => !context.hidden.has(model.index));
    const largest = Math.max(1e-9, ...rows.map(({ parts }) => sum(parts)));
    const depth = Math.max(1, ...rows.map(({ parts }) => parts.length));
    const fills = rows.map((row) => fillsOf(context, row));
    return {
      type: 'bar',
      data: {
        labels: rows.map(({ label }) => label),
        datasets: Array.from({ length: depth }, (_, at) => ({
          type: 'bar' as const,
          label: String(at),
          data: rows.map(({ profiled: { model }, parts, label }, y): ChartPoint => {
            const part = parts[at];
            const x = part?.latencyMs ?? 0;
            const lines =
              part === undefined
                ? []
                : [
                    `${label}: ${part.what}`,
                    `${formatFigure(x, 'ms')}, ${share(x / sum(parts))} of ${formatFigure(sum(parts), 'ms')}`,
                  ];
            return { x, y, model: model.index, lines };
          }),
          parsing: { xAxisKey: 'x', yAxisKey: 'y' },
          backgroundColor: rows.map((_row, y) => fills[y]?.[at]?.fill ?? 'transparent'),
          borderColor: rows.map((_row, y) => fills[y]?.[at]?.border ?? 'transparent'),
          borderWidth: 1,
          borderSkipped: false as const,
          maxBarThickness: 22,
        })),
      },
      options: {
        ...baseOptions(context),
        indexAxis: 'y',
        scales: {
          x: {
            ...axis(context, { type: 'linear', min: 0, max: largest, tick: figureTicks(largest, 'ms') }),
            border: { display: false },
            stacked: true,
          },
          y: {
            ...rowAxis(
              context,
              rows.map(({ label }) => label),
            ),
            stacked: true,
          },
        },
      },
      plugins: [names(context, rows, fills)],
    };
  },
  table: (view) => ({
    headings: ['Profile', 'Part', 'Time ms', 'Share %'],
    rows: rowsOf(view).flatMap(({ label, parts }) =>
      parts.map(({ what, latencyMs }) => [label, what, latencyMs, (100 * latencyMs) / sum(parts)]),
    ),
  }),
});

interface Row {
  readonly profiled: ProfiledModel;
  readonly label: string;
  readonly isHost: boolean;
  readonly parts: readonly Part[];
}

const sum = (parts: readonly Part[]) => parts.reduce((total, { latencyMs }) => total + latencyMs, 0);

function rowsOf(view: ReportView): Row[] {
  const profiled = profiledModels(view);
  return profiled.flatMap((one): Row[] => {
    const { model, measurement, times } = one;
    const where = measurement.settings.clock === 'device' ? 'device' : 'host';
    const label = (what: string) => (profiled.length > 1 ? `${model.name}, ${what}` : what);
    const { layersMs, othersMs, overlapMs, idleMs, hostMs } = times;
    // What ran side by side takes its time once.
    const parts = [
      { what: 'layers', latencyMs: Math.max(0, layersMs - overlapMs) },
      { what: 'work of no layer', latencyMs: othersMs },
      { what: 'idle', latencyMs: idleMs },
    ];
    return [
      { profiled: one, label: label(where), isHost: false, parts: parts.filter(({ latencyMs }) => latencyMs > 0) },
      ...(hostMs === undefined || where === 'host'
        ? []
        : [{ profiled: one, label: label('host'), isHost: true, parts: [{ what: 'host', latencyMs: hostMs }] }]),
    ];
  });
}

interface Fill {
  readonly fill: string;
  readonly border: string;
}

function fillsOf({ theme }: ChartContext, { profiled, parts }: Row): Fill[] {
  const colour = modelColour(theme, profiled.model.style);
  const fills: Readonly<Record<string, Fill>> = {
    layers: { fill: colour, border: colour },
    'work of no layer': { fill: fade(colour, 0.4), border: colour },
    idle: { fill: theme.surface, border: theme.line },
    host: { fill: theme.gridLine, border: theme.line },
  };
  return parts.map(({ what }) => fills[what] as Fill);
}

/** What each part is, where it has room. */
function names({ theme, font }: ChartContext, rows: readonly Row[], fills: readonly (readonly Fill[])[]) {
  return drawing('parts', 'afterDatasetsDraw', (chart, canvas) => {
    const { x, y } = chart.scales;
    if (x === undefined || y === undefined) return;
    canvas.font = `${font.size - 1}px ${font.family}`;
    canvas.textBaseline = 'middle';
    rows.forEach(({ parts }, at) => {
      let start = 0;
      parts.forEach(({ what, latencyMs }, i) => {
        const [left, right] = [x.getPixelForValue(start), x.getPixelForValue(start + latencyMs)];
        start += latencyMs;
        const texts = [`${what} ${formatFigure(latencyMs, 'ms')}`, what, formatFigure(latencyMs, 'ms')];
        const text = texts.find((one) => canvas.measureText(one).width < right - left - 10);
        if (text === undefined) return;
        const fill = fills[at]?.[i]?.fill ?? '';
        canvas.fillStyle = fill.length === 7 ? inkOn(fill) : theme.text;
        canvas.fillText(text, left + 6, y.getPixelForValue(at) + 0.5);
      });
    });
  });
}
