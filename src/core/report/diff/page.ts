import { LAYER_FIGURES, type LayerFigure } from '../../compare/baseline.js';
import { METRICS, type Unit } from '../../units.js';
import { diffSummary, totalCells } from '../gate/diff.js';
import type { ReportAssets } from '../html/assets.js';
import { html, Markup } from '../html/escape.js';
import { page } from '../html/page.js';
import { formatFigure } from '../number-format.js';
import { type AlignedLayer, type AlignedRow, type DiffPair, gather, type RowStatus } from './align.js';
import { type StatusPaint, strips } from './strips.js';

export const STATUS_SIGNS: Readonly<Record<RowStatus, string>> = {
  same: '=',
  added: '+',
  removed: '−',
  changed: '~',
  renamed: '→',
};

const WORDS: readonly (readonly [RowStatus, string])[] = [
  ['same', 'unchanged'],
  ['added', 'added'],
  ['removed', 'removed'],
  ['changed', 'changed'],
  ['renamed', 'renamed, otherwise the same'],
];

const variables: StatusPaint = (status) => `var(--status-${status})`;

const STYLE = `
:root{--status-same:color-mix(in srgb,var(--text) 22%,var(--surface));--status-added:var(--good);--status-removed:var(--bad);--status-changed:var(--accent);--status-renamed:color-mix(in srgb,var(--text) 45%,var(--surface))}
.diff-strips{margin-top:16px}
.diff-strips svg{display:block;width:100%;height:34px;margin:2px 0 12px}
main section.diff{margin-top:24px}
.diff h3{margin:28px 0 8px}
.diff-legend{display:flex;flex-wrap:wrap;gap:4px 20px;margin-top:12px;font-size:14px}
.diff-legend b,.diff-table td.sign{font-weight:700}
.diff-table{table-layout:auto}
.diff-table td{vertical-align:top}
.diff-table .name{overflow-wrap:anywhere;min-width:9em}
.diff-table .cost{white-space:nowrap;width:13em}
.diff-table .cost svg{display:block;width:100%;max-width:13em;height:6px;margin-top:3px}
.diff-table .cost .axis{stroke:var(--line)}
.diff-table .more{fill:var(--bad)}
.diff-table .less{fill:var(--good)}
.diff-table tr.same td{color:var(--muted-text)}
${WORDS.map(([status]) => `.diff-table tr.${status} td.sign,.diff-legend .${status} b{color:${status === 'same' ? 'var(--muted-text)' : variables(status)}}.diff-table tr.${status} td.sign{box-shadow:inset 4px 0 ${variables(status)}}`).join('\n')}
.diff-table td.sign{padding-left:14px;width:2.4em}
.diff-totals{width:auto}
.diff-totals td,.diff-totals th{padding-right:28px}
@media (max-width:640px){.diff-table .cost{width:auto;min-width:6em}.diff-totals td,.diff-totals th{padding-right:12px}}
`;

/** Figures of the columns; bytes are read and written ones together. */
const COLUMNS: readonly { readonly heading: string; readonly unit: Unit; readonly figures: readonly LayerFigure[] }[] =
  [
    { heading: METRICS.params.heading, unit: 'count', figures: ['params'] },
    { heading: METRICS.madds.heading, unit: 'ops', figures: ['madds'] },
    { heading: 'Bytes moved', unit: 'bytes', figures: ['readBytes', 'writeBytes'] },
  ];

/** Differences between models as a page of its own: both structures, what was added, removed and changed, and its cost. */
export function diffPage(title: string, command: string, pairs: readonly DiffPair[], style: string): Promise<string> {
  const assets: ReportAssets = { script: '', style: `${style}${STYLE}` };
  const body = html`<main>
<header class="hero"><h1>${title}</h1><p class="muted"><code>${command}</code></p></header>
${pairs.map((pair) => section(pair, pairs.length === 1))}
</main>`;
  return page(title, body, { schema: 'archmeter/diff@1', diffs: pairs.map(({ diff }) => diff) }, assets);
}

