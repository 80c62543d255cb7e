import { CHARTS } from '../../core/report/charts/index.js';
import type { ReportInput } from '../../core/report/define-reporter.js';
import { toDocument } from '../../core/report/document.js';
import { viewsOf } from '../../core/report/view.js';
import { renderFigure } from './figure.js';
import { renderGate } from './gate.js';
import { panelOf, renderPanel } from './panel.js';

/** The composed figure of a report: title, findings, bars, roofline and table, at twice the pixel density; of a check, its verdicts. */
export async function renderPng(input: ReportInput): Promise<Uint8Array> {
  const document = toDocument(input);
  if (document.gate !== undefined) return renderGate(document.gate, document);
  return renderFigure(viewsOf(document), document);
}

export interface ChartPng {
  /** Of the chart, with the group's number in front where there are groups: `roofline`, `2-roofline`. */
  readonly name: string;
  readonly png: Uint8Array;
}

/** Every chart of a report that has data, each as a picture of its own. */
export async function renderChartPngs(input: ReportInput): Promise<ChartPng[]> {
  const views = viewsOf(toDocument(input));
  const pictures: ChartPng[] = [];
  for (const [i, view] of views.entries()) {
    for (const chart of CHARTS.filter(({ applies }) => applies(view))) {
      const name = views.length > 1 ? `${i + 1}-${chart.id}` : chart.id;
      pictures.push({ name, png: await renderPanel(panelOf(view, chart)) });
    }
  }
  return pictures;
}
