import { mountReport } from '../core/report/client/mount.js';
import { readHash, Store } from '../core/report/client/state.js';
import type { ReportDocument } from '../core/report/document.js';
import { parts } from '../core/report/html/body.js';
import { viewsOf } from '../core/report/view.js';

export interface ShownReport {
  redraw(): void;
  dispose(): void;
}

/** What the reader chose in the report that stood here before, taken over by the next. */
let store = new Store(readHash(''));
let names = '';

/**
 * Draws a report into the page, in place of the one that stands there.
 *
 * @param links where the links to its sections go
 */
export function showReport(root: HTMLElement, links: HTMLElement, document: ReportDocument): ShownReport {
  const views = viewsOf(document);
  const models = JSON.stringify(views.map((view) => view.models.map(({ name }) => name)));
  // Places and layers are those of the same models only.
  store = new Store(models === names ? store.state : readHash(''));
  names = models;
  const markup = parts(views);
  // The markup is made by the `html` template, which escapes every name. The page keeps its height and its place.
  root.style.minHeight = `${root.offsetHeight}px`;
  links.innerHTML = markup.links.text;
  root.innerHTML = markup.sections.text;
  const report = mountReport(root, views, store, `${JSON.stringify(document)}\n`);
  root.style.minHeight = '';
  return report;
}
