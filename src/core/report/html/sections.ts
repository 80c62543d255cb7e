import { METRICS } from '../../units.js';
import type { GateOutcome, GateRow, PublishedFigure, ReportFinding } from '../define-reporter.js';
import { figure as gateFigure, layerChange, metricHeading } from '../gate/describe.js';
import { type MetricRow, metricRows } from '../metric-rows.js';
import { formatChange, formatFigure, significant } from '../number-format.js';
import type { ReportModel, ReportView } from '../view.js';
import { html, type Markup } from './escape.js';
import { modelName } from './parts.js';

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

export function findings(list: readonly ReportFinding[], models: readonly ReportModel[]): Markup {
  return html`<ol class="findings">${list.map((finding) => {
    const model = models.find(({ name, analysis }) => name === finding.model || analysis?.model.name === finding.model);
    const { saving } = finding;
    return html`<li class="card"><div class="card-head"><h3>${finding.title}</h3>${
      saving === undefined
        ? null
        : html`<p class="saving"><strong>−${significant(saving.fraction * 100)} %</strong> ${METRICS[saving.metric].heading} (${formatFigure(saving.value, METRICS[saving.metric].unit)})</p>`
    }</div><p>${model === undefined ? html`<bdi>${finding.model}</bdi>` : modelName(model)}</p><p>${finding.detail}</p>${
      finding.layers.length === 0
        ? null
        : html`<p class="layer-links">${finding.layers.slice(0, 12).map((layer) => html`<button type="button" class="link" data-name="${model?.name ?? ''}" data-layer="${layer}">${layer}</button> `)}${finding.layers.length > 12 ? `and ${finding.layers.length - 12} more` : null}</p>`
    }<p class="source">${finding.source}</p></li>`;
  })}</ol>`;
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

export function gate(outcome: GateOutcome): Markup {
  return html`<p class="lead gate-${outcome.verdict}">The check ${outcome.verdict === 'pass' ? 'passed' : outcome.verdict === 'fail' ? 'failed' : 'is inconclusive'}.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Checked figures"><table><thead><tr><th scope="col">Model</th><th scope="col">Figure</th><th scope="col" class="number">Expected</th><th scope="col" class="number">Actual</th><th scope="col" class="number">Change</th><th scope="col">Verdict</th></tr></thead>
<tbody>${outcome.rows.map((row) => {
    const ratio = row.expected === null || row.expected === 0 || row.actual === null ? null : row.actual / row.expected;
    const causes = (row.layers ?? []).slice(0, 5);
    return html`<tr class="verdict-${row.verdict}"><td><bdi>${row.model}</bdi></td><td>${metricHeading(row.metric)}</td><td class="number">${gateFigure(row.expected, row.metric)}</td><td class="number">${gateFigure(row.actual, row.metric)}</td><td class="number">${ratio === null ? '–' : formatChange(ratio)}</td><td><strong>${VERDICTS[row.verdict]}</strong>${row.detail === undefined ? null : html` <span class="muted">${row.detail}</span>`}${
      causes.length === 0
        ? null
        : html`<br><span class="muted">${causes.map((layer, i) => `${i > 0 ? ', ' : ''}${layer.name} ${layerChange(layer, row.metric)}`)}</span>`
    }</td></tr>`;
  })}</tbody></table></div>${outcome.accept === undefined ? null : html`<p>To accept: <code>${outcome.accept}</code></p>`}`;
}

/** What others printed, with our figure beside it where there is one. */
export function published(views: readonly ReportView[]): Markup {
  const headings = ['Model', 'Figure', 'Published', 'Ours', 'Difference', 'Source'];
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Published figures"><table><thead><tr>${headings.map(
    (heading, i) => html`<th scope="col" class="${i >= 2 && i <= 4 ? 'number' : ''}">${heading}</th>`,
  )}</tr></thead>
<tbody>${views.map((view) => view.models.map((model) => publishedRows(model, metricRows(view))))}</tbody></table></div>`;
}

function publishedRows(model: ReportModel, rows: readonly MetricRow[]): Markup[] {
  return model.published.flatMap(({ source, top1, figures = [] }) => {
    const all: readonly PublishedFigure[] =
      top1 === undefined ? figures : [{ label: 'ImageNet top-1', value: top1, unit: '%' }, ...figures];
    return all.map((figure) => {
      const own = ours(model, figure, rows);
      const note = figure.note === undefined ? null : html` <span class="muted">${figure.note}</span>`;
      return html`<tr><td>${modelName(model)}</td><td>${figure.label}${note}</td><td class="number">${figure.value} ${figure.unit}</td><td class="number">${
        own === null ? '–' : `${significant(own, 4)} ${figure.unit}`
      }</td><td class="number">${own === null ? '–' : formatChange(own / figure.value)}</td><td>${source}</td></tr>`;
    });
  });
}

function ours({ index }: ReportModel, figure: PublishedFigure, rows: readonly MetricRow[]): number | null {
  if (figure.ours === undefined) return null;
  const { metric, scale } = figure.ours;
  const value = rows.find(({ id }) => id === metric)?.cells[index]?.value ?? null;
  return value === null ? null : value * scale;
}
