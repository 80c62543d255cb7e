import { type DotPanel, dotPanels } from '../../core/report/charts/drawing/dot-panels.js';
import type { ReportDocument } from '../../core/report/document.js';
import { metricRows } from '../../core/report/metric-rows.js';
import { LIGHT } from '../../core/report/palette.js';
import { untimed } from '../../core/report/verdict.js';
import { describeRig, type ReportView } from '../../core/report/view.js';
import type { MetricId } from '../../core/units.js';
import { createSheet, drawChart, FONT_FAMILY, type Sheet } from './canvas.js';
import { drawText, fitText, wrapText } from './text.js';

/** 16:9. */
const WIDTH = 1280;
const HEIGHT = 720;
const MARGIN = 36;
const GUTTER = 40;
const TITLE = { size: 26, weight: 600 } as const;
const SMALL = { size: 13, colour: LIGHT.mutedText } as const;
const HEAD = 26;
/** Axis and headings of a group's panels. */
const AXIS = 58;
const SMALLEST_ROW = 13;
const LARGEST_ROW = 34;

/** Panels of a group, at most three: what was timed, the paper's point, and what it is held against. */
const PANELS: readonly MetricId[] = ['measuredLatencyMs', 'estimatedLatencyMs', 'memoryAccessCost', 'madds', 'params'];
const MOST_PANELS = 3;

/** Several groups of models as one slide: a row a model, a panel a figure, in two columns of groups. */
export async function renderSlide(views: readonly ReportView[], document: ReportDocument): Promise<Uint8Array> {
  const width = (WIDTH - 2 * MARGIN - GUTTER) / 2;
  const columns = inColumns(views);
  const room = HEIGHT - 2 * MARGIN - 84;
  const rows = (column: readonly ReportView[]) => column.reduce((sum, { models }) => sum + models.length, 0);
  const fixed = (column: readonly ReportView[]) => column.length * (HEAD + AXIS + 8);
  const pitch = (column: readonly ReportView[]) =>
    Math.max(SMALLEST_ROW, Math.min(LARGEST_ROW, (room - fixed(column)) / Math.max(1, rows(column))));
  const height = Math.max(
    HEIGHT,
    ...columns.map((column) => fixed(column) + rows(column) * pitch(column) + 2 * MARGIN + 84),
  );
  const sheet = createSheet(WIDTH, height, LIGHT.background);
  drawHead(sheet, views, document);
  for (const [i, column] of columns.entries()) {
    let y = MARGIN + 66;
    for (const view of column) {
      const tall = AXIS + view.models.length * pitch(column);
      drawGroup(sheet, view, MARGIN + i * (width + GUTTER), y, width, tall);
      y += HEAD + tall + 8;
    }
  }
  const command = fitText(sheet.context, document.command, WIDTH - 2 * MARGIN - 160, SMALL);
  drawText(sheet.context, command, MARGIN, height - MARGIN + 12, { ...SMALL, size: 11 });
  drawText(sheet.context, `archmeter ${document.archmeter}`, WIDTH - MARGIN, height - MARGIN + 12, {
    ...SMALL,
    size: 11,
    align: 'right',
  });
  return sheet.canvas.encode('png');
}

/** Two columns of about the same number of rows, in the order given. */
function inColumns(views: readonly ReportView[]): ReportView[][] {
  const weight = ({ models }: ReportView) => models.length + 4;
  const all = views.reduce((sum, view) => sum + weight(view), 0);
  let taken = 0;
  const left = views.filter((view, i) => {
    const fits = i === 0 || taken + weight(view) / 2 <= all / 2;
    taken += weight(view);
    return fits;
  });
  return [left, views.slice(left.length)];
}

function drawHead({ context }: Sheet, views: readonly ReportView[], { title }: ReportDocument): void {
  drawText(context, fitText(context, title, WIDTH - 2 * MARGIN, TITLE), MARGIN, MARGIN + 20, TITLE);
  const rigs = [...new Set(views.flatMap(({ measurements }) => measurements.map(describeRig)))];
  const models = views.flatMap((view) => view.models);
  const basis = rigs.length === 0 ? untimed(models) : `Timed on ${rigs.join(' and on ')}.`;
  const text = `${basis} Broken line: the first of each group. Further left costs less; axes are logarithmic.`;
  wrapText(context, text, WIDTH - 2 * MARGIN, SMALL)
    .slice(0, 1)
    .forEach((line) => {
      drawText(context, line, MARGIN, MARGIN + 46, SMALL);
    });
}

function drawGroup(sheet: Sheet, view: ReportView, x: number, y: number, width: number, height: number): void {
  const style = { size: 15, weight: 600 } as const;
  drawText(sheet.context, fitText(sheet.context, view.title ?? '', width, style), x, y + 18, style);
  const rows = metricRows(view)
    .filter(({ id, cells }) => PANELS.includes(id) && cells.some(({ value }) => value !== null))
    .sort((a, b) => PANELS.indexOf(a.id) - PANELS.indexOf(b.id));
  const panels = rows.slice(0, MOST_PANELS).map(
    ({ heading, unit, origin, cells }): DotPanel => ({
      title: heading,
      unit,
      estimated: origin === 'estimated',
      scale: 'logarithmic',
      cells,
    }),
  );
  const chart = dotPanels(
    {
      view,
      theme: LIGHT,
      font: { family: FONT_FAMILY, size: 12 },
      width,
      variant: null,
      selection: null,
      hidden: new Set(),
    },
    panels,
    view.models,
  );
  drawChart(sheet, chart, x, y + HEAD, width, height);
}
