import type { ReportView } from '../view.js';
import type { ChartDefinition } from './define-chart.js';
import metrics from './metrics.js';
import roofline from './roofline.js';

/** In the order of the report. */
export const CHARTS: readonly ChartDefinition[] = [metrics, roofline];

export function chartById(id: string): ChartDefinition | undefined {
  return CHARTS.find((chart) => chart.id === id);
}

/** Charts for which the report has data. */
export function chartsOf(view: ReportView, has: (chart: ChartDefinition) => boolean): ChartDefinition[] {
  return CHARTS.filter((chart) => view.models.length > 0 && has(chart));
}
