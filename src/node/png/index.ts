import { chartsOf } from '../../core/report/charts/index.js';
import type { ReportInput } from '../../core/report/define-reporter.js';
import { toDocument } from '../../core/report/document.js';
import { metricRows } from '../../core/report/metric-rows.js';
import { formatFigure } from '../../core/report/number-format.js';
import { LIGHT, modelColour } from '../../core/report/palette.js';
import { viewsOf } from '../../core/report/view.js';
import { createSheet, FONT_FAMILY, placeChart, renderChart } from './canvas.js';

const WIDTH = 1200;

/** The composed figure: title, bars, roofline, table. */
export async function renderPng(input: ReportInput): Promise<Uint8Array> {
  const [view] = viewsOf(toDocument(input));
  if (view === undefined) throw new Error('no model');
  const rows = metricRows(view);
  const sheet = createSheet(WIDTH, 560 + rows.length * 24, LIGHT.background);
  const { context } = sheet;
  context.fillStyle = LIGHT.text;
  context.font = `600 24px ${FONT_FAMILY}`;
  context.fillText(input.title, 32, 52);
  let x = 32;
  for (const id of ['metrics', 'roofline']) {
    const definition = chartsOf(view).find((candidate) => candidate.id === id);
    if (definition === undefined) continue;
    const chart = definition.build({
      view,
      theme: LIGHT,
      font: { family: FONT_FAMILY, size: 13 },
      width: 552,
      variant: null,
      selection: null,
      hidden: new Set(),
    });
    await placeChart(sheet, renderChart(chart, 552, 360), x, 100, 552, 360);
    x += 584;
  }
  rows.forEach((row, i) => {
    const y = 520 + i * 24;
    context.fillStyle = LIGHT.text;
    context.font = `14px ${FONT_FAMILY}`;
    context.textAlign = 'left';
    context.fillText(row.heading, 32, y);
    context.textAlign = 'right';
    row.cells.forEach(({ value }, index) => {
      context.fillStyle = modelColour(LIGHT, (view.models[index] as (typeof view.models)[number]).style);
      if (value !== null) context.fillText(formatFigure(value, row.unit), 360 + index * 160, y);
    });
  });
  return sheet.canvas.encode('png');
}