function section(pair: DiffPair, alone: boolean): Markup {
  const { diff, layers } = pair;
  const rows = gather(layers);
  const totals = totalCells(diff);
  return html`<section class="diff"><h2>${alone ? 'What differs' : `${diff.before} → ${diff.after}`}</h2><p>${diffSummary(diff)}.</p>
<div class="diff-strips">${strips(pair, variables).map(({ label, svg }) => html`<p>${label}</p>${new Markup(svg)}`)}</div>
<p class="diff-legend">${WORDS.filter(([status]) => layers.some((layer) => layer.status === status)).map(
    ([status, word]) => html`<span class="${status}"><b>${STATUS_SIGNS[status]}</b> ${word}</span>`,
  )}</p>
${totals.length === 0 ? null : totalsTable(totals)}
${rows.every(({ status }) => status === 'same') ? null : layersTable(rows)}</section>`;
}

function totalsTable(totals: readonly (readonly string[])[]): Markup {
  return html`<h3>Totals</h3><div class="scroll" tabindex="0" role="region" aria-label="Totals"><table class="diff-totals"><thead><tr><th scope="col">Figure</th><th scope="col" class="number">Before</th><th scope="col" class="number">After</th><th scope="col" class="number">Change</th></tr></thead><tbody>${totals.map(
    ([heading = '', before = '', after = '', change = '']) =>
      html`<tr><th scope="row">${heading}</th><td class="number">${before}</td><td class="number">${after}</td><td class="number">${change}</td></tr>`,
  )}</tbody></table></div>`;
}

function layersTable(rows: readonly AlignedRow[]): Markup {
  const most = COLUMNS.map(({ figures }) => Math.max(0, ...rows.map((row) => Math.abs(deltaOf(row, figures)))));
  return html`<h3>Structure, in execution order</h3><div class="scroll" tabindex="0" role="region" aria-label="Layers of both"><table class="diff-table"><thead><tr><th scope="col"><span class="visually-hidden">What became of it</span></th><th scope="col">Before</th><th scope="col">After</th>${COLUMNS.map(({ heading }) => html`<th scope="col">${heading}</th>`)}</tr></thead><tbody>${rows.map(
    (row) =>
      html`<tr class="${row.status}"><td class="sign">${STATUS_SIGNS[row.status]}</td>${names(row)}${COLUMNS.map(({ figures, unit }, i) => costCell(deltaOf(row, figures), unit, most[i] ?? 0))}</tr>`,
  )}</tbody></table></div>`;
}

function names(row: AlignedRow): Markup {
  const [only, ...others] = row.layers;
  if (row.status === 'same') {
    const count = row.layers.length;
    const first = only?.after?.name ?? '';
    const last = others.at(-1)?.after?.name;
    const text = last === undefined ? first : `${first} … ${last}, ${count} layers`;
    return html`<td class="name" colspan="2"><bdi>${text}</bdi></td>`;
  }
  const side = (of: (layer: AlignedLayer) => AlignedLayer['before']) => {
    const layers = row.layers.flatMap((layer) => of(layer) ?? []);
    const [first] = layers;
    if (first === undefined) return html`<td class="name"></td>`;
    return layers.length === 1
      ? html`<td class="name"><bdi>${first.name}</bdi> <span class="muted">${first.op} ${first.output}</span></td>`
      : html`<td class="name"><bdi>${row.name}</bdi> <span class="muted">${layers.length} layers</span></td>`;
  };
  return html`${side(({ before }) => before)}${side(({ after }) => after)}`;
}

export function deltaOf({ layers }: AlignedRow, figures: readonly LayerFigure[]): number {
  const places = figures.map((figure) => LAYER_FIGURES.indexOf(figure));
  const sum = (layer: AlignedLayer['before']) =>
    places.reduce((total, place) => total + (layer?.figures[place] ?? 0), 0);
  return layers.reduce((total, { before, after }) => total + sum(after) - sum(before), 0);
}

/** The change with its sign, and a bar from the middle: to the right more, to the left less. */
function costCell(delta: number, unit: Unit, most: number): Markup {
  if (delta === 0) return html`<td class="cost"></td>`;
  const width = most === 0 ? 0 : (49 * Math.abs(delta)) / most;
  const text = `${delta > 0 ? '+' : '−'}${formatFigure(Math.abs(delta), unit)}`;
  return html`<td class="cost">${text}<svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><line class="axis" x1="50" x2="50" y1="0" y2="6"/><rect class="${delta > 0 ? 'more' : 'less'}" x="${(delta > 0 ? 50 : 50 - width).toFixed(1)}" y="1" width="${width.toFixed(1)}" height="4"/></svg></td>`;
}
