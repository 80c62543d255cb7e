import { pairProfiles } from '../../compare/profiles/pairs.js';
import { formatFigure, formatInterval, formatRatio, significant } from '../number-format.js';
import { FAR } from '../profile/sentences.js';
import { layersLabel, type TimeRow, timeTable } from '../profile/table.js';
import { type ProfiledModel, profiledModels } from '../profile/view.js';
import type { ReportView } from '../view.js';
import { html, type Markup } from './escape.js';
import { figure, modelName } from './parts.js';

/** Rows that a table shows; the rest are summed. */
const MOST_ROWS = 200;

/** Where the time of profiles went: layers by the time that better kernels could save, then what is of no layer. */
export function profileTables(view: ReportView): Markup {
  const profiled = profiledModels(view);
  const [first, second, ...rest] = profiled;
  const pair = first === undefined || second === undefined || rest.length > 0 ? null : pairTable(first, second);
  return html`${pair}${profiled.map((one) => table(one, profiled.length > 1))}`;
}

function table(profiled: ProfiledModel, isOneOfMany: boolean): Markup {
  const { model, measurement, times } = profiled;
  const { hasBounds, rows, others } = timeTable(profiled);
  const of = times.facts.boundsOf;
  const bounds =
    of === undefined || !hasBounds
      ? ` No data sheet of ${measurement.device.name} is known, so no bound stands beside the times; --on names one.`
      : ` The bound is the least time that the data sheet of ${of.name} allows${of.unverified.length > 0 ? ' (some figures unverified)' : ''}; lost is the time above it.`;
  const shown = rows.slice(0, MOST_ROWS);
  const more = rows.slice(MOST_ROWS);
  return html`<article class="card profile-times">${isOneOfMany ? html`<h3 class="card-title">${modelName(model)}</h3>` : null}
<p class="caption">Layers of equal work as one row${hasBounds ? ', those that lose the most time first' : ', the longest first'}.${bounds}</p>
<div class="scroll" tabindex="0" role="region" aria-label="Time of layers, ${model.name}"><table data-sortable><thead><tr>
<th scope="col" aria-sort="none">Layers</th>${headings(hasBounds).map((heading) => html`<th scope="col" class="number" aria-sort="${heading === (hasBounds ? 'Lost' : 'Time') ? 'descending' : 'none'}">${heading}</th>`)}</tr></thead>
<tbody>${shown.map((row) => layerRow(row, model.name, hasBounds))}</tbody><tbody class="others">${
    more.length === 0
      ? null
      : html`<tr><th scope="row">${more.length} more rows</th><td></td>${timeCell(more.reduce((sum, { layers }) => sum + layers.latencyMs, 0))}</tr>`
  }${others.map(
    ({ name, latencyMs, share }) =>
      html`<tr><th scope="row">${name}</th><td></td>${timeCell(latencyMs)}<td class="number">${share}</td>${hasBounds ? html`<td colspan="4"></td>` : html`<td colspan="2"></td>`}</tr>`,
  )}</tbody></table></div></article>`;
}

const headings = (hasBounds: boolean) => [
  'Count',
  'Time',
  'Share',
  'FLOP/s',
  'Moved/s',
  ...(hasBounds ? ['Of bound', 'Lost'] : []),
];

const timeCell = (latencyMs: number) =>
  html`<td class="number" data-value="${latencyMs}">${figure(latencyMs, 'ms')}</td>`;

function layerRow(
  { layers, share, flops, bytes, ofBound, fraction }: TimeRow,
  model: string,
  hasBounds: boolean,
): Markup {
  const { names, latencyMs, work, lostMs } = layers;
  const cell = (value: number | undefined, text: string) =>
    html`<td class="number" data-value="${value ?? ''}">${text}</td>`;
  const per = (amount: number | undefined) => (amount === undefined ? undefined : amount / latencyMs);
  return html`<tr><th scope="row" data-value="${layers.name}"><button type="button" class="link" data-name="${model}" data-layer="${names[0] ?? ''}">${layersLabel(layers)}</button></th>${cell(names.length, names.length > 1 ? `×${names.length}` : '')}${timeCell(latencyMs)}${cell(latencyMs, share)}${cell(per(work?.flops), flops)}${cell(per(work?.bytes), bytes)}${
    hasBounds
      ? html`<td class="number${fraction !== undefined && fraction < FAR ? ' far' : ''}" data-value="${fraction ?? ''}">${ofBound}</td>${fraction === undefined ? cell(undefined, '') : timeCell(Math.max(0, lostMs))}`
      : null
  }</tr>`;
}

