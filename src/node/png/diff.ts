import { loadImage } from '@napi-rs/canvas';
import { type AlignedRow, type DiffPair, gather, type RowStatus } from '../../core/report/diff/align.js';
import { deltaOf, STATUS_SIGNS } from '../../core/report/diff/page.js';
import { STRIP, type StatusPaint, strips } from '../../core/report/diff/strips.js';
import { diffSummary } from '../../core/report/gate/diff.js';
import { formatFigure } from '../../core/report/number-format.js';
import { LIGHT, mix } from '../../core/report/palette.js';
import { createSheet, DENSITY, type Sheet } from './canvas.js';
import { drawText, fitText, type TextStyle } from './text.js';

const WIDTH = 1240;
const MARGIN = 44;
const INNER = WIDTH - 2 * MARGIN;
const ROW = 26;
const LABEL = 20;
const GAP = 14;
const STRIPS_HEIGHT = 2 * (LABEL + STRIP.height) + GAP;
/** Changes of a pair, and pairs, that a slide still shows. */
const MOST_ROWS = 12;
const MOST_PAIRS = 3;

const COLOURS: Readonly<Record<RowStatus, string>> = {
  same: mix(LIGHT.text, LIGHT.surface, 0.22),
  added: LIGHT.good,
  removed: LIGHT.bad,
  changed: LIGHT.accent,
  renamed: mix(LIGHT.text, LIGHT.surface, 0.45),
};
const paint: StatusPaint = (status) => COLOURS[status];

const FIGURES = ['params', 'madds', 'memoryAccessCost'] as const;
const HEADINGS = ['Params', 'MAdds', 'Memory access'];
const UNITS = { params: 'count', madds: 'ops', memoryAccessCost: 'elements' } as const;
const SMALL: TextStyle = { size: 12, colour: LIGHT.mutedText };

/** Both structures as strips and the changes that cost most, of the first few pairs. */
export async function renderDiffPng(title: string, command: string, pairs: readonly DiffPair[]): Promise<Uint8Array> {
  const shown = pairs.slice(0, MOST_PAIRS).map((pair) => ({ pair, rows: largest(pair) }));
  const heightOf = (rows: readonly AlignedRow[]) => 64 + STRIPS_HEIGHT + 34 + (rows.length + 1) * ROW + 24;
  const height = 84 + shown.reduce((sum, { rows }) => sum + heightOf(rows), 0) + 44;
  const sheet = createSheet(WIDTH, height, LIGHT.background);
  drawText(sheet.context, fitText(sheet.context, title, INNER, { size: 26, weight: 600 }), MARGIN, 62, {
    size: 26,
    weight: 600,
  });
  let y = 84;
  for (const { pair, rows } of shown) {
    await drawPair(sheet, pair, rows, y);
    y += heightOf(rows);
  }
  const more = pairs.length - shown.length;
  const foot = more > 0 ? `${more} more models differ or are compared. ${command}` : command;
  drawText(sheet.context, fitText(sheet.context, foot, INNER, SMALL), MARGIN, y + 14, SMALL);
  return sheet.canvas.encode('png');
}

/** Changed rows, the costliest first. */
function largest({ layers }: DiffPair): AlignedRow[] {
  return gather(layers)
    .filter(({ status }) => status !== 'same')
    .sort((a, b) => Math.abs(deltaOf(b, ['memoryAccessCost'])) - Math.abs(deltaOf(a, ['memoryAccessCost'])))
    .slice(0, MOST_ROWS);
}

async function drawPair(sheet: Sheet, pair: DiffPair, rows: readonly AlignedRow[], top: number): Promise<void> {
  const { context } = sheet;
  drawText(context, `${diffSummary(pair.diff)}`, MARGIN, top + 20, { size: 15, colour: LIGHT.mutedText });
  drawLegend(sheet, pair, top + 46);
  for (const [i, { label, svg }] of strips(pair, paint).entries()) {
    const at = top + 64 + i * (LABEL + STRIP.height + GAP);
    drawText(context, fitText(context, label, INNER, { size: 14 }), MARGIN, at + 14, { size: 14 });
    const sized = svg.replace(
      / width="\d+" height="\d+"/,
      ` width="${INNER * DENSITY}" height="${STRIP.height * DENSITY}"`,
    );
    context.drawImage(await loadImage(Buffer.from(sized)), MARGIN, at + LABEL, INNER, STRIP.height);
  }
  let y = top + 64 + STRIPS_HEIGHT + 34;
  if (rows.length === 0) return;
  const rightOf = (i: number) => WIDTH - MARGIN - (FIGURES.length - 1 - i) * 150;
  HEADINGS.forEach((heading, i) => {
    drawText(context, heading, rightOf(i), y, { ...SMALL, align: 'right' });
  });
  for (const row of rows) {
    y += ROW;
    const colour = COLOURS[row.status];
    drawText(context, STATUS_SIGNS[row.status], MARGIN, y, { size: 14, weight: 600, colour });
    const count = row.layers.length > 1 ? `, ${row.layers.length} layers` : '';
    drawText(context, fitText(context, `${row.name}${count}`, INNER - 480, { size: 14 }), MARGIN + 22, y, { size: 14 });
    FIGURES.forEach((figure, i) => {
      const delta = deltaOf(row, [figure]);
      const text = delta === 0 ? '' : `${delta > 0 ? '+' : '−'}${formatFigure(Math.abs(delta), UNITS[figure])}`;
      drawText(context, text, rightOf(i), y, { size: 14, align: 'right' });
    });
  }
}

function drawLegend({ context }: Sheet, { layers }: DiffPair, y: number): void {
  let x = MARGIN;
  for (const status of ['same', 'added', 'removed', 'changed', 'renamed'] as const) {
    if (!layers.some((layer) => layer.status === status)) continue;
    context.fillStyle = COLOURS[status];
    context.fillRect(x, y - 10, 12, 12);
    x += 18 + drawText(context, status === 'same' ? 'unchanged' : status, x + 18, y, { size: 13 }) + 18;
  }
}
