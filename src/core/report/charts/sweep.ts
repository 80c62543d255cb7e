import { METRICS, type MetricId } from '../../units.js';
import type { SweepPoint } from '../define-reporter.js';
import { figureTicks, formatFigure, shortFigure, shortNumber } from '../number-format.js';
import { modelColour, modelDash, modelMarker } from '../palette.js';
import type { ReportView } from '../view.js';
import { type ChartDefinition, type ChartPoint, defineChart } from './define-chart.js';
import { axis, baseOptions } from './drawing/style.js';

/** Figures shown first where a sweep holds several. */
const FIRST: readonly MetricId[] = [
  'measuredLatencyMs',
  'measuredImagesPerSecond',
  'measuredEnergyJoules',
  'estimatedLatencyMs',
  'estimatedEnergyJoules',
  'memoryAccessCost',
  'madds',
];

/** Cost against batch size or resolution. */
export function sweepChart(variable: 'batch' | 'resolution'): ChartDefinition {
  return defineChart({
    id: `sweep-${variable}`,
    section: 'scaling',
    title: (view, variant) => `${METRICS[metricOf(view, variant)].heading} against ${variable}`,
    caption: (view, variant) => METRICS[metricOf(view, variant)].definition,
    variants: (view) => metricsOf(view).map((id) => ({ id, label: METRICS[id].heading })),
    height: () => 340,
    applies: (view) => metricsOf(view).length > 0,
    build(context) {
      const { view, theme } = context;
      const id = metricOf(view, context.variant);
      const { heading, unit } = METRICS[id];
      const values = [...new Set(pointsOf(view).map(({ value }) => value))].sort((a, b) => a - b);
      const span = (values.at(-1) ?? 1) / (values[0] ?? 1);
      const figures = pointsOf(view).flatMap(({ metrics }) => metrics[id] ?? []);
      const logarithmic = Math.max(...figures) / Math.min(...figures) > 20 && Math.min(...figures) > 0;
      return {
        type: 'line',
        data: {
          datasets: view.models.map(({ name, index, style }) => ({
            label: name,
            hidden: context.hidden.has(index),
            data: pointsOf(view)
              .filter(({ model }) => model === name)
              .flatMap(({ value, metrics }): ChartPoint[] => {
                const y = metrics[id];
                return y === undefined
                  ? []
                  : [
                      {
                        x: value,
                        y,
                        model: index,
                        lines: [`${name}: ${variable} ${value}`, `${heading} ${formatFigure(y, unit)}`],
                      },
                    ];
              })
              .sort((a, b) => a.x - b.x),
            borderColor: modelColour(theme, style),
            backgroundColor: modelColour(theme, style),
            borderWidth: 1.75,
            borderDash: modelDash(style),
            pointStyle: modelMarker(style),
            pointRadius: 4,
            pointHoverRadius: 7,
          })),
        },
        options: {
          ...baseOptions(context),
          scales: {
            x: {
              ...axis(context, {
                title: variable === 'batch' ? 'Batch size' : 'Resolution (pixels a side)',
                type: span > 4 && variable === 'batch' ? 'logarithmic' : 'linear',
                grid: false,
              }),
              afterBuildTicks: (scale) => {
                scale.ticks = values.map((value) => ({ value }));
              },
              ticks: { ...axis(context, { type: 'linear' }).ticks, callback: (value) => shortNumber(Number(value)) },
            },
            y: axis(context, {
              title: heading,
              type: logarithmic ? 'logarithmic' : 'linear',
              min: logarithmic ? undefined : 0,
              tick: logarithmic ? (value) => shortFigure(value, unit) : figureTicks(Math.max(...figures), unit),
            }),
          },
        },
      };
    },
    table(view, variant) {
      const id = metricOf(view, variant);
      const { heading, unit } = METRICS[id];
      return {
        headings: ['Model', variable, `${heading} (${unit})`],
        rows: pointsOf(view).map(({ model, value, metrics }) => [model, value, metrics[id] ?? null]),
      };
    },
  });

  function pointsOf({ document }: ReportView): SweepPoint[] {
    return (document.sweeps ?? []).filter((sweep) => sweep.variable === variable).flatMap(({ points }) => points);
  }

  /** Figures that differ somewhere: parameters against batch are no chart. */
  function metricsOf(view: ReportView): MetricId[] {
    const points = pointsOf(view);
    const ids = [...new Set(points.flatMap(({ metrics }) => Object.keys(metrics)))].filter((id): id is MetricId =>
      Object.hasOwn(METRICS, id),
    );
    const varies = (id: MetricId) => new Set(points.flatMap(({ metrics }) => metrics[id] ?? [])).size > 1;
    const rank = (id: MetricId) => (FIRST.includes(id) ? FIRST.indexOf(id) : FIRST.length);
    return ids.filter(varies).sort((a, b) => rank(a) - rank(b));
  }

  function metricOf(view: ReportView, variant: string | null): MetricId {
    const ids = metricsOf(view);
    return ids.find((id) => id === variant) ?? ids[0] ?? 'madds';
  }
}