/** Two profiles row by row, the largest difference first. */
function pairTable(first: ProfiledModel, second: ProfiledModel): Markup {
  const { rows, iteration, tolerance } = pairProfiles(first, second);
  const ms = (value: number | undefined) =>
    value === undefined ? html`<td class="number" data-value="">–</td>` : timeCell(value);
  const whole =
    iteration.low === undefined || iteration.high === undefined
      ? formatRatio(iteration.ratio)
      : `${formatRatio(iteration.ratio)} (${formatInterval(iteration.low, iteration.high, 'ratio')})`;
  const [before, after] = [first, second].map(({ times }) => times) as [ProfiledModel['times'], ProfiledModel['times']];
  const parts: readonly (readonly [string, number, number, string])[] = [
    ['busy', before.busyMs, after.busyMs, ''],
    ['idle', before.idleMs, after.idleMs, ''],
    ['an iteration', before.time.medianMs, after.time.medianMs, whole],
  ];
  const shown = rows.slice(0, MOST_ROWS);
  return html`<article class="card profile-times"><h3 class="card-title">Side by side</h3><p class="caption">Layers paired by name, the largest difference first; the ratio is that of the second to the first. Brackets hold an interval where both have six iterations or more; differences up to ±${significant(100 * tolerance)} % may be those of two runs.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Two profiles side by side"><table data-sortable><thead><tr><th scope="col" aria-sort="none">Layers</th><th scope="col" class="number" aria-sort="none">Count</th><th scope="col" class="number" aria-sort="none">${modelName(first.model)}</th><th scope="col" class="number" aria-sort="none">${modelName(second.model)}</th><th scope="col" class="number" aria-sort="descending">Difference</th><th scope="col" class="number" aria-sort="none">Ratio</th></tr></thead>
<tbody>${shown.map(({ name, count, unjoined, firstMs, secondMs, ratio }) => {
    const difference = (secondMs ?? 0) - (firstMs ?? 0);
    return html`<tr><th scope="row" data-value="${name}">${unjoined ? html`<span class="muted">${name}</span>` : name}</th><td class="number" data-value="${count}">${count > 1 ? `×${count}` : ''}</td>${ms(firstMs)}${ms(secondMs)}<td class="number" data-value="${Math.abs(difference)}">${signed(difference)}</td><td class="number" data-value="${ratio?.ratio ?? ''}">${ratioText(ratio)}</td></tr>`;
  })}</tbody><tbody class="others">${rows.length > shown.length ? html`<tr><th scope="row">${rows.length - shown.length} more rows</th><td colspan="5"></td></tr>` : null}${parts.map(
    ([name, a, b, ratio]) =>
      html`<tr><th scope="row">${name}</th><td></td>${timeCell(a)}${timeCell(b)}<td class="number">${signed(b - a)}</td><td class="number">${ratio === '' && a > 0 ? formatRatio(b / a) : ratio}</td></tr>`,
  )}</tbody></table></div></article>`;
}

const signed = (ms: number) => `${ms > 0 ? '+' : ms < 0 ? '−' : ''}${formatFigure(Math.abs(ms), 'ms')}`;

function ratioText(
  ratio: { readonly ratio: number; readonly low?: number; readonly high?: number } | undefined,
): string {
  if (ratio === undefined) return '';
  const { low, high } = ratio;
  return low === undefined || high === undefined
    ? formatRatio(ratio.ratio)
    : `${formatRatio(ratio.ratio)} (${formatInterval(low, high, 'ratio')})`;
}
