import { CHARTS } from '../../core/report/charts/index.js';
import type { ReportDocument } from '../../core/report/document.js';
import { LIGHT } from '../../core/report/palette.js';
import { verdictOf } from '../../core/report/verdict.js';
import type { ReportView } from '../../core/report/view.js';
import { createSheet } from './canvas.js';
import { drawPanel, headHeight, panelOf } from './panel.js';
import { drawLegend, drawText, fitText, phrasesText, wrapText } from './text.js';

const WIDTH = 1240;
const MARGIN = 44;
const INNER = WIDTH - 2 * MARGIN;
const GUTTER = 44;
const HALF = (INNER - GUTTER) / 2;
const LINE = 21;
const TEXT = { size: 14.5 } as const;
const TALLEST = 420;

/** Where the time went and what it was lost to, two by two. */
const ROWS = [
  ['iteration', 'modules'],
  ['lost', 'roofline'],
];

/** The figure of a profile: what it says in words, then where the time of an iteration went. */
export async function renderProfile(view: ReportView, document: ReportDocument): Promise<Uint8Array> {
  const probe = createSheet(1, 1, LIGHT.background);
  const { subject, sentences } = verdictOf(view);
  const said = [subject, ...sentences.filter(({ certainty }) => certainty !== 'exact')].map(({ phrases }, i) => ({
    lines: wrapText(probe.context, phrasesText(phrases), INNER, TEXT),
    colour: i === 0 ? LIGHT.mutedText : LIGHT.text,
  }));
  const title = wrapText(probe.context, document.title, INNER, { size: 26, weight: 600 });
  const legend = view.models.length > 1 ? drawLegend(probe.context, view.models, 0, 0, INNER, 13) + 18 : 0;
  const rows = ROWS.map((ids) => {
    const panels = CHARTS.filter((chart) => ids.includes(chart.id) && chart.applies(view)).map((chart) =>
      panelOf(view, chart),
    );
    const width = panels.length === 1 ? INNER : HALF;
    const head = Math.max(0, ...panels.map((panel) => headHeight(probe, panel, width)));
    const plot = Math.max(0, ...panels.map(({ chart, variant }) => Math.min(TALLEST, chart.height(view, variant))));
    return { panels, width, head, plot };
  }).filter(({ panels }) => panels.length > 0);
  const words = said.reduce((sum, { lines }) => sum + lines.length * LINE + 6, 0);
  const charts = rows.reduce((sum, { head, plot }) => sum + head + plot + 26, 0);
  const sheet = createSheet(WIDTH, MARGIN + title.length * 32 + words + legend + charts + 50, LIGHT.background);
  const { context } = sheet;
  title.forEach((line, i) => {
    drawText(context, line, MARGIN, MARGIN + 22 + i * 32, { size: 26, weight: 600 });
  });
  let y = MARGIN + title.length * 32 + 8;
  for (const { lines, colour } of said) {
    for (const [i, line] of lines.entries()) drawText(context, line, MARGIN, y + 14 + i * LINE, { ...TEXT, colour });
    y += lines.length * LINE + 6;
  }
  y += 8;
  if (legend > 0) drawLegend(context, view.models, MARGIN, y, INNER, 13);
  y += legend;
  for (const { panels, width, head, plot } of rows) {
    for (const [i, panel] of panels.entries()) {
      const own = Math.min(plot, Math.max(150, panel.chart.height(view, panel.variant)));
      await drawPanel(sheet, panel, MARGIN + i * (HALF + GUTTER), y, width, head, own);
    }
    y += head + plot + 26;
  }
  const footer = { size: 11, colour: LIGHT.mutedText } as const;
  drawText(context, fitText(context, document.command, INNER - 160, footer), MARGIN, y + 10, footer);
  drawText(context, `archmeter ${document.archmeter}`, WIDTH - MARGIN, y + 10, { ...footer, align: 'right' });
  return sheet.canvas.encode('png');
}
