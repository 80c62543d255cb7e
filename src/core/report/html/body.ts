import { profiledModels } from '../profile/view.js';
import { type Certainty, type Sentence, untimed, verdictOf } from '../verdict.js';
import { describeInputs, describeRig, type ReportView } from '../view.js';
import { chartCard, chartGroups, heroCharts, profileCards } from './chart-cards.js';
import { html, type Markup } from './escape.js';
import { findings } from './findings.js';
import { keyTable } from './key-table.js';
import { facts, method } from './method.js';
import { type HeadingLevel, heading, marker, sentence } from './parts.js';
import { profileTables } from './profile-section.js';
import { published } from './published.js';
import { diagrams, gate, gateBanner, layersSection } from './sections.js';

interface Section {
  readonly id: string;
  readonly title: string;
  /** In the bar, where it is shorter than the title. */
  readonly short?: string;
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
export function body(views: readonly ReportView[]): Markup {
  const [first] = views;
  if (first === undefined) return html`<main id="top"><h1>Empty report</h1><p>It holds no model.</p></main>`;
  const { document } = first;
  const sections = sectionsOf(views, first);
  return html`<a class="skip" href="#verdict">Skip to the verdict</a>
<header class="bar"><div class="bar-inner"><a class="wordmark" href="#top">archmeter</a>
${navigation(sections)}
<div class="tools">${groupSelect(views)}<button type="button" class="quiet" data-theme-toggle hidden>Theme</button><button type="button" class="quiet" data-download hidden>JSON</button></div></div></header>
<main id="top">
${main(sections)}
</main>
<footer><p>Made by archmeter ${document.archmeter}. Works offline; its data are inside this file.</p></footer>
<noscript><p class="noscript">Charts, diagrams and the layers table need JavaScript.</p></noscript>`;
}

/** The same within a page of another's: links to the sections, and the sections. */
export function parts(views: readonly ReportView[]): { readonly links: Markup; readonly sections: Markup } {
  const [first] = views;
  const sections = first === undefined ? [] : sectionsOf(views, first);
  return { links: html`${navigation(sections)}${groupSelect(views)}`, sections: main(sections) };
}

function navigation(sections: readonly Section[]): Markup {
  return html`<nav aria-label="Sections"><ul>${sections.map(({ id, title, short }) => html`<li><a href="#${id}">${short ?? title}</a></li>`)}</ul></nav>`;
}

function groupSelect(views: readonly ReportView[]): Markup | null {
  if (views.length < 2) return null;
  return html`<select data-group-select aria-label="Group">${views.map(({ title }, i) => html`<option value="${i}">${title ?? ''}</option>`)}</select>`;
}

function main(sections: readonly Section[]): Markup {
  return html`${sections.map(({ id, title, body: content }, i) =>
    i === 0
      ? html`<section id="${id}" class="hero">${content}</section>`
      : html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${content}</section>`,
  )}`;
}

function sectionsOf(views: readonly ReportView[], { document }: ReportView): Section[] {
  const models = views.flatMap((view) => view.models);
  const analysed = models.some(({ analysis }) => analysis !== null);
  const section = (id: string, title: string, content: Markup, wanted = true, short = title) =>
    wanted ? [{ id, title, short, body: content }] : [];
  const advice = document.findings ?? [];
  return [
    ...section('verdict', 'Verdict', hero(views, document)),
    ...(document.gate === undefined ? [] : section('gate', 'Check', gate(document.gate))),
    ...section(
      'time',
      'Where the time went',
      html`${grouped(views, profileTables)}<div class="cards">${profileCards(views)}</div>`,
      views.some((view) => profiledModels(view).length > 0),
      'Time',
    ),
    ...section('figures', 'Figures', figures(views), models.length > 0),
    ...chartGroups(views).map(({ id, title, short, markup }) => ({ id, title, short, body: markup })),
    ...section('structure', 'Structure', diagrams(), analysed),
    ...section(
      'findings',
      'Findings',
      grouped(views, (view) => findings(view) ?? html`<p class="muted">No rule found anything to change here.</p>`),
      advice.length > 0,
    ),
    ...section('layers', 'Layers', layersSection(), analysed),
    ...section(
      'published',
      'Published',
      grouped(
        views,
        (view) => published(view) ?? html`<p class="muted">No published figures of these models are known.</p>`,
      ),
      models.some((model) => model.published.length > 0),
    ),
    ...section('method', 'Method', method(views, document)),
  ];
}

/** Content of each group, under its title; the client shows one at a time. */
function grouped(
  views: readonly ReportView[],
  content: (view: ReportView, index: number) => Markup,
  level: HeadingLevel | null = 'h3',
): Markup {
  return html`${views.map((view, i) => html`<div class="group" data-group="${i}">${views.length > 1 && level !== null ? heading(level, view.title ?? '', 'group-title') : null}${content(view, i)}</div>`)}`;
}

function hero(views: readonly ReportView[], { title, gate: outcome }: ReportView['document']): Markup {
  const tabs = views.length < 2 ? null : overview(views);
  const charts = heroCharts(views);
  return html`<h1>${title}</h1>${outcome === undefined ? null : gateBanner(outcome)}${tabs}
