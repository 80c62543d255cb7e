import type { LayerAnalysis } from '../../../analysis/result.js';
import { figureTicks, formatFigure } from '../../number-format.js';
import { isMany, type ReportModel, type ReportView } from '../../view.js';
import type { AnyChart, ChartContext, ChartPoint, ChartTable } from '../define-chart.js';
import { dotHeight, dotPanels } from './dot-panels.js';
import { type LayerShare, timesOf } from './layer-shares.js';
import { axis, barColours, baseOptions, rowAxis } from './style.js';

/** How the layers of all models are grouped, and what is summed. */
export interface Grouping {
  readonly share: LayerShare;
  /** Of each layer, all in execution order. */
  groups(layers: readonly LayerAnalysis[]): readonly string[];
  /** Order of the groups; default: the most expensive first. */
  order?(a: string, b: string): number;
}

/** Bars by group of layers, one for each model; of many models a row each and the costliest groups beside each other. */
export function groupBars(context: ChartContext, grouping: Grouping): AnyChart {
  const { view } = context;
  const { share } = grouping;
  const models = analysed(view);
  const sums = models.map((model) => sumsOf(view, model, grouping));
  const groups = groupsOf(view, grouping);
  const largest = Math.max(...sums.flatMap((own) => [...own.values()]));
  if (isMany(view)) {
    const cellOf = (group: string) => (model: ReportModel) => ({
      value: sums[models.indexOf(model)]?.get(group) ?? (model.analysis === null ? null : 0),
    });
    const panels = groups.map((group) => ({
      title: group,
      unit: share.unit,
      estimated: false,
      scale: 'linear' as const,
      most: largest,
      cells: view.models.map(cellOf(group)),
    }));
    return dotPanels(context, panels, models);
  }
  return {
    type: 'bar',
    data: {
      labels: groups,
      datasets: models.map((model, i) => {
        const own = sums[i] as Map<string, number>;
        const total = [...own.values()].reduce((sum, value) => sum + value, 0);
        return {
          label: model.name,
          hidden: context.hidden.has(model.index),
          data: groups.map((group, y): ChartPoint => {
            const x = own.get(group) ?? 0;
            const percent = total === 0 ? 0 : Math.round((100 * x) / total);
            const lines = [`${model.name}: ${group}`, `${formatFigure(x, share.unit)}, ${percent} % of the model`];
            return { x, y, model: model.index, lines };
          }),
          parsing: { xAxisKey: 'x', yAxisKey: 'y' },
          ...barColours(context, model),
          barPercentage: 0.88,
          categoryPercentage: 0.78,
        };
      }),
    },
    options: {
      ...baseOptions(context),
      indexAxis: 'y',
      scales: {
        x: {
          ...axis(context, { type: 'linear', min: 0, tick: figureTicks(largest, share.unit) }),
          border: { display: false },
        },
        y: rowAxis(context, groups),
      },
    },
  };
}

export function groupHeight(view: ReportView, grouping: Grouping): number {
  const models = analysed(view).length;
  return isMany(view) ? dotHeight(models) : 64 + groupsOf(view, grouping).length * (16 + 13 * models);
}

export function groupTable(view: ReportView, heading: string, grouping: Grouping): ChartTable {
  const models = analysed(view);
  const sums = models.map((model) => sumsOf(view, model, grouping));
  return {
    headings: [heading, ...models.map(({ name }) => name)],
    rows: groupsOf(view, grouping).map((group) => [group, ...sums.map((own) => own.get(group) ?? 0)]),
  };
}

const analysed = ({ models }: ReportView) => models.filter(({ analysis }) => analysis !== null);

function sumsOf(view: ReportView, model: ReportModel, { share, groups }: Grouping): Map<string, number> {
  const times = timesOf(view, model);
  const sums = new Map<string, number>();
  const layers = model.analysis?.layers ?? [];
  const named = groups(layers);
  layers.forEach((layer, i) => {
    const group = named[i] as string;
    sums.set(group, (sums.get(group) ?? 0) + share.of(layer, times));
  });
  return sums;
}

/** Groups with any cost. */
export function groupsOf(view: ReportView, grouping: Grouping): string[] {
  const largest = new Map<string, number>();
  for (const model of analysed(view)) {
    for (const [group, sum] of sumsOf(view, model, grouping))
      largest.set(group, Math.max(largest.get(group) ?? 0, sum));
  }
  const { order } = grouping;
  return [...largest]
    .filter(([, sum]) => sum > 0)
    .sort((a, b) => (order === undefined ? b[1] - a[1] : order(a[0], b[0])))
    .map(([group]) => group);
}
