import { type Certainty, type Sentence, verdictOf } from '../verdict.js';
import { describeInputs, type ReportView } from '../view.js';
import { chartGroups, comparisonCharts } from './chart-cards.js';
import { html, type Markup } from './escape.js';
import { keyTable } from './key-table.js';
import { facts, method } from './method.js';
import { marker, sentence } from './parts.js';
import { diagrams, findings, gate, layersSection, published } from './sections.js';

interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: Markup;
}

const CERTAINTIES: Readonly<Record<Certainty, string>> = {
  exact: 'Exact',
  measured: 'Measured',
  estimated: 'Estimated',
  inconclusive: 'Open',
  caveat: 'Note',
};

/** The page: what can be read without a script, and frames for what the client draws. */
export function body(view: ReportView): Markup {
  const sections = sectionsOf(view);
  return html`<a class="skip" href="#verdict">Skip to the verdict</a>
<header class="bar"><div class="bar-inner"><a class="wordmark" href="#top">archmeter</a>
<nav aria-label="Sections"><ul>${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
<div class="tools"><button type="button" class="quiet" data-theme-toggle hidden>Theme</button><button type="button" class="quiet" data-download hidden>JSON</button></div></div></header>
<main id="top">
${sections.map(({ id, title, body: content }, i) =>
  i === 0
    ? html`<section id="${id}" class="hero">${content}</section>`
    : html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${content}</section>`,
)}
</main>
<footer><p>Made by archmeter ${view.document.archmeter}. Works offline; its data are inside this file.</p></footer>
<noscript><p class="noscript">Charts, diagrams and the layers table need JavaScript.</p></noscript>`;
}

function sectionsOf(view: ReportView): Section[] {
  const { document, models } = view;
  const analysed = models.some(({ analysis }) => analysis !== null);
  const list: (Section | null)[] = [
    { id: 'verdict', title: 'Verdict', body: hero(view) },
    document.gate === undefined ? null : { id: 'gate', title: 'Check', body: gate(view) },
    models.length === 0 ? null : { id: 'figures', title: 'Figures', body: figures(view) },
    ...chartGroups(view).map(({ id, title, markup }) => ({ id, title, body: markup })),
    analysed ? { id: 'blocks', title: 'Structure', body: diagrams() } : null,
    (document.findings ?? []).length === 0
      ? null
      : { id: 'findings', title: 'Findings', body: findings(document.findings ?? [], view) },
    analysed ? { id: 'layers', title: 'Layers', body: layersSection(view) } : null,
    models.some((model) => model.published.length > 0)
      ? { id: 'published', title: 'Published', body: published(view) }
      : null,
    { id: 'method', title: 'Method', body: method(view) },
  ];
  return list.filter((section) => section !== null);
}

function hero(view: ReportView): Markup {
  const { document, models } = view;
  const { subject, sentences } = verdictOf(view);
  const main = sentences.filter(({ certainty }) => certainty !== 'caveat');
  const notes = sentences.filter(({ certainty }) => certainty === 'caveat');
  const line = (item: Sentence) =>
    html`<li class="${item.certainty}"><span class="tag">${CERTAINTIES[item.certainty]}</span><p>${sentence(item, view)}</p></li>`;
  return html`<h1>${document.title}</h1>
<p class="subject">${sentence(subject, view)}</p>
${
  models.length < 2
    ? null
    : html`<p class="chips" role="group" aria-label="Models shown in the charts">${models.map(
        ({ name, index }) =>
          html`<button type="button" class="chip" data-model="${index}" aria-pressed="true">${marker(index)}<bdi>${name}</bdi></button>`,
      )}</p>`
}
<div class="verdict"><ul>${main.map(line)}${notes.map(line)}</ul>${conditions(view)}</div>`;
}

/** Under what all this holds, at a glance. */
function conditions(view: ReportView): Markup {
  const analyses = view.models.flatMap(({ analysis }) => (analysis === null ? [] : [analysis]));
  const each = (values: readonly (string | number)[]) => [...new Set(values.map(String))].join(', ');
  const list: [string, string][] = [
    ['Input', each(analyses.map(describeInputs))],
    ['Batch', each(analyses.map(({ options }) => options.batch))],
    ['Element type', each(analyses.map(({ options }) => options.dtype))],
    ['Execution', each(analyses.map(({ options }) => options.execution))],
    ['Device', each(view.document.measurements.map(({ device }) => device.name)) || 'none: nothing was timed'],
    ['Runtime', each(view.document.measurements.map(({ runtime }) => runtime.name))],
    ['Made', view.document.createdAt ?? ''],
  ];
  return html`<aside class="conditions" aria-label="Conditions">${facts(list.filter(([, value]) => value !== ''))}</aside>`;
}

function figures(view: ReportView): Markup {
  const chart = comparisonCharts(view);
  return html`<div class="${chart === null ? 'figures' : 'figures with-chart'}"><div class="card">${keyTable(view)}</div>${chart}</div>`;
}
