import type { LayerColumn } from '../columns.js';
import { type LayerRow, layerRows } from '../layer-rows.js';
import type { ReportModel, ReportView } from '../view.js';
import { el, find } from './dom.js';
import { cellElement, columnWidth } from './layer-cells.js';
import { chosenColumns, columnsOf } from './layer-columns.js';
import { layerDetail } from './layer-detail.js';
import { LayersToolbar } from './layers-toolbar.js';
import type { PageState, Store } from './state.js';

/** Height of a row in CSS pixels; the style sheet has the same. */
const ROW = 34;
/** Rows drawn beyond the visible ones on either side. */
const MARGIN = 12;
/** Rows on paper, in the order and selection that the screen shows. */
const PRINTED = 24;

/** The layers of one model: only the rows in sight exist. */
export class LayersTable {
  private rows: LayerRow[] = [];
  private columns: LayerColumn[] = [];
  /** Largest value of each column among the rows, for the bars. */
  private largest: number[] = [];
  private active = 0;
  private first = -1;
  private last = -1;
  private printing = false;
  private readonly toolbar: LayersToolbar;
  private readonly grid: HTMLElement;
  private readonly detail: HTMLElement;
  private readonly body = el('tbody');
  private readonly before = el('tr', { class: 'spacer', 'aria-hidden': 'true' }, el('td'));
  private readonly after = el('tr', { class: 'spacer', 'aria-hidden': 'true' }, el('td'));

  constructor(
    private readonly place: HTMLElement,
    private readonly views: readonly ReportView[],
    private readonly store: Store,
  ) {
    this.grid = find('.grid', place) as HTMLElement;
    this.detail = find('.detail', place) as HTMLElement;
    this.grid.addEventListener('scroll', () => this.drawRows(), { passive: true });
    this.grid.addEventListener('keydown', (event) => this.onKey(event));
    new ResizeObserver(() => this.drawRows()).observe(this.grid);
    this.toolbar = new LayersToolbar(find<HTMLFormElement>('form', place) as HTMLFormElement, store);
    this.update();
    store.onChange((state, old) => this.onChange(state, old));
  }

  /** Scrolls the selected layer into the middle of the table. */
  reveal(): void {
    const index = this.rows.findIndex(({ type, name }) => type === 'layer' && name === this.store.state.layer);
    if (index < 0) return;
    this.active = index;
    this.grid.scrollTop = Math.max(0, index * ROW - this.grid.clientHeight / 2);
    this.drawRows(true);
  }

  setPrinting(printing: boolean): void {
    this.printing = printing;
    this.drawRows(true);
  }

  private get view(): ReportView {
    return (this.views[this.store.state.group] ?? this.views[0]) as ReportView;
  }

  private get model(): ReportModel | undefined {
    const { models } = this.view;
    const chosen = models[this.store.state.model];
    return chosen?.analysis == null ? models.find(({ analysis }) => analysis !== null) : chosen;
  }

  private onChange(state: PageState, old: PageState): void {
    if (
      state.query !== old.query ||
      state.model !== old.model ||
      state.group !== old.group ||
      state.columns !== old.columns
    ) {
      if (state.model !== old.model || state.group !== old.group || state.query.search !== old.query.search)
        this.grid.scrollTop = 0;
      this.update();
    } else if (state.layer !== old.layer) {
      this.drawRows(true);
      this.drawDetail();
    }
  }

  private update(): void {
    const { model, store } = this;
    const layers = model?.analysis?.layers ?? [];
    if (model === undefined) return;
    this.columns = chosenColumns(columnsOf(this.view, model), store.state.columns);
    this.rows = layerRows(layers, this.columns, store.state.query);
    this.largest = this.columns.map((_, column) =>
      this.rows.reduce(
        (most, { level, cells }) =>
          Math.max(most, level === 0 && typeof cells[column] === 'number' ? (cells[column] as number) : 0),
        0,
      ),
    );
    this.active = Math.min(this.active, Math.max(0, this.rows.length - 1));
    this.toolbar.show(store.state, {
      model,
      models: this.view.models.filter(({ analysis }) => analysis !== null),
      columns: columnsOf(this.view, model),
      shownColumns: this.columns,
      found: this.rows.reduce((sum, row) => sum + (row.level === 0 ? row.count : 0), 0),
      total: layers.length,
    });
    this.drawTable();
    this.drawDetail();
  }

  private drawTable(): void {
    const { sort, descending } = this.store.state.query;
    const headings = this.columns.map((column) => {
      const sorted = column.id === sort || (sort === null && column.id === '');
      const button = el(
        'button',
        { type: 'button', title: column.definition },
        column.heading,
        el('span', { class: 'arrow', 'aria-hidden': 'true' }, sorted ? (descending ? '▼' : '▲') : ''),
      );
      button.addEventListener('click', () => this.sortBy(column));
      return el(
        'th',
        {
          scope: 'col',
          'data-column': column.id,
          class: column.unit === 'text' ? '' : 'number',
          ...(sorted ? { 'aria-sort': descending ? 'descending' : 'ascending' } : {}),
        },
        button,
      );
    });
    const widths = this.columns.map((column) => {
      const col = el('col');
      col.style.width = `${columnWidth(column, this.rows)}rem`;
      return col;
    });
    const table = el(
      'table',
      { class: 'layer-table', 'aria-rowcount': this.rows.length + 1 },
      el('caption', { class: 'visually-hidden' }, `Layers of ${this.model?.name ?? ''}`),
      el('colgroup', {}, ...widths),
      el('thead', {}, el('tr', {}, ...headings)),
      this.body,
    );
    for (const spacer of [this.before, this.after])
      (spacer.firstElementChild as HTMLTableCellElement).colSpan = this.columns.length;
    const focused = this.grid.contains(document.activeElement)
      ? document.activeElement?.closest('th')?.getAttribute('data-column')
      : null;
    this.grid.replaceChildren(table);
    if (focused != null) find<HTMLButtonElement>(`th[data-column="${CSS.escape(focused)}"] button`, table)?.focus();
    this.drawRows(true);
  }

