import { type ChartDefinition, hasLegend, hiddenIn, legendOf, notesOf } from '../../core/report/charts/define-chart.js';
import { LIGHT } from '../../core/report/palette.js';
import type { ReportView } from '../../core/report/view.js';
import { createSheet, drawChart, FONT_FAMILY, type Sheet } from './canvas.js';
import { drawLegend, drawText, wrapText } from './text.js';

const TITLE = { size: 15, weight: 600 } as const;
const CAPTION = { size: 12, colour: LIGHT.mutedText } as const;
const LINE = 17;

export interface Panel {
  readonly view: ReportView;
  readonly chart: ChartDefinition;
  readonly variant: string | null;
}

/** First variant of a chart, as the page shows it. */
export function panelOf(view: ReportView, chart: ChartDefinition): Panel {
  return { view, chart, variant: chart.variants?.(view)[0]?.id ?? null };
}

/** Height of title and caption above the drawing. */
export function headHeight(sheet: Sheet, { chart, view, variant }: Panel, width: number): number {
  return 26 + wrapText(sheet.context, chart.caption(view, variant), width, CAPTION).length * LINE + 8;
}

/** Title, caption and drawing; `head` is the height kept for title and caption. */
export async function drawPanel(
  sheet: Sheet,
  panel: Panel,
  x: number,
  y: number,
  width: number,
  head: number,
  height: number,
): Promise<void> {
  const { chart, view, variant } = panel;
  const { context } = sheet;
  drawText(context, chart.title(view, variant), x, y + 15, TITLE);
  wrapText(context, chart.caption(view, variant), width, CAPTION).forEach((line, i) => {
    drawText(context, line, x, y + 38 + i * LINE, CAPTION);
  });
  const configuration = chart.build({
    view,
    theme: LIGHT,
    font: { family: FONT_FAMILY, size: 13 },
    width,
    variant,
    selection: null,
    hidden: hiddenIn(chart, view, new Set()),
  });
  drawChart(sheet, configuration, x, y + head, width, height);
}

const WIDTH = 900;
const MARGIN = 32;

/** One chart alone, with legend and notes. */
export async function renderPanel(panel: Panel): Promise<Uint8Array> {
  const { chart, view, variant } = panel;
  const inner = WIDTH - 2 * MARGIN;
  const probe = createSheet(1, 1, LIGHT.background);
  const head = headHeight(probe, panel, inner);
  const legend = hasLegend(chart, view, variant)
    ? drawLegend(probe.context, legendOf(chart, view), 0, 0, inner) + 8
    : 0;
  const notes = notesOf(chart, view, variant).flatMap((note) => wrapText(probe.context, note, inner, CAPTION));
  const plot = Math.max(chart.height(view, variant), 260);
  const sheet = createSheet(
    WIDTH,
    2 * MARGIN + head + legend + plot + notes.length * LINE + (notes.length > 0 ? 12 : 0),
    LIGHT.background,
  );
  await drawPanel(sheet, panel, MARGIN, MARGIN, inner, head + legend, plot);
  if (legend > 0) drawLegend(sheet.context, legendOf(chart, view), MARGIN, MARGIN + head, inner);
  notes.forEach((line, i) => {
    drawText(sheet.context, line, MARGIN, MARGIN + head + legend + plot + 24 + i * LINE, CAPTION);
  });
  return sheet.canvas.encode('png');
}
