import { METRICS, type MetricId } from '../../units.js';
import { figureTicks, formatChange, formatFigure } from '../number-format.js';
import { modelColour, modelDash, modelMarker } from '../palette.js';
import type { ModelStyle, ReportView } from '../view.js';
import { type ChartPoint, defineChart } from './define-chart.js';
import { axis, baseOptions } from './drawing/style.js';

/** One figure over the commits of a history; of several models, however large, each relative to its first commit. */
export default defineChart({
  id: 'history',
  section: 'history',
  title: (view, variant) => `${METRICS[metricOf(view, variant)].heading} by commit`,
  caption: (view) => {
    const entries = view.document.history ?? [];
    const relative = namesOf(view).length > 1 ? ' Each model is relative to its own first commit.' : '';
    return `${entries.length} commits, oldest first: ${entries[0]?.commit ?? ''} to ${entries.at(-1)?.commit ?? ''}.${relative}`;
  },
  variants: (view) => metricsOf(view).map((id) => ({ id, label: METRICS[id].heading })),
  legend: (view) => namesOf(view).map((name, i) => ({ name, style: styleOf(view, name, i) })),
  height: () => 320,
  applies: (view) => (view.document.history?.length ?? 0) > 1 && metricsOf(view).length > 0,
  build(context) {
    const { view, theme } = context;
    const id = metricOf(view, context.variant);
    const { unit, heading } = METRICS[id];
    const entries = view.document.history ?? [];
    const largest = Math.max(
      ...entries.flatMap(({ models }) => Object.values(models).flatMap((metrics) => metrics[id] ?? [])),
    );
    const names = namesOf(view);
    const relative = names.length > 1;
    return {
      type: 'line',
      data: {
        datasets: names.map((name, i) => {
          const first = entries
            .map(({ models }) => models[name]?.[id])
            .find((value) => value !== undefined && value > 0);
          const index = view.models.find((candidate) => candidate.name === name)?.index ?? -1;
          const style = styleOf(view, name, i);
          return {
            label: name,
            hidden: context.hidden.has(index),
            data: entries.flatMap(({ commit, date, models }, x): ChartPoint[] => {
              const value = models[name]?.[id];
              if (value === undefined || (relative && first === undefined)) return [];
              const ratio = value / (first ?? value);
              const change = relative ? ` (${formatChange(ratio)})` : '';
              const lines = [`${commit}: ${name}`, `${heading} ${formatFigure(value, unit)}${change}`, date];
              return [{ x, y: relative ? ratio : value, model: index, lines }];
            }),
            stepped: false,
            borderColor: modelColour(theme, style),
            backgroundColor: modelColour(theme, style),
            borderWidth: 1.75,
            borderDash: modelDash(style),
            pointStyle: modelMarker(style),
            pointRadius: entries.length > 60 ? 0 : 4,
            // Marks at either end are drawn whole.
            clip: 8,
          };
        }),
      },
      options: {
        ...baseOptions(context),
        scales: {
          x: axis(context, {
            type: 'linear',
            min: 0,
            max: entries.length - 1,
            grid: false,
            tick: (value) => entries[value]?.commit.slice(0, 7) ?? '',
          }),
          y: axis(context, {
            type: 'linear',
            title: relative ? `${heading}, change` : heading,
            tick: relative ? formatChange : figureTicks(largest, unit),
          }),
        },
      },
    };
  },
  table(view, variant) {
    const id = metricOf(view, variant);
    const names = namesOf(view);
    return {
      headings: ['Commit', 'Date', ...names],
      rows: (view.document.history ?? []).map(({ commit, date, models }) => [
        commit,
        date,
        ...names.map((name) => models[name]?.[id] ?? null),
      ]),
    };
  },
});

/** As elsewhere in the report; what only the history knows gets the styles after those. */
function styleOf({ models }: ReportView, name: string, place: number): ModelStyle {
  const known = models.find((candidate) => candidate.name === name)?.style;
  return known ?? { colour: models.length + place, shade: 0, marker: models.length + place };
}

function namesOf({ document }: ReportView): string[] {
  return [...new Set((document.history ?? []).flatMap(({ models }) => Object.keys(models)))];
}

function metricsOf({ document }: ReportView): MetricId[] {
  const ids = (document.history ?? []).flatMap(({ models }) =>
    Object.values(models).flatMap((metrics) => Object.keys(metrics)),
  );
  return [...new Set(ids)].filter((id): id is MetricId => Object.hasOwn(METRICS, id));
}

function metricOf(view: ReportView, variant: string | null): MetricId {
  const ids = metricsOf(view);
  return ids.find((id) => id === variant) ?? ids[0] ?? 'madds';
}
