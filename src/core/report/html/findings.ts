import { METRICS } from '../../units.js';
import type { ReportFinding } from '../define-reporter.js';
import { formatFigure, significant } from '../number-format.js';
import type { ReportModel, ReportView } from '../view.js';
import { html, type Markup } from './escape.js';
import { modelName } from './parts.js';

/** Layers that a finding links to; the table of layers has the rest. */
const LINKED = 8;

/** Advice on a group's models: a line for each finding with what it would save, the rest folded. */
export function findings(view: ReportView): Markup | null {
  const list = view.document.findings ?? [];
  const models = view.models.flatMap((model) => {
    const own = list.filter((finding) => concerns(finding, model));
    return own.length === 0 ? [] : [{ model, own }];
  });
  if (models.length === 0) return null;
  return html`<p class="lead">${leadOf(models.flatMap(({ own }) => own))}</p>
<div class="findings">${models.map(
    ({ model, own }) =>
      html`<article class="card"><h3>${modelName(model)}</h3><ul>${own.map((finding) => findingLine(finding, model))}</ul></article>`,
  )}</div>`;
}

function leadOf(findings: readonly ReportFinding[]): string {
  return findings.some(({ saving }) => saving?.of !== undefined)
    ? 'What the profile shows, and what changing it would save, computed from measured time. Each saving is the most that its change alone could give: they do not add up.'
    : 'What the architecture itself wastes and what changing it would save. Savings are estimates, each for its change alone: they do not add up.';
}

function savedOf({ metric, of }: NonNullable<ReportFinding['saving']>): string {
  return of === undefined ? METRICS[metric].heading : `of ${of}`;
}

function concerns(finding: ReportFinding, { name, analysis }: ReportModel): boolean {
  return finding.model === name || finding.model === analysis?.model.name;
}

function findingLine(finding: ReportFinding, model: ReportModel): Markup {
  const { title, layers, source, saving } = finding;
  const saved =
    saving === undefined
      ? html`<span class="saving none">–</span>`
      : html`<span class="saving"><strong>−${significant(saving.fraction * 100, 2)} %</strong> ${savedOf(saving)}</span>`;
  const more = layers.length - LINKED;
  return html`<li><details><summary><span class="finding-title">${title}</span>${saved}${
    saving === undefined
      ? null
      : html`<svg class="gain" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect width="${(100 * Math.min(1, Math.max(0, saving.fraction))).toFixed(1)}" height="4"/></svg>`
  }</summary><p>${detailOf(finding)}${
    saving === undefined ? null : ` Saves ${formatFigure(saving.value, METRICS[saving.metric].unit)}.`
  }</p>${
    layers.length === 0
      ? null
      : html`<p class="layer-links">${layers.slice(0, LINKED).map((layer) => html`<button type="button" class="link" data-name="${model.name}" data-layer="${layer}">${layer}</button> `)}${more > 0 ? `and ${more} more` : null}</p>`
  }<p class="source">${source}</p></details></li>`;
}

/** Without the layers that its last sentence names: they stand below it as links. */
function detailOf({ detail, layers }: ReportFinding): string {
  const at = layers[0] === undefined ? -1 : detail.lastIndexOf(` See ${layers[0]}`);
  return at < 0 ? detail : detail.slice(0, at);
}
