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
import type { ReportView } from '../view.js';
import { ChartCard, type ChartSettings } from './chart-card.js';
import { Diagrams } from './diagrams.js';
import { all, find, whenIdle } from './dom.js';
import { startFiguresSort } from './figures-sort.js';
import { startGroups } from './groups.js';
import { LayersTable } from './layers-table.js';
import { startNavigation } from './navigation.js';
import { startSelectionBar } from './selection-bar.js';
import { startSortableTables } from './sortable.js';
import type { Store } from './state.js';
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

/** A report that a reader can use. */
export interface MountedReport {
  /** Draws the charts again, where colours have changed. */
  redraw(): void;
  /** Takes away everything that listens and draws. */
  dispose(): void;
}

/**
 * Brings the markup of a report to life: charts, diagrams, the layers table, and links between them.
 *
 * @param root element that holds the markup of `html/body.ts`
 * @param source the report's document as text, to be saved
 */
export function mountReport(
  root: HTMLElement,
  views: readonly ReportView[],
  store: Store,
  source: string,
): MountedReport {
  const stop = new AbortController();
  const { signal } = stop;
  const later = (tasks: readonly (() => void)[]) =>
    whenIdle(
      tasks.map((task) => () => {
        if (!signal.aborted) task();
      }),
    );
  const viewAt = (group: number) => (views[group] ?? views[0]) as ReportView;
  const settings: ChartSettings = {
    view: viewAt(store.state.group),
    family: getComputedStyle(document.body).fontFamily,
    hidden: new Set(),
    selection: null,
    printing: false,
    onSelect: (selection) => store.set(selection),
  };
  const cards = all('[data-chart]', root).flatMap((frame) => {
    const definition = CHARTS.find(({ id }) => id === frame.dataset['chart']);
    return definition === undefined ? [] : [new ChartCard(frame, definition, settings)];
  });
  /** What is in sight now, the rest when there is time. */
  const drawAll = () => {
    for (const card of cards) if (card.isInSight()) card.draw();
    later(cards.map((card) => () => card.draw()));
  };
  const redraw = (which = cards) => {
    for (const card of which) card.invalidate();
    drawAll();
  };
  const takeSelection = () => {
    const { model, layer } = store.state;
    settings.selection = layer === null ? null : { model, layer };
  };

  startSortableTables(root);
  startTools(root, source, views[0]?.document.title ?? '');
  startGroups(views, store);
  startFiguresSort(root);
  const tablePlace = find('#layers-table', root);
  const table = tablePlace === null ? null : new LayersTable(tablePlace, views, store);
  const diagramPlace = find('#diagrams', root);
  const diagrams = diagramPlace === null ? null : new Diagrams(diagramPlace, store);
  takeSelection();

  store.onChange((state, before) => {
    takeSelection();
    if (state.group !== before.group) {
      settings.view = viewAt(state.group);
      settings.hidden.clear();
      for (const card of cards) card.setView();
      diagrams?.show(settings.view);
      redraw();
    } else if (state.layer !== before.layer || state.model !== before.model) {
      redraw(cards.filter(({ showsLayers }) => showsLayers));
    }
  });
  const bar = startSelectionBar(views, store, () => {
    find('#layers', root)?.scrollIntoView();
    table?.reveal();
  });
  signal.addEventListener('abort', () => bar.remove());
  for (const chip of all<HTMLButtonElement>('.chip', root)) {
    chip.addEventListener('click', () => {
      const model = Number(chip.dataset['model']);
      const shown = !settings.hidden.delete(model);
      if (shown) settings.hidden.add(model);
      chip.setAttribute('aria-pressed', String(!shown));
      for (const card of cards) card.describe();
      redraw();
    });
  }
  document.addEventListener(
    'click',
    ({ target }) => {
      const link = (target as Element).closest<HTMLElement>('button[data-name]');
      if (link === null) return;
      const name = link.dataset['name'];
      const group = views.findIndex(({ models }) => models.some((model) => model.name === name));
      const model = views[group]?.models.find((candidate) => candidate.name === name);
      if (model !== undefined) store.set({ group, model: model.index, layer: link.dataset['layer'] ?? null });
    },
    { signal },
  );
  window.addEventListener(
    'beforeprint',
    () => {
      settings.printing = true;
      for (const details of all<HTMLDetailsElement>('.verdict details', root)) details.open = true;
      table?.setPrinting(true);
      for (const card of cards) card.redraw();
    },
    { signal },
  );
  window.addEventListener(
    'afterprint',
    () => {
      settings.printing = false;
      table?.setPrinting(false);
      redraw();
    },
    { signal },
  );

  drawAll();
  table?.reveal();
  startNavigation(store, signal);
  later([() => diagrams?.show(settings.view)]);
  return {
    redraw: () => redraw(),
    dispose() {
      stop.abort();
      for (const card of cards) card.dispose();
    },
  };
}
