import { METRICS } from '../../units.js';
import { metricRows } from '../metric-rows.js';
import { formatChange, formatFigure } from '../number-format.js';
import { type Sentence, verdictOf } from '../verdict.js';
import type { ReportView } from '../view.js';
import { html, type Markup } from './escape.js';

/** Everything that is readable without a script. */
export function body(view: ReportView): Markup {
  const { document } = view;
  const verdict = verdictOf(view);
  const rows = metricRows(view);
  return html`<main>
<h1>${document.title}</h1>
<p>${sentence(verdict.subject)}</p>
<ul>${verdict.sentences.map((item) => html`<li>${sentence(item)}</li>`)}</ul>
<table><thead><tr><th scope="col">Figure</th>${view.models.map(({ name }) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) =>
      html`<tr><th scope="row">${row.heading}</th>${row.cells.map(
        ({ value, ratio }) =>
          html`<td>${value === null ? '' : formatFigure(value, row.unit)} ${ratio === null ? '' : formatChange(ratio)}</td>`,
      )}</tr>`,
  )}</tbody></table>
<div id="charts"></div>
<pre>${document.command}</pre>
<dl>${[...new Set(rows.map(({ id }) => id))].map((id) => html`<dt>${METRICS[id].heading}</dt><dd>${METRICS[id].definition}</dd>`)}</dl>
</main>`;
}

function sentence({ phrases }: Sentence): Markup {
  return html`${phrases.map((phrase) => (typeof phrase === 'string' ? phrase : html`<b>${phrase.model}</b>`))}`;
}
