import {
  type ChartDefinition,
  type ChartSection,
  hasLegend,
  legendOf,
  notesOf,
  pageCaption,
  SHOWN_NOTES,
} from '../charts/define-chart.js';
import { CHARTS } from '../charts/index.js';
import { profiledModels } from '../profile/view.js';
import type { ReportView } from '../view.js';
import { html, type Markup } from './escape.js';
import { type HeadingLevel, heading, modelName } from './parts.js';

export interface ChartGroup {
  readonly id: string;
  readonly title: string;
  readonly short: string;
  readonly markup: Markup;
}

/** Sections of charts, each chart described for the first view that it applies to. */
export function chartGroups(views: readonly ReportView[]): ChartGroup[] {
  const timed = views.some(({ measurements }) => measurements.length > 0);
  const sections: readonly { readonly id: ChartSection; readonly title: string; readonly short?: string }[] = [
    // A report with estimates alone measured nothing.
    { id: 'measured', title: timed ? 'Measured' : 'Estimated' },
    { id: 'cost', title: 'Where the cost lies', short: 'Cost' },
    { id: 'scaling', title: 'Scaling and accuracy', short: 'Scaling' },
    { id: 'history', title: 'Trend' },
  ];
  return sections.flatMap(({ id, title, short = title }) => {
    const cards = chartCards(views, id);
    return cards.length === 0 ? [] : [{ id, title, short, markup: html`<div class="cards">${cards}</div>` }];
  });
}

export interface PlacedChart {
  readonly chart: ChartDefinition;
  /** The first that it applies to. */
  readonly view: ReportView;
}

function placed(charts: readonly ChartDefinition[], views: readonly ReportView[]): PlacedChart[] {
  return charts.flatMap((chart) => {
    const view = views.find((candidate) => chart.applies(candidate));
    return view === undefined ? [] : [{ chart, view }];
  });
}

/** What stands beside the verdict: models against each other; of single models, where their cost lies. */
export function heroCharts(views: readonly ReportView[]): PlacedChart[] {
  if (views.some((view) => profiledModels(view).length > 0))
    return placed(chartsNamed(['iteration', 'modules']), views);
  const comparisons = placed(
    CHARTS.filter(({ section }) => section === 'comparison'),
    views,
  );
  return comparisons.length > 0 ? comparisons : placed(chartsNamed(['modules']), views);
}

const chartsNamed = (ids: readonly string[]) => CHARTS.filter(({ id }) => ids.includes(id));

/** Charts that stand beside the times of profiles. */
function profilePlaced(views: readonly ReportView[]): PlacedChart[] {
  const profiled = views.filter((view) => profiledModels(view).length > 0);
  return placed(chartsNamed(['lost', 'roofline']), profiled);
}

export function profileCards(views: readonly ReportView[]): Markup[] {
  return profilePlaced(views).map(({ chart, view }) => chartCard(chart, view));
}

function chartCards(views: readonly ReportView[], section: ChartSection): Markup[] {
  const above = new Set([...heroCharts(views), ...profilePlaced(views)].map(({ chart }) => chart));
  return placed(
    CHARTS.filter((chart) => chart.section === section && !above.has(chart)),
    views,
  ).map(({ chart, view }) => chartCard(chart, view));
}

/** The frame of a chart: the client draws into it, and fills its table when it is asked for. */
export function chartCard(chart: ChartDefinition, view: ReportView, level: HeadingLevel = 'h3'): Markup {
  const variants = chart.variants?.(view) ?? [];
  const variant = variants[0]?.id ?? null;
  const title = chart.title(view, variant);
  return html`<article class="card chart" id="chart-${chart.id}" data-chart="${chart.id}" aria-labelledby="chart-${chart.id}-title">
<div class="card-head">${heading(level, title, 'card-title', `chart-${chart.id}-title`)}<div class="controls"><select class="variant" aria-label="Figure of this chart"${
    variants.length < 2 ? html` hidden` : null
  }>${variants.map(({ id, label }) => html`<option value="${id}">${label}</option>`)}</select><button type="button" class="quiet" data-numbers aria-pressed="false" hidden>Table</button></div></div>
<p class="caption">${pageCaption(chart, view, variant)}</p>
<p class="legend" aria-hidden="true">${hasLegend(chart, view, variant) ? legendOf(chart, view).map(modelName) : null}</p>
<div class="plot"><canvas role="img" aria-label="${title}"></canvas></div>
<div class="numbers scroll" tabindex="0" role="region" aria-label="Numbers: ${title}" hidden></div>
<ul class="notes">${noteItems(notesOf(chart, view, variant))}</ul>
</article>`;
}

/** The first few notes; the rest folded. */
function noteItems(notes: readonly string[]): Markup[] {
  const items = (list: readonly string[]) => list.map((note) => html`<li>${note}</li>`);
  const rest = notes.slice(SHOWN_NOTES);
  if (rest.length < 2) return items(notes);
  return [
    ...items(notes.slice(0, SHOWN_NOTES)),
    html`<li><details><summary>${rest.length} more</summary><ul>${items(rest)}</ul></details></li>`,
  ];
}
