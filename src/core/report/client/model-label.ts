import { modelName } from '../html/parts.js';
import type { ReportModel } from '../view.js';
import { el } from './dom.js';

/** Marker and name of a model, as the HTML has them. */
export function modelLabel(model: Pick<ReportModel, 'name' | 'style'>): Element {
  const template = el('template');
  // The markup is made by the `html` template, which escapes every name.
  template.innerHTML = modelName(model).text;
  return template.content.firstElementChild ?? el('span');
}
