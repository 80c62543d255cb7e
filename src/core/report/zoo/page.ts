import type { ReportAssets } from '../html/assets.js';
import { html, Markup } from '../html/escape.js';
import { page } from '../html/page.js';
import { formatFigure } from '../number-format.js';
import type { Paint } from '../sweep/sweep-input.js';
import { type FigureSize, scatterFigure } from './scatter-figure.js';
import type { ZooFigure, ZooScatter } from './scatter-input.js';

const dashed = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const variables: Paint = (name) => `var(--${dashed(name)})`;

/** One drawing for each width of window, so that text keeps its size; the smallest window that shows each. */
const SIZES: readonly (FigureSize & { readonly from: number })[] = [
  { width: 360, height: 420, from: 0 },
  { width: 680, height: 480, from: 740 },
  { width: 1080, height: 620, from: 1160 },
  { width: 1600, height: 820, from: 1720 },
];

const STYLE = `
main.zoo{max-width:1660px}
.zoo-figure{display:none}
.zoo-figure svg{display:block;max-width:100%}
${SIZES.map(({ from }, i) => {
  const next = SIZES[i + 1]?.from;
  const until = next === undefined ? '' : ` and (max-width:${next - 0.02}px)`;
  return `@media (min-width:${from}px)${until}{.zoo-figure.s${i}{display:block}}`;
}).join('\n')}
.zoo-table{overflow-x:auto}
.zoo-table table{border-collapse:collapse;font-size:14px}
.zoo-table th,.zoo-table td{padding:3px 12px;text-align:right;border-bottom:1px solid var(--grid-line);white-space:nowrap}
.zoo-table th:first-child,.zoo-table td:last-child,.zoo-table th:last-child{text-align:left}
.zoo-table tr.front th{color:var(--accent)}
`;

/** The zoo by two figures as a page of its own: the picture, and every number behind it. */
export function zooPage(scatter: ZooScatter, style: string): Promise<string> {
  const assets: ReportAssets = { script: '', style: `${style}${STYLE}` };
  const figures = SIZES.map(
    (size, i) => html`<div class="zoo-figure s${i}">${new Markup(scatterFigure(scatter, size, variables))}</div>`,
  );
  const body = html`<main class="zoo">
<header class="hero"><h1>${scatter.title}</h1><p class="muted">${scatter.basis.join(' ')}</p></header>
<section>${figures}<p class="caption">${caption(scatter)}</p></section>
${table(scatter)}
</main>`;
  return page(scatter.title, body, { schema: 'archmeter/zoo@1', models: scatter.rows }, assets);
}

/** How to read the picture. */
export function caption({ points }: ZooScatter): string {
  const parts = ['Blue: models that no other beats in both figures; grey: all others.'];
  if (points.some(({ low }) => low !== undefined)) {
    parts.push(
      'Horizontal lines are the intervals of the estimates: models whose lines overlap cannot be told apart by them.',
    );
  }
  if (points.some(({ measured }) => measured !== undefined)) {
    parts.push('Upright strokes: measured, in timm’s table of an RTX 4090 (AMP).');
  }
  return parts.join(' ');
}

function table(scatter: ZooScatter): Markup {
  const front = new Set(scatter.points.filter(({ onFront }) => onFront).map(({ name }) => name));
  const cell = (value: number | null, { unit }: ZooFigure) => (value === null ? '–' : formatFigure(value, unit));
  return html`<section><h2>All figures</h2><div class="zoo-table"><table><thead><tr><th>model</th>${scatter.columns.map(({ heading }) => html`<th>${heading}</th>`)}<th>weights of the accuracy</th></tr></thead>
<tbody>${scatter.rows.map(
    ({ name, source, values }) =>
      html`<tr class="${front.has(name) ? 'front' : ''}"><th>${name}</th>${values.map((value, i) => html`<td>${cell(value, scatter.columns[i] as ZooFigure)}</td>`)}<td>${source}</td></tr>`,
  )}</tbody></table></div></section>`;
}
