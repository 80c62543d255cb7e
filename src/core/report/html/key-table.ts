import { METRICS, type MetricId } from '../../units.js';
import { type MetricCell, type MetricRow, metricRows } from '../metric-rows.js';
import { formatChange, formatExact, formatFigure } from '../number-format.js';
import type { ReportView } from '../view.js';
import { html, type Markup } from './escape.js';
import { figure, modelName } from './parts.js';

/** Figures that are folded away at first. */
const FOLDED: ReadonlySet<MetricId> = new Set<MetricId>([
  'activations',
  'trainingFlops',
  'peakTrainingBytes',
  'convolutionalInputOutput',
  'maddsPerConvolutionalInputOutput',
  'kernels',
]);

/** Every figure of every model, with its change against the baseline and the best of each row marked. */
/** @param id unique on the page */
export function keyTable(view: ReportView, id: string): Markup {
  const rows = metricRows(view);
  const groups = new Map<string, MetricRow[]>();
  for (const row of rows) {
    const title = groupTitle(row);
    groups.set(title, [...(groups.get(title) ?? []), row]);
  }
  const several = groups.size > 1 || rows.some(({ origin }) => origin !== 'analytic');
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Figures of each model">
<table class="key"><thead><tr><th scope="col"><span class="visually-hidden">Figure</span></th>${view.models.map(
    (model) =>
      html`<th scope="col">${modelName(model)}${model.index === 0 && view.models.length > 1 ? html`<span class="role">baseline</span>` : null}</th>`,
  )}</tr></thead>
${[...groups].map(([title, members]) => {
  const shown = members.filter((row) => !FOLDED.has(row.id));
  const folded = members.filter((row) => FOLDED.has(row.id));
  const head = several
    ? html`<tr class="group"><th scope="rowgroup" colspan="${view.models.length + 1}">${title}</th></tr>`
    : null;
  return html`<tbody>${head}${shown.map(tableRow)}</tbody>${folded.length === 0 ? null : html`<tbody class="folded" id="${id}">${folded.map(tableRow)}</tbody>`}`;
})}</table></div>
${rows.some((row) => FOLDED.has(row.id)) ? html`<button type="button" class="quiet" data-unfold="${id}" aria-expanded="false" hidden>More figures</button>` : null}`;
}

function groupTitle({ origin, place }: MetricRow): string {
  if (origin === 'analytic') return 'Counted from the graph, exact';
  return origin === 'measured' ? `Measured: ${place}` : `Estimated, not measured: ${place}`;
}

function tableRow(row: MetricRow): Markup {
  return html`<tr><th scope="row"><a href="#about-${row.id}">${row.heading}</a></th>${row.cells.map((cell, index) => tableCell(row, cell, index))}</tr>`;
}

function tableCell(row: MetricRow, cell: MetricCell, index: number): Markup {
  if (cell.value === null) {
    return cell.missing === undefined
      ? html`<td class="none">–</td>`
      : html`<td class="none"><span title="${cell.missing}">unavailable</span></td>`;
  }
  const best = row.best.includes(index);
  const interval =
    cell.low === undefined || cell.high === undefined
      ? ''
      : `, interval ${formatFigure(cell.low, row.unit)} to ${formatFigure(cell.high, row.unit)}`;
  return html`<td class="${best ? 'best' : ''}"><span class="value" title="${formatExact(cell.value)}${interval}">${figure(cell.value, row.unit)}</span>${
    index === 0 && row.cells.length > 1 ? html`<span class="delta"></span>` : delta(row, cell.ratio)
  }${best ? html`<span class="visually-hidden"> (best)</span>` : null}</td>`;
}

/** Arrow and sign say the direction, colour only repeats whether that is good. */
function delta({ better }: MetricRow, ratio: number | null): Markup | null {
  if (ratio === null) return null;
  if (ratio === 1) return html`<span class="delta">=</span>`;
  const improved = better === 'neither' ? '' : ratio < 1 === (better === 'lower') ? 'good' : 'bad';
  return html`<span class="delta ${improved}"><span class="way">${ratio > 1 ? '▲' : '▼'}</span> ${formatChange(ratio)}</span>`;
}

export function conventions(views: readonly ReportView[]): Markup {
  const ids = [...new Set(views.flatMap((view) => metricRows(view).map(({ id }) => id)))];
  return html`<dl class="conventions">${ids.map(
    (id) => html`<div id="about-${id}"><dt>${METRICS[id].heading}</dt><dd>${METRICS[id].definition}</dd></div>`,
  )}</dl>`;
}
