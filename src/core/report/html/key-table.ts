import { METRICS, type MetricId } from '../../units.js';
import { type MetricCell, type MetricRow, metricRows } from '../metric-rows.js';
import { formatChange, formatExact, formatInterval } from '../number-format.js';
import { isMany, type ReportModel, type ReportView } from '../view.js';
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

/**
 * Every figure of every model, with its change against the baseline and the best marked.
 *
 * @param id unique on the page
 */
export function keyTable(view: ReportView, id: string): Markup {
  const rows = metricRows(view);
  const groups = new Map<string, MetricRow[]>();
  for (const row of rows) groups.set(groupTitle(row), [...(groups.get(groupTitle(row)) ?? []), row]);
  const table = isMany(view) ? modelsAsRows(view, groups) : modelsAsColumns(view, groups);
  return html`<div class="scroll" id="${id}" tabindex="0" role="region" aria-label="Figures of each model">${table}</div>
${rows.some(isFolded) ? html`<button type="button" class="quiet" data-unfold="${id}" aria-expanded="false" hidden>More figures</button>` : null}`;
}

/** A figure that nobody has is folded too: the verdict says why. */
const isFolded = ({ id, cells }: MetricRow) => FOLDED.has(id) || cells.every(({ value }) => value === null);

function groupTitle({ origin, place }: MetricRow): string {
  if (origin === 'analytic') return 'Counted from the graph, exact';
  return origin === 'measured' ? `Measured: ${place}` : `Estimated, not measured: ${place}`;
}

function modelsAsColumns({ models }: ReportView, groups: ReadonlyMap<string, readonly MetricRow[]>): Markup {
  const titled = groups.size > 1;
  // Beside the figures of a single model there is room for what they mean.
  const alone = models.length === 1;
  return html`<table class="key${alone ? ' alone' : ''}"><thead><tr><th scope="col"><span class="visually-hidden">Figure</span></th>${models.map(
    (model) => html`<th scope="col">${modelName(model)}${role(model, models.length)}</th>`,
  )}${alone ? html`<th scope="col" class="meaning">What it is</th>` : null}</tr></thead>${[...groups].map(
    ([title, rows]) => {
      const head = titled
        ? html`<tr class="group-head"><th scope="rowgroup" colspan="${models.length + (alone ? 2 : 1)}">${title}</th></tr>`
        : null;
      const lines = (list: readonly MetricRow[]) =>
        list.map(
          (row) =>
            html`<tr><th scope="row"${sortable(row, models)}>${heading(row)}</th>${row.cells.map((cell, index) => tableCell(row, cell, index, ''))}${alone ? html`<td class="meaning">${firstSentence(METRICS[row.id].definition)}</td>` : null}</tr>`,
        );
      const folded = rows.filter(isFolded);
      return html`<tbody>${head}${lines(rows.filter((row) => !isFolded(row)))}</tbody>${folded.length === 0 ? null : html`<tbody class="folded">${lines(folded)}</tbody>`}`;
    },
  )}</table>`;
}

/** Up to the first stop that ends a sentence: `arXiv 1904.09730` has one that does not. */
function firstSentence(text: string): string {
  return /^.*?\.(?=\s|$)/.exec(text)?.[0] ?? text;
}

function modelsAsRows({ models }: ReportView, groups: ReadonlyMap<string, readonly MetricRow[]>): Markup {
  const all = [...groups.values()].flat();
  // What was measured or estimated stands first: beyond the right edge nobody would look for it.
  const rows = [
    ...all.filter(({ origin }) => origin !== 'analytic'),
    ...all.filter(({ origin }) => origin === 'analytic'),
  ];
  const fold = (row: MetricRow) => (isFolded(row) ? 'folded' : '');
  return html`<table class="key tall"><thead><tr><th scope="col"><span class="visually-hidden">Model</span></th>${rows.map(
    (row) =>
      html`<th scope="col" class="${fold(row)}"${sortable(row, models)}>${heading(row)}${row.origin === 'analytic' ? null : html`<span class="role">${row.origin}${row.place === null ? '' : `, ${row.place}`}</span>`}</th>`,
  )}</tr></thead><tbody>${models.map(
    (model) =>
      html`<tr><th scope="row">${modelName(model)}${role(model, models.length)}</th>${rows.map((row) => tableCell(row, row.cells[model.index] as MetricCell, model.index, fold(row)))}</tr>`,
  )}</tbody></table>`;
}

function role({ index }: ReportModel, count: number): Markup | null {
  return index === 0 && count > 1 ? html`<span class="role">baseline</span>` : null;
}

/** Where two models or more have a figure, the client adds a button that sorts them by it: the best, or the least, first. */
function sortable({ better, cells }: MetricRow, models: readonly ReportModel[]): Markup | null {
  if (models.length < 3 || cells.filter(({ value }) => value !== null).length < 2) return null;
  return html` data-best="${better === 'higher' ? 'descending' : 'ascending'}"`;
}

function heading({ id, heading: text }: MetricRow): Markup {
  return html`<a href="#about-${id}">${text}</a>`;
}

function tableCell(row: MetricRow, cell: MetricCell, index: number, fold: string): Markup {
  if (cell.value === null) {
    const text = cell.missing === undefined ? html`–` : html`<span title="${cell.missing}">unavailable</span>`;
    return html`<td class="none ${fold}">${text}</td>`;
  }
  const best = row.best.includes(index);
  const interval =
    cell.low === undefined ||
    cell.high === undefined ||
    row.unit === 'op/s' ||
    row.unit === '1/s' ||
    row.unit === 'byte/s'
      ? null
      : html`<span class="interval">${formatInterval(cell.low, cell.high, row.unit)}</span>`;
  return html`<td class="${best ? 'best' : ''} ${index === 0 ? 'baseline' : ''} ${fold}" data-value="${cell.value}"><span class="value" title="${formatExact(cell.value)}">${figure(cell.value, row.unit)}</span>${
    index === 0 ? null : delta(row, cell)
  }${interval}${best ? html`<span class="visually-hidden"> (best)</span>` : null}</td>`;
}

/** Arrow and sign say the direction, colour only repeats whether that is good. */
function delta({ better }: MetricRow, { ratio, open }: MetricCell): Markup {
  if (ratio === null) return html`<span class="delta"></span>`;
  if (ratio === 1) return html`<span class="delta">=</span>`;
  if (open)
    return html`<span class="delta open" title="Not proven: within the error of both"><span class="way">${ratio > 1 ? '⇡' : '⇣'}</span> ${formatChange(ratio)}</span>`;
  const improved = better === 'neither' ? '' : ratio < 1 === (better === 'lower') ? 'good' : 'bad';
  return html`<span class="delta ${improved}"><span class="way">${ratio > 1 ? '↑' : '↓'}</span> ${formatChange(ratio)}</span>`;
}

export function conventions(views: readonly ReportView[]): Markup {
  const ids = [...new Set(views.flatMap((view) => metricRows(view).map(({ id }) => id)))];
  return html`<dl class="conventions">${ids.map(
    (id) => html`<div id="about-${id}"><dt>${METRICS[id].heading}</dt><dd>${METRICS[id].definition}</dd></div>`,
  )}</dl>`;
}
