import type { LayerQuery } from '../layer-rows.js';

/** What a reader has chosen: all of it stands in the URL, so a link shows the same view. */
export interface PageState {
  /** Section to scroll to. */
  readonly at: string | null;
  /** Group shown. */
  readonly group: number;
  /** Model of the layers table, by its place in the group. */
  readonly model: number;
  /** Selected layer of that model. */
  readonly layer: string | null;
  readonly query: LayerQuery;
  /** Columns of the table; null is the default. */
  readonly columns: readonly string[] | null;
}

const INITIAL: PageState = {
  at: null,
  group: 0,
  model: 0,
  layer: null,
  query: { search: '', sort: null, descending: true, depth: 0, open: new Set() },
  columns: null,
};

export function readHash(hash: string): PageState {
  const text = hash.replace(/^#/, '');
  if (!text.includes('=')) return { ...INITIAL, at: text === '' ? null : decode(text) };
  const values = new URLSearchParams(text);
  const sort = values.get('sort');
  const whole = (name: string) => Math.max(0, Math.trunc(Number(values.get(name) ?? 0)) || 0);
  return {
    at: values.get('at'),
    group: whole('group'),
    model: whole('model'),
    layer: values.get('layer'),
    query: {
      search: values.get('search') ?? '',
      sort: sort === null ? null : sort.replace(/^-/, ''),
      descending: sort?.startsWith('-') ?? true,
      depth: whole('depth'),
      open: new Set(values.getAll('open')),
    },
    columns: values.get('columns')?.split('.') ?? null,
  };
}

function writeHash({ at, group, model, layer, query, columns }: PageState): string {
  const values = new URLSearchParams();
  if (at !== null) values.set('at', at);
  if (group !== 0) values.set('group', String(group));
  if (model !== 0) values.set('model', String(model));
  if (layer !== null) values.set('layer', layer);
  if (query.search !== '') values.set('search', query.search);
  if (query.sort !== null) values.set('sort', `${query.descending ? '-' : ''}${query.sort}`);
  if (query.depth !== 0) values.set('depth', String(query.depth));
  for (const name of query.open) values.append('open', name);
  if (columns !== null) values.set('columns', columns.join('.'));
  return values.size === 0 ? '' : `#${values}`;
}

export function keepInUrl(state: PageState): void {
  const hash = writeHash(state);
  history.replaceState(null, '', hash === '' ? '#' : hash);
}

type Listener = (state: PageState, before: PageState) => void;

/** The state and those who draw it. */
export class Store {
  private readonly listeners: Listener[] = [];

  /** @param keep called with each state that a reader chooses, to keep it in a link */
  constructor(
    private current: PageState,
    private readonly keep?: (state: PageState) => void,
  ) {}

  get isInUrl(): boolean {
    return this.keep !== undefined;
  }

  get state(): PageState {
    return this.current;
  }

  onChange(listener: Listener): void {
    this.listeners.push(listener);
  }

  set(change: Partial<PageState>): void {
    this.replace({ ...this.current, ...change });
    this.keep?.(this.current);
  }

  setQuery(change: Partial<LayerQuery>): void {
    this.set({ query: { ...this.current.query, ...change } });
  }

  /** Takes a state that the URL already holds. */
  replace(state: PageState): void {
    const before = this.current;
    this.current = state;
    for (const listener of this.listeners) listener(state, before);
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
