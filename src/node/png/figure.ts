import { CHARTS } from '../../core/report/charts/index.js';
import type { ReportDocument } from '../../core/report/document.js';
import { LIGHT } from '../../core/report/palette.js';
import { verdictOf } from '../../core/report/verdict.js';
import { isMany, type ReportView } from '../../core/report/view.js';
import { createSheet, type Sheet } from './canvas.js';
import { drawFindings, findingsHeight } from './findings.js';
import { drawPanel, headHeight, type Panel, panelOf } from './panel.js';
import { drawTable, tableHeight } from './table.js';
import { drawLegend, drawText, fitText, phrasesText, wrapText } from './text.js';

const WIDTH = 1240;
const MARGIN = 44;
const INNER = WIDTH - 2 * MARGIN;
const GUTTER = 44;
const HALF = (INNER - GUTTER) / 2;
const SUBJECT = { size: 14, colour: LIGHT.mutedText } as const;
const LINE = 20;

/**
 * What stands left and right, in order of preference: bars, then where the cost lies; roofline, then memory. Without a
 * roof or a timing the roofline says little.
 */
const LEFT = ['metrics', 'modules', 'kinds', 'latency', 'efficiency'];
const RIGHT = ['roofline', 'modules', 'memory-access', 'liveness', 'energy', 'efficiency', 'speed'];

/** Findings that stand below models that are compared. */
const FEW_FINDINGS = 5;

/**
 * The composed figure: title, then for each group its subject, legend, two charts and table; of many models one chart
 * with a row each. What is advised stands above a single model, and below several.
 */
export async function renderFigure(views: readonly ReportView[], document: ReportDocument): Promise<Uint8Array> {
  const probe = createSheet(1, 1, LIGHT.background);
  const bands = views.map((view) => bandOf(probe, view, views.length > 1 ? 420 : 560));
  const title = wrapText(probe.context, document.title, INNER, { size: 26, weight: 600 });
  const findings = document.findings ?? [];
  const above = views.length === 1 && views[0]?.models.length === 1;
  const most = above ? undefined : FEW_FINDINGS;
  const titleHeight = MARGIN + title.length * 32 + 4;
  const head = titleHeight + (above ? findingsHeight(findings) : 0);
  const foot = above ? 0 : findingsHeight(findings, most);
  const height = head + bands.reduce((sum, band) => sum + band.height, 0) + foot + 34 + MARGIN / 2;
  const sheet = createSheet(WIDTH, height, LIGHT.background);
  title.forEach((line, i) => {
    drawText(sheet.context, line, MARGIN, MARGIN + 22 + i * 32, { size: 26, weight: 600 });
  });
  if (above) drawFindings(sheet, findings, MARGIN, titleHeight + 8, INNER);
  let y = head;
  for (const band of bands) {
    await drawBand(sheet, band, y);
    y += band.height;
  }
  if (!above) drawFindings(sheet, findings, MARGIN, y, INNER, most);
  y += foot;
  const footer = { size: 11, colour: LIGHT.mutedText } as const;
  drawText(sheet.context, fitText(sheet.context, document.command, INNER - 160, footer), MARGIN, y + 22, footer);
  drawText(sheet.context, `archmeter ${document.archmeter}`, WIDTH - MARGIN, y + 22, { ...footer, align: 'right' });
  return sheet.canvas.encode('png');
}

interface Band {
  readonly view: ReportView;
  readonly subject: readonly string[];
  readonly legend: number;
  readonly panels: readonly Panel[];
  readonly head: number;
  readonly plot: number;
  readonly height: number;
}

const heading = ({ title }: ReportView) => (title === null ? 0 : 36);

function bandOf(sheet: Sheet, view: ReportView, tallest: number): Band {
  const subject = wrapText(sheet.context, phrasesText(verdictOf(view).subject.phrases), INNER, SUBJECT);
  const legend =
    view.models.length > 1 && !isMany(view) ? drawLegend(sheet.context, view.models, 0, 0, INNER, 13) + 18 : 0;
  const panels = choosePanels(view);
  const width = panels.length === 1 ? INNER : HALF;
  const head = Math.max(0, ...panels.map((panel) => headHeight(sheet, panel, width)));
  const plot = Math.max(
    panels.length === 0 ? 0 : 300,
    ...panels.map(({ chart, variant }) =>
      Math.min(chart.height(view, variant), isMany(view) ? Number.POSITIVE_INFINITY : tallest),
    ),
  );
  const table = hasTable(view) ? tableHeight(view) + 16 : 0;
  return {
    view,
    subject,
    legend,
    panels,
    head,
    plot,
    height: heading(view) + subject.length * LINE + 14 + legend + head + plot + table + 20,
  };
}

/** Of many models the chart itself has a row each, with their figures. */
const hasTable = (view: ReportView) => view.models.length > 0 && !isMany(view);

function choosePanels(view: ReportView): Panel[] {
  const rows = CHARTS.find(({ id }) => id === 'dots');
  if (rows?.applies(view)) return [panelOf(view, rows)];
  const first = (ids: readonly string[], taken?: string) => {
    const id = ids.find(
      (candidate) => candidate !== taken && CHARTS.some((chart) => chart.id === candidate && chart.applies(view)),
    );
    return CHARTS.find((chart) => chart.id === id);
  };
  const left = first(LEFT);
  const known = (view.document.devices ?? []).length > 0 || view.measurements.length > 0;
  const right = first(known ? RIGHT : RIGHT.filter((id) => id !== 'roofline'), left?.id);
  return [left, right].flatMap((chart) => (chart === undefined ? [] : [panelOf(view, chart)]));
}

async function drawBand(sheet: Sheet, { view, subject, legend, panels, head, plot }: Band, top: number): Promise<void> {
  const { context } = sheet;
  if (view.title !== null)
    drawText(context, fitText(context, view.title, INNER, { size: 19, weight: 600 }), MARGIN, top + 26, {
      size: 19,
      weight: 600,
    });
  let y = top + heading(view);
  subject.forEach((line, i) => {
    drawText(context, line, MARGIN, y + 14 + i * LINE, SUBJECT);
  });
  y += subject.length * LINE + 14;
  if (legend > 0) drawLegend(context, view.models, MARGIN, y, INNER, 13);
  y += legend;
  const width = panels.length === 1 ? INNER : HALF;
  for (const [i, panel] of panels.entries())
    await drawPanel(sheet, panel, MARGIN + i * (HALF + GUTTER), y, width, head, plot);
  if (hasTable(view)) drawTable(context, view, MARGIN, y + head + plot + 16, INNER);
}
