import type { GateOutcome, GateRow } from '../define-reporter.js';
import {
  bySeverity,
  figure as gateFigure,
  gateHeadline,
  sentence as gateSentence,
  isRegression,
  layerChange,
  metricHeading,
} from '../gate/describe.js';
import { formatChange } from '../number-format.js';
import { html, type Markup } from './escape.js';

/** Frames that the client fills. */
export function diagrams(): Markup {
  return html`<p class="lead">Each box is a chain of fused kernels with the bytes they move; a line is a tensor being read, as wide as its bytes, labelled with its channels. All drawings share one scale.</p>
<div class="diagrams" id="diagrams"></div>`;
}

export function layersSection(): Markup {
  return html`<div class="layers" id="layers-table">
<form class="toolbar" role="search">
<label>Model <select name="model"></select></label>
<label class="grow">Search <input type="search" name="search" placeholder="name, op, kind or shape" autocomplete="off" spellcheck="false"></label>
<label>Group by <select name="depth"><option value="0">nothing</option></select></label>
<details class="menu"><summary>Columns</summary><fieldset class="columns"><legend class="visually-hidden">Columns</legend></fieldset></details>
<output name="count" aria-live="polite"></output>
</form>
<div class="split">
<div class="grid scroll" tabindex="0" role="region" aria-label="Layers; arrow keys move, Enter opens a group"></div>
<aside class="detail" aria-live="polite" aria-label="Selected layer"></aside>
</div>
</div>`;
}

const VERDICTS: Readonly<Record<GateRow['verdict'], string>> = {
  pass: 'pass',
  warn: 'warning',
  fail: 'regression',
  improved: 'improved',
  accepted: 'accepted',
  inconclusive: 'inconclusive',
  'not-comparable': 'not comparable',
};

/** Regressions that the banner tells; the table has all. */
const TOLD = 3;

/** The first thing on the page of a check: what came of it, why, and how to accept it. */
export function gateBanner(outcome: GateOutcome): Markup {
  const worst = bySeverity(outcome.rows).filter(isRegression);
  const more = worst.length - TOLD;
  return html`<div class="gate-banner gate-${outcome.verdict}" role="status"><p class="gate-headline"><strong>${gateHeadline(outcome)}</strong> against <code>${outcome.against}</code></p>${
    worst.length === 0
      ? null
      : html`<ul>${worst.slice(0, TOLD).map((row) => html`<li>${gateSentence(row, outcome.dtype)}</li>`)}${more > 0 ? html`<li><a href="#gate">and ${more} more</a></li>` : null}</ul>`
  }${outcome.accept === undefined ? null : html`<p>To accept: <code>${outcome.accept}</code></p>`}</div>`;
}

export function gate(outcome: GateOutcome): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Checked figures"><table><thead><tr><th scope="col">Model</th><th scope="col">Figure</th><th scope="col" class="number">Expected</th><th scope="col" class="number">Actual</th><th scope="col" class="number">Change</th><th scope="col">Verdict</th></tr></thead>
<tbody>${bySeverity(outcome.rows).map((row) => {
    const ratio = row.expected === null || row.expected === 0 || row.actual === null ? null : row.actual / row.expected;
    const causes = (row.layers ?? []).slice(0, 5);
    return html`<tr class="verdict-${row.verdict}"><td><bdi>${row.model}</bdi></td><td>${metricHeading(row.metric)}</td><td class="number">${gateFigure(row.expected, row.metric)}</td><td class="number">${gateFigure(row.actual, row.metric)}</td><td class="number">${ratio === null ? '–' : formatChange(ratio)}</td><td><strong>${VERDICTS[row.verdict]}</strong>${row.detail === undefined ? null : html` <span class="muted">${row.detail}</span>`}${row.advice === undefined ? null : html`<br><span class="muted">${row.advice}</span>`}${
      causes.length === 0
        ? null
        : html`<br><span class="muted">${causes.map((layer, i) => `${i > 0 ? ', ' : ''}${layer.name} ${layerChange(layer, row.metric)}`)}</span>`
    }</td></tr>`;
  })}</tbody></table></div>${(outcome.notes ?? []).map((note) => html`<p>${note}.</p>`)}`;
}
