import type { ChartDefinition, ChartSection } from '../charts/define-chart.js';
import { chartsOf } from '../charts/index.js';
import type { ReportView } from '../view.js';
import { html, type Markup } from './escape.js';
import { modelName } from './parts.js';

const SECTIONS: readonly { readonly id: ChartSection; readonly title: string }[] = [
  { id: 'measured', title: 'Measured' },
  { id: 'cost', title: 'Where the cost lies' },
  { id: 'scaling', title: 'Scaling and accuracy' },
  { id: 'history', title: 'Trend' },
];

/** Title of a section of charts; a report with estimates alone measured nothing. */
function titleOf(section: (typeof SECTIONS)[number], view: ReportView): string {
  return section.id === 'measured' && view.document.measurements.length === 0 ? 'Estimated' : section.title;
}

export interface ChartGroup {
  readonly id: string;
  readonly title: string;
  readonly markup: Markup;
}

export function chartGroups(view: ReportView): ChartGroup[] {
  const charts = chartsOf(view);
  return SECTIONS.flatMap((section) => {
    const own = charts.filter((chart) => chart.section === section.id);
    const title = titleOf(section, view);
    return own.length === 0
      ? []
      : [
          {
            id: section.id,
            title,
            markup: html`<div class="cards">${own.map((chart) => chartCard(chart, view))}</div>`,
          },
        ];
  });
}

export function comparisonCharts(view: ReportView): Markup | null {
  const own = chartsOf(view).filter(({ section }) => section === 'comparison');
  return own.length === 0 ? null : html`${own.map((chart) => chartCard(chart, view))}`;
}

/** The frame of a chart: the client draws into it and fills its table when it is opened. */
export function chartCard(chart: ChartDefinition, view: ReportView): Markup {
  const variants = chart.variants?.(view) ?? [];
  const variant = variants[0]?.id ?? null;
  const title = chart.title(view, variant);
  const notes = chart.notes?.(view, variant) ?? [];
  return html`<article class="card chart" id="chart-${chart.id}" data-chart="${chart.id}" aria-labelledby="chart-${chart.id}-title">
<div class="card-head"><h3 id="chart-${chart.id}-title">${title}</h3>${
    variants.length < 2
      ? null
      : html`<select class="variant" aria-label="Figure of the chart ${chart.id}">${variants.map(({ id, label }) => html`<option value="${id}">${label}</option>`)}</select>`
  }</div>
<p class="caption">${chart.caption(view, variant)}</p>
${view.models.length > 1 ? html`<p class="legend" aria-hidden="true">${view.models.map(modelName)}</p>` : null}
<div class="plot" data-height="${chart.height(view, variant)}"><canvas role="img" aria-label="${title}. The table below the chart holds its numbers."></canvas></div>
<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>
<details class="numbers"><summary>Table</summary><div class="scroll" tabindex="0" role="region" aria-label="Numbers of the chart: ${title}"></div></details>
</article>`;
}
