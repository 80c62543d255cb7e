import type { LayerColumn } from '../columns.js';
import { deepestScope, groupOf } from '../layer-rows.js';
import { formatExact } from '../number-format.js';
import type { ReportModel } from '../view.js';
import { all, el, find } from './dom.js';
import type { Store } from './state.js';

/** What the toolbar shows beside the state. */
export interface ToolbarContents {
  readonly model: ReportModel;
  /** Models that can be chosen. */
  readonly models: readonly ReportModel[];
  readonly columns: readonly LayerColumn[];
  readonly shownColumns: readonly LayerColumn[];
  readonly found: number;
  readonly total: number;
}

/** Model, search, grouping and columns of the layers table: writes the state, and follows it. */
export class LayersToolbar {
  private readonly search: HTMLInputElement;
  private readonly model: HTMLSelectElement;
  private readonly depth: HTMLSelectElement;
  private readonly columns: HTMLElement;
  private readonly count: HTMLOutputElement;
  /** Model that the choices of depth belong to. */
  private described: ReportModel | undefined;

  constructor(form: HTMLFormElement, store: Store) {
    this.search = find<HTMLInputElement>('[name=search]', form) as HTMLInputElement;
    this.model = find<HTMLSelectElement>('[name=model]', form) as HTMLSelectElement;
    this.depth = find<HTMLSelectElement>('[name=depth]', form) as HTMLSelectElement;
    this.columns = find('.columns', form) as HTMLElement;
    this.count = find<HTMLOutputElement>('[name=count]', form) as HTMLOutputElement;
    form.addEventListener('submit', (event) => event.preventDefault());
    this.search.addEventListener('input', () => store.setQuery({ search: this.search.value }));
    this.depth.addEventListener('change', () => store.setQuery({ depth: Number(this.depth.value), open: new Set() }));
    this.model.addEventListener('change', () =>
      store.set({ model: Number(this.model.value), layer: null, query: { ...store.state.query, open: new Set() } }),
    );
    this.columns.addEventListener('change', () =>
      store.set({ columns: all<HTMLInputElement>('input:checked', this.columns).map(({ value }) => value) }),
    );
  }

  show({ query }: Store['state'], { model, models, columns, shownColumns, found, total }: ToolbarContents): void {
    if (this.search.value !== query.search) this.search.value = query.search;
    this.model.replaceChildren(...models.map(({ name, index }) => el('option', { value: index }, name)));
    this.model.value = String(model.index);
    (this.model.parentElement as HTMLElement).hidden = models.length < 2;
    if (model !== this.described) this.depth.replaceChildren(...depthOptions(model));
    this.described = model;
    this.depth.value = String(Math.min(query.depth, this.depth.options.length - 1));
    this.showColumns(columns, new Set(shownColumns.map(({ id }) => id)));
    const all = formatExact(total);
    this.count.textContent = found === total ? `${all} layers` : `${formatExact(found)} of ${all} layers`;
  }

  /** One box for each column but the first; the one that has the focus keeps it. */
  private showColumns(columns: readonly LayerColumn[], shown: ReadonlySet<string>): void {
    const { activeElement } = document;
    const focused = this.columns.contains(activeElement) ? (activeElement as HTMLInputElement).value : null;
    const boxes = columns
      .slice(1)
      .map(({ id, heading }) =>
        el('label', {}, el('input', { type: 'checkbox', value: id, checked: shown.has(id) }), ` ${heading}`),
      );
    this.columns.replaceChildren(el('legend', { class: 'visually-hidden' }, 'Columns'), ...boxes);
    if (focused !== null) find<HTMLInputElement>(`input[value="${CSS.escape(focused)}"]`, this.columns)?.focus();
  }
}

/** Depths to group by, each with the first module that lies so deep. */
function depthOptions(model: ReportModel): HTMLOptionElement[] {
  const layers = model.analysis?.layers ?? [];
  const options = Array.from({ length: deepestScope(layers) }, (_, i) => {
    const example = layers.find(({ scope }) => scope.split('.').length > i && scope !== '');
    const module = example === undefined ? '' : `, ${groupOf(example, i + 1)}`;
    return el('option', { value: i + 1 }, `depth ${i + 1}${module}`);
  });
  return [el('option', { value: 0 }, 'nothing'), ...options];
}
