import { CHARTS } from '../../core/report/charts/index.js';
import type { ReportInput } from '../../core/report/define-reporter.js';
import { toDocument } from '../../core/report/document.js';
import { profiledModels } from '../../core/report/profile/view.js';
import { viewsOf } from '../../core/report/view.js';
import { renderFigure } from './figure.js';
import { renderGate } from './gate.js';
import { panelOf, renderPanel } from './panel.js';
import { renderProfile } from './profile.js';
import { renderSlide } from './slide.js';

/**
 * The composed figure of a report: title, bars, roofline and table, at twice the pixel density; of a check, its verdicts;
 * of several groups a slide of all.
 */
export async function renderPng(input: ReportInput): Promise<Uint8Array> {
  const document = toDocument(input);
  if (document.gate !== undefined) return renderGate(document.gate, document);
  const views = viewsOf(document);
  const [view] = views;
  if (view !== undefined && views.length === 1 && profiledModels(view).length > 0) return renderProfile(view, document);
  return views.length > 1 ? renderSlide(views, document) : renderFigure(views, document);
}

export interface ChartPng {
  /** Of the chart, with the group's number in front where there are groups: `roofline`, `2-roofline`, `2-figure`. */
  readonly name: string;
  readonly png: Uint8Array;
}

/** Every chart of a report that has data, each as a picture of its own; of several groups also the figure of each. */
export async function renderChartPngs(input: ReportInput): Promise<ChartPng[]> {
  const document = toDocument(input);
  const views = viewsOf(document);
  const pictures: ChartPng[] = [];
  for (const [i, view] of views.entries()) {
    if (views.length > 1) pictures.push({ name: `${i + 1}-figure`, png: await renderFigure([view], document) });
    for (const chart of CHARTS.filter(({ applies }) => applies(view))) {
      const name = views.length > 1 ? `${i + 1}-${chart.id}` : chart.id;
      pictures.push({ name, png: await renderPanel(panelOf(view, chart)) });
    }
  }
  return pictures;
}
