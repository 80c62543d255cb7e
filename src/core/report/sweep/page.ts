import type { ReportAssets } from '../html/assets.js';
import { html, Markup } from '../html/escape.js';
import { page } from '../html/page.js';
import { formatFigure } from '../number-format.js';
import { designsOnFront, frontFigure } from './front-figure.js';
import { parallelFigure } from './parallel-figure.js';
import { type Paint, type SweepReport, valueOfDesign } from './sweep-input.js';

/** The spec file of a design, as a download that needs no other file, and its full report where one was written. */
function links({ name, specs, reports }: SweepReport, design: number): Markup[] {
  const spec = specs[design];
  const report = reports[design];
  return [
    ...(spec === undefined
      ? []
      : [
          html` <a download="${name}-${design}.yaml" href="data:text/yaml;charset=utf-8,${encodeURIComponent(spec)}" aria-label="Spec file of design ${design}">spec</a>`,
        ]),
    ...(report === undefined
      ? []
      : [html` <a href="${report}" aria-label="Full report of design ${design}">report</a>`]),
  ];
}

const dashed = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const variables: Paint = (name) => `var(--${dashed(name)})`;

const STYLE = `
.sweep-figure{overflow-x:auto}
.sweep-figure svg{max-width:none;display:block}
.sweep-figure.wide svg{width:100%;height:auto;max-width:1100px}
.sweep-table{overflow-x:auto}
.sweep-table table{border-collapse:collapse;font-size:14px}
.sweep-table th,.sweep-table td{padding:4px 12px;text-align:right;border-bottom:1px solid var(--grid-line);white-space:nowrap}
.sweep-table th:first-child{text-align:left}
.sweep-table thead th{font-weight:600;white-space:normal;min-width:5em;vertical-align:bottom}
.sweep-table tr:target{background:color-mix(in srgb,var(--accent) 18%,transparent)}
.strength-2{background:color-mix(in srgb,var(--accent) 12%,transparent)}
.strength-3{background:color-mix(in srgb,var(--accent) 26%,transparent)}
.strength-4{background:color-mix(in srgb,var(--accent) 42%,transparent)}
`;

/** A sweep as a page of its own: the front over the cloud, which parameter moves what, every design of the front. */
export function sweepPage(report: SweepReport, style: string): Promise<string> {
  const [first, ...others] = report.objectives;
  const figures =
    first === undefined ? [] : others.map((other) => new Markup(frontFigure(report, first, other, variables)));
  const assets: ReportAssets = { script: '', style: `${style}${STYLE}` };
  const body = html`<main>
<header class="hero"><h1>${report.name}: ${designsOnFront(report.front.length)}</h1>
<p class="muted">${report.basis.join(' ')}</p></header>
<section><h2>The front</h2>${figures.map((figure) => html`<div class="sweep-figure wide">${figure}</div>`)}
<p class="caption">Orange: designs that no other beats in every objective. Grey: ${report.cloud === undefined ? 'not drawn, only the front is known' : `all designs that meet the constraints, darker where more of them lie${sampled(report)}`}.</p></section>
<section><h2>What the designs on the front have in common</h2><div class="sweep-figure">${new Markup(parallelFigure(report, variables))}</div>
<p class="caption">A line is a design, coloured by its third of the front in order of ${first?.heading ?? 'the first objective'}: blue the least, orange the most.</p></section>
${report.sensitivities.length === 0 ? null : sensitivitySection(report)}
${frontSection(report)}
</main>`;
  return page(`${report.name}: sweep`, body, { schema: 'archmeter/sweep-front@1', front: report.front }, assets);
}

function sampled({ cloud }: SweepReport): string {
  const shown = Object.values(cloud?.columns ?? {})[0]?.length ?? 0;
  return cloud === undefined || shown === cloud.designs ? '' : ` (a sample of ${shown} of ${cloud.designs})`;
}

function sensitivitySection(report: SweepReport): Markup {
  const figures = [...new Set(report.sensitivities.map(({ figure }) => figure))];
  const headings = figures.map(
    (name) => report.objectives.find((objective) => objective.name === name)?.heading ?? name,
  );
  const row = (parameter: string) =>
    figures.map((figure) => {
      const found = report.sensitivities.find((one) => one.parameter === parameter && one.figure === figure);
      const value = found?.correlation ?? Number.NaN;
      const strength = Math.min(4, 1 + Math.floor(Math.abs(value) / 0.2));
      const text = Number.isNaN(value) ? '–' : `${found?.ordered && value > 0 ? '+' : ''}${value.toFixed(2)}`;
      return html`<td class="strength-${strength}">${text}</td>`;
    });
  return html`<section><h2>Which parameter moves what</h2><div class="sweep-table"><table><thead><tr><th>parameter</th>${headings.map((heading) => html`<th>${heading}</th>`)}</tr></thead>
<tbody>${report.parameters.map((parameter) => html`<tr><th>${parameter}</th>${row(parameter)}</tr>`)}</tbody></table></div>
<p class="caption">Spearman rank correlation over the designs: +1 always raises, −1 always lowers. Without a sign (parameters without an order): the square root of the share of rank variance between values.</p></section>`;
}

function frontSection(report: SweepReport): Markup {
  const figures = report.objectives.filter(({ name }) => !report.parameters.includes(name));
  return html`<section><h2>Designs on the front</h2><div class="sweep-table"><table><thead><tr><th>design</th>${figures.map(({ heading }) => html`<th>${heading}</th>`)}${report.parameters.map((name) => html`<th>${name}</th>`)}</tr></thead>
<tbody>${report.front.map(
    (design) =>
      html`<tr id="design-${design.design}"><th>${design.design}${links(report, design.design)}</th>${figures.map(({ name, unit }) => html`<td>${formatFigure(valueOfDesign(design, name), unit)}</td>`)}${report.parameters.map((name) => html`<td>${String(design.parameters[name])}</td>`)}</tr>`,
  )}</tbody></table></div>
<p class="caption">Of other designs, the spec file and the full report: <code>archmeter sweep show DESIGN ${report.folder ?? 'FOLDER'} &gt; model.yaml</code>, <code>archmeter analyze model.yaml --report model.html</code>.</p></section>`;
}