<div class="hero-grid"><div>${grouped(views, verdict, 'h2')}</div><div class="hero-side">${charts.map(({ chart, view }) => chartCard(chart, view, 'h2'))}${grouped(views, conditions, null)}</div></div>`;
}

/** All groups at a glance, each with its first sentence; a click shows the group. */
function overview(views: readonly ReportView[]): Markup {
  const count = views.reduce((sum, { models }) => sum + models.length, 0);
  const rigs = [...new Set(views.flatMap(({ measurements }) => measurements.map(describeRig)))];
  const timed =
    rigs.length === 0 ? ` ${untimed(views.flatMap(({ models }) => models))}` : ` Timed on ${rigs.join(' and on ')}.`;
  return html`<p class="subject">${count} models in ${views.length} groups, each compared within its group.${timed}</p>
<div class="tabs" role="group" aria-label="Groups">${views.map((view, i) => {
    const [headline] = verdictOf(view).sentences;
    return html`<button type="button" class="tab" data-group-tab="${i}" aria-pressed="${i === 0 ? 'true' : 'false'}"><strong>${view.title ?? ''}</strong>${
      headline === undefined ? null : html`<span>${sentence(headline, view)}</span>`
    }</button>`;
  })}</div>`;
}

function verdict(view: ReportView): Markup {
  const { models, note } = view;
  const { subject, sentences } = verdictOf(view);
  const remarks = sentences.filter(({ fromHarness }) => fromHarness === true);
  const folded = remarks.length > SHOWN_REMARKS ? remarks : [];
  const shown = sentences.filter((item) => !folded.includes(item));
  const ordered = [
    ...shown.filter(({ certainty }) => certainty !== 'caveat'),
    ...shown.filter(({ certainty }) => certainty === 'caveat'),
  ];
  return html`<p class="subject">${sentence(subject, view)}${note === null ? null : html` ${note}`}</p>
${
  models.length < 2
    ? null
    : html`<p class="chips" role="group" aria-label="Models shown in the charts">${models.map(
        ({ name, index, style }) =>
          html`<button type="button" class="chip" data-model="${index}" aria-pressed="true">${marker(style)}<bdi>${name}</bdi></button>`,
      )}</p>`
}
<div class="verdict"><ul>${ordered.map((item) => verdictLine(item, view))}${foldedRemarks(folded, view)}</ul></div>`;
}

/** Remarks of the harness that stand open; more are folded. */
const SHOWN_REMARKS = 2;

function foldedRemarks(remarks: readonly Sentence[], view: ReportView): Markup | null {
  if (remarks.length === 0) return null;
  return html`<li class="caveat"><span class="tag">${CERTAINTIES.caveat}</span><details><summary>The harness warns of ${remarks.length} things: read them before you trust a timing</summary>${remarks.map(
    (item) => html`<p>${sentence(item, view)}</p>`,
  )}</details></li>`;
}

function verdictLine(item: Sentence, view: ReportView): Markup {
  return html`<li class="${item.certainty}"><span class="tag">${CERTAINTIES[item.certainty]}</span><p>${sentence(item, view)}</p></li>`;
}

/** Under what all this holds, at a glance. */
function conditions({ models, measurements, document }: ReportView): Markup {
  const analyses = models.flatMap(({ analysis }) => (analysis === null ? [] : [analysis]));
  const each = (values: readonly (string | number)[]) => [...new Set(values.map(String))].join(', ');
  const estimated = each(models.flatMap(({ estimates }) => estimates.map(({ device }) => device)));
  const deviceNames =
    each(measurements.map(({ device }) => device.name)) ||
    (estimated === '' ? 'none: nothing was timed' : `${estimated} (estimated, nothing was timed)`);
  const list: [string, string][] = [
    ['Input', each(analyses.map(describeInputs))],
    ['Batch', each(analyses.map(({ options }) => options.batch))],
    ['Element type', each(analyses.map(({ options }) => options.dtype))],
    ['Execution', each(analyses.map(({ options }) => options.execution))],
    ['Device', deviceNames],
    ['Runtime', each(measurements.map(({ runtime }) => runtime.name))],
    ['Made', (document.createdAt ?? '').replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*Z$/, '$1, $2 UTC')],
  ];
  return html`<aside class="conditions" aria-label="Conditions">${facts(list.filter(([, value]) => value !== ''))}</aside>`;
}

function figures(views: readonly ReportView[]): Markup {
  return html`${grouped(views, (view, i) => html`<div class="card">${keyTable(view, `more-figures-${i}`)}</div>`, null)}`;
}
