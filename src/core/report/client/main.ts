import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  ScatterController,
  Tooltip,
} from 'chart.js';
import { CHARTS } from '../charts/index.js';
import type { ReportDocument } from '../document.js';
import { viewOf } from '../view.js';
import { ChartCard, type ChartSettings } from './chart-card.js';
import { Diagrams } from './diagrams.js';
import { all, find, whenIdle } from './dom.js';
import { LayersTable } from './layers-table.js';
import { startNavigation } from './navigation.js';
import { startSelectionBar } from './selection-bar.js';
import { readHash, Store } from './state.js';
import { startTheme } from './theme.js';
import { startTools } from './tools.js';

Chart.register(
  BarController,
  BarElement,
  CategoryScale,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  ScatterController,
  Tooltip,
);

const source = find('#report-data')?.textContent ?? '{}';
const view = viewOf(JSON.parse(source) as ReportDocument);
const store = new Store(readHash(location.hash));

const settings: ChartSettings = {
  view,
  family: getComputedStyle(document.body).fontFamily,
  hidden: new Set(),
  selection: null,
  printing: false,
  onSelect: (selection) => store.set(selection),
};
const cards = all('[data-chart]').flatMap((frame) => {
  const definition = CHARTS.find(({ id }) => id === frame.dataset['chart']);
  return definition === undefined ? [] : [new ChartCard(frame, definition, settings)];
});
/** What is in sight now, the rest when there is time. */
const drawAll = () => {
  for (const card of cards) if (card.isNear()) card.draw();
  whenIdle(cards.map((card) => () => card.draw()));
};
const redraw = (which = cards) => {
  for (const card of which) card.invalidate();
  drawAll();
};
const select = () => {
  const { model, layer } = store.state;
  settings.selection = layer === null ? null : { model, layer };
};

startTheme(() => redraw());
startTools(source, view.document.title);
const place = find('#layers-table');
const table = place === null ? null : new LayersTable(place, view, store);
select();
store.onChange((state, before) => {
  if (state.layer === before.layer && state.model === before.model) return;
  select();
  redraw(cards.filter(({ showsLayers }) => showsLayers));
});
startSelectionBar(view, store, () => {
  find('#layers')?.scrollIntoView();
  table?.reveal();
});
for (const chip of all<HTMLButtonElement>('.chip')) {
  chip.addEventListener('click', () => {
    const model = Number(chip.dataset['model']);
    const shown = settings.hidden.has(model);
    if (shown) settings.hidden.delete(model);
    else settings.hidden.add(model);
    chip.setAttribute('aria-pressed', String(shown));
    redraw();
  });
}
document.addEventListener('click', ({ target }) => {
  const link = (target as Element).closest<HTMLElement>('button[data-layer]');
  if (link !== null) store.set({ model: Number(link.dataset['model']), layer: link.dataset['layer'] ?? null });
});
window.addEventListener('beforeprint', () => {
  settings.printing = true;
  table?.setPrinting(true);
  for (const card of cards) card.redraw();
});
window.addEventListener('afterprint', () => {
  settings.printing = false;
  table?.setPrinting(false);
  redraw();
});

drawAll();
table?.reveal();
startNavigation(store);
document.documentElement.dataset['ready'] = '';
const diagrams = find('#diagrams');
if (diagrams !== null) whenIdle([() => new Diagrams(diagrams, view, store)]);