  private drawRows(force = false): void {
    const visible = Math.ceil(this.grid.clientHeight / ROW);
    const top = this.printing ? 0 : Math.max(0, Math.floor(this.grid.scrollTop / ROW) - MARGIN);
    const bottom = Math.min(this.rows.length, this.printing ? PRINTED : top + visible + 2 * MARGIN);
    if (!force && top === this.first && bottom === this.last) return;
    this.first = top;
    this.last = bottom;
    const focused = this.body.contains(document.activeElement);
    this.before.style.height = `${top * ROW}px`;
    this.after.style.height = `${this.printing ? 0 : (this.rows.length - bottom) * ROW}px`;
    const rows = this.rows.slice(top, bottom).map((row, i) => this.rowElement(row, top + i));
    if (this.rows.length === 0)
      rows.push(
        el('tr', {}, el('td', { colspan: this.columns.length, class: 'nothing' }, 'No layer matches the search.')),
      );
    this.body.replaceChildren(this.before, ...rows, this.after);
    if (focused) this.focusActive();
  }

  private rowElement(row: LayerRow, index: number): HTMLTableRowElement {
    const { state } = this.store;
    const selected = row.type === 'layer' && row.name === state.layer;
    const open = state.query.open.has(row.name);
    const button = el(
      'button',
      {
        type: 'button',
        tabindex: index === this.active ? 0 : -1,
        title: row.name,
        ...(row.type === 'group' ? { 'aria-expanded': String(open) } : { 'aria-pressed': String(selected) }),
      },
      row.type === 'group' ? el('span', { class: 'twisty', 'aria-hidden': 'true' }, open ? '▾' : '▸') : null,
      el('bdi', {}, row.label),
      row.type === 'group' ? el('span', { class: 'muted' }, ` ${row.count}`) : null,
    );
    const element = el(
      'tr',
      { class: `${row.type} level-${row.level}${selected ? ' selected' : ''}`, 'aria-rowindex': index + 2 },
      el('th', { scope: 'row' }, button),
      ...this.columns
        .slice(1)
        .map((column, i) => cellElement(column, row.cells[i + 1] ?? null, this.largest[i + 1] ?? 0)),
    );
    element.addEventListener('click', () => this.activate(index));
    return element;
  }

  /** A group opens or closes, a layer is selected or let go. */
  private activate(index: number): void {
    const row = this.rows[index];
    if (row === undefined) return;
    this.active = index;
    const { state } = this.store;
    if (row.type === 'group') {
      const open = new Set(state.query.open);
      if (!open.delete(row.name)) open.add(row.name);
      this.store.setQuery({ open });
    } else {
      this.store.set({ layer: state.layer === row.name ? null : row.name, model: this.model?.index ?? 0 });
    }
    this.focusActive();
  }

  private sortBy({ id, unit }: LayerColumn): void {
    const { sort, descending } = this.store.state.query;
    const first = unit !== 'text';
    if (sort !== id) this.store.setQuery({ sort: id, descending: first });
    else if (descending === first) this.store.setQuery({ descending: !first });
    else this.store.setQuery({ sort: null, descending: true });
  }

  private onKey(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(this.grid.clientHeight / ROW) - 2);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -this.rows.length,
      End: this.rows.length,
    };
    const step = steps[event.key];
    if (step === undefined || (event.target as Element).closest('thead') !== null) return;
    event.preventDefault();
    const inside = this.body.contains(document.activeElement);
    this.active = Math.min(this.rows.length - 1, Math.max(0, this.active + (inside ? step : 0)));
    const top = this.active * ROW;
    const head = ROW + 6;
    if (top < this.grid.scrollTop) this.grid.scrollTop = top;
    else if (top + ROW + head > this.grid.scrollTop + this.grid.clientHeight)
      this.grid.scrollTop = top + ROW + head - this.grid.clientHeight;
    this.drawRows(true);
    this.focusActive();
  }

  private focusActive(): void {
    find<HTMLButtonElement>('button[tabindex="0"]', this.body)?.focus({ preventScroll: true });
  }

  private drawDetail(): void {
    const { model } = this;
    const { layer } = this.store.state;
    const index = model?.analysis?.layers.findIndex(({ name }) => name === layer) ?? -1;
    const contents =
      model === undefined ? [] : layerDetail(this.view, model, index, () => this.store.set({ layer: null }));
    this.detail.replaceChildren(
      ...(contents.length > 0
        ? contents
        : [
            el(
              'p',
              { class: 'muted' },
              'Select a layer for its shapes and formulas. It is marked in the charts above.',
            ),
          ]),
    );
    this.place.classList.toggle('has-selection', contents.length > 0);
  }
}
