import type { GateOutcome, GateRow, GateVerdict } from '../../core/compare/gate.js';
import { legendOf } from '../../core/report/charts/define-chart.js';
import { CHARTS } from '../../core/report/charts/index.js';
import type { ReportDocument } from '../../core/report/document.js';
import { bySeverity, change, figure, gateHeadline, isTold, metricHeading } from '../../core/report/gate/describe.js';
import { LIGHT } from '../../core/report/palette.js';
import { viewsOf } from '../../core/report/view.js';
import { createSheet, type Sheet } from './canvas.js';
import { drawPanel, headHeight, type Panel } from './panel.js';
import { drawLegend, drawText, fitText, type TextStyle, wrapText } from './text.js';

const WIDTH = 1240;
const MARGIN = 44;
const INNER = WIDTH - 2 * MARGIN;
const BANNER = 96;
const ROW = 30;
/** Rows that a slide still shows; the rest are counted. */
const MOST_ROWS = 24;

const COLOURS: Readonly<Record<GateOutcome['verdict'], string>> = {
  pass: LIGHT.good,
  fail: LIGHT.bad,
  inconclusive: LIGHT.mutedText,
};
const ROW_COLOURS: Readonly<Partial<Record<GateVerdict, string>>> = { fail: LIGHT.bad, improved: LIGHT.good };

/** Where columns stand: left edge of words, right edge of numbers. */
const COLUMNS = [
  { heading: 'Model', at: MARGIN, align: 'left', room: 300 },
  { heading: 'Figure', at: MARGIN + 320, align: 'left', room: 220 },
  { heading: 'Expected', at: MARGIN + 660, align: 'right', room: 110 },
  { heading: 'Actual', at: MARGIN + 790, align: 'right', room: 110 },
  { heading: 'Change', at: MARGIN + 900, align: 'right', room: 100 },
  { heading: 'Verdict', at: MARGIN + 930, align: 'left', room: INNER - 930 },
] as const;

const TREND = 300;

/** The first group's history, of the figure that is worst. */
function trendOf(outcome: GateOutcome, document: ReportDocument): Panel | undefined {
  const [view] = viewsOf(document);
  const chart = CHARTS.find(({ id }) => id === 'history');
  if (view === undefined || chart === undefined || !chart.applies(view)) return undefined;
  const variants = (chart.variants?.(view) ?? []).map(({ id }) => id);
  const worst = bySeverity(outcome.rows).find(({ metric }) => variants.includes(metric));
  return { view, chart, variant: worst?.metric ?? variants[0] ?? null };
}

/** A check as one picture: the verdict in its colour, every figure that changed, worst first, and the trend. */
export async function renderGate(outcome: GateOutcome, document: ReportDocument): Promise<Uint8Array> {
  const told = bySeverity(outcome.rows).filter(isTold);
  const shown = told.slice(0, MOST_ROWS);
  const unchanged = outcome.rows.filter(({ verdict }) => verdict === 'pass').length;
  const probe = createSheet(1, 1, LIGHT.background);
  const small: TextStyle = { size: 13, colour: LIGHT.mutedText };
  const notes = [
    ...(told.length > shown.length ? [`${told.length - shown.length} more figures changed.`] : []),
    `${unchanged} of ${outcome.rows.length} figures unchanged or within tolerance, against ${outcome.against}.`,
    ...(outcome.accept === undefined ? [] : [`To accept: ${outcome.accept}`]),
  ].flatMap((note) => wrapText(probe.context, note, INNER, small));
  const table = shown.length === 0 ? 0 : ROW * (shown.length + 1) + 20;
  const trend = trendOf(outcome, document);
  const legend = trend === undefined ? [] : legendOf(trend.chart, trend.view);
  const head = trend === undefined ? 0 : headHeight(probe, trend, INNER);
  const named = legend.length < 2 ? 0 : drawLegend(probe.context, legend, 0, 0, INNER) + 8;
  const below = trend === undefined ? 0 : 24 + head + named + TREND;
  const sheet = createSheet(WIDTH, BANNER + 28 + table + notes.length * 20 + below + 40, LIGHT.background);
  drawBanner(sheet, outcome, document.title);
  let y = BANNER + 28;
  if (shown.length > 0) {
    drawRow(
      sheet,
      y,
      COLUMNS.map(({ heading }) => heading),
      { size: 12, weight: 600 },
    );
    for (const row of shown) {
      y += ROW;
      drawRow(sheet, y, cellsOf(row), { size: 14, colour: ROW_COLOURS[row.verdict] ?? LIGHT.text });
    }
    y += ROW + 20;
  }
  notes.forEach((note, i) => {
    drawText(sheet.context, note, MARGIN, y + 14 + i * 20, small);
  });
  if (trend !== undefined) {
    y += 14 + notes.length * 20 + 24;
    await drawPanel(sheet, trend, MARGIN, y, INNER, head + named, TREND);
    if (named > 0) drawLegend(sheet.context, legend, MARGIN, y + head, INNER);
  }
  return sheet.canvas.encode('png');
}

function drawBanner({ context }: Sheet, outcome: GateOutcome, title: string): void {
  context.fillStyle = COLOURS[outcome.verdict];
  context.fillRect(0, 0, WIDTH, BANNER);
  const white = LIGHT.background;
  const headline = gateHeadline(outcome);
  drawText(context, headline, MARGIN, 46, { size: 28, weight: 600, colour: white });
  drawText(context, fitText(context, title, INNER, { size: 14 }), MARGIN, 74, { size: 14, colour: white });
}

function cellsOf(row: GateRow): string[] {
  return [
    row.model,
    metricHeading(row.metric),
    figure(row.expected, row.metric),
    figure(row.actual, row.metric),
    change(row),
    row.detail === undefined ? row.verdict : `${row.verdict}: ${row.detail}`,
  ];
}

function drawRow({ context }: Sheet, y: number, cells: readonly string[], style: TextStyle): void {
  COLUMNS.forEach(({ at, align, room }, i) => {
    drawText(context, fitText(context, cells[i] ?? '', room, style), at, y + 14, { ...style, align });
  });
  context.fillStyle = LIGHT.gridLine;
  context.fillRect(MARGIN, y + 22, INNER, 1);
}
