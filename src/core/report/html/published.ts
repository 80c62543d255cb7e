import { formatChange } from '../number-format.js';
import { PUBLISHED_CONVENTION, type PublishedCell, type PublishedColumn, publishedTable } from '../published-table.js';
import type { ReportView } from '../view.js';
import { html, type Markup } from './escape.js';
import { modelName } from './parts.js';

/** What others printed about a group's models, models by figures, with ours beneath where there is one. */
export function published(view: ReportView): Markup | null {
  const table = publishedTable(view);
  if (table === null) return null;
  const { columns, rows, sources } = table;
  const compared = rows.some(({ cells }) => cells.some((cell) => cell?.ours != null));
  return html`${compared ? html`<p class="lead">${PUBLISHED_CONVENTION}</p>` : null}
<div class="card"><div class="scroll" tabindex="0" role="region" aria-label="Published figures"><table class="published"><thead><tr><th scope="col">Model</th>${columns.map(heading)}</tr></thead>
<tbody>${rows.map(
    ({ model, cells }) =>
      html`<tr><th scope="row">${modelName(model)}</th>${cells.map((cell) => html`<td class="number">${cell === null ? '–' : cellMarkup(cell)}</td>`)}</tr>`,
  )}</tbody></table></div>
<ul class="notes">${columns.flatMap(({ label, note }) => (note === undefined ? [] : [html`<li>${label}: ${note}.</li>`]))}${sources.map(
    ({ source, models }) =>
      html`<li>Source${sources.length > 1 ? html` of ${models.map((model, i) => html`${i > 0 ? ', ' : ''}<bdi>${model.name}</bdi>`)}` : null}: ${source}</li>`,
  )}</ul></div>`;
}

function heading({ label, unit }: PublishedColumn): Markup {
  return html`<th scope="col" class="number">${label}<span class="role">${unit}</span></th>`;
}

function cellMarkup({ published: value, ours, ratio }: PublishedCell): Markup {
  return html`${value}${
    ours === null
      ? null
      : html`<span class="interval">ours ${ours}${ratio === null ? null : `, ${formatChange(ratio)}`}</span>`
  }`;
}
