import type { ReportView } from '../view.js';
import { all, find } from './dom.js';
import type { Store } from './state.js';

/** Shows one group at a time; chips of a newly shown group are all on. */
export function startGroups(views: readonly ReportView[], store: Store): void {
  if (views.length < 2) return;
  const select = find<HTMLSelectElement>('[data-group-select]');
  const show = () => {
    const { group } = store.state;
    for (const part of all('.group')) part.hidden = Number(part.dataset['group']) !== group;
    for (const tab of all('.tab')) tab.setAttribute('aria-pressed', String(Number(tab.dataset['groupTab']) === group));
    for (const chip of all('.chip')) chip.setAttribute('aria-pressed', 'true');
    if (select !== null) select.value = String(group);
  };
  const choose = (group: number) =>
    store.set({ group, model: 0, layer: null, query: { ...store.state.query, open: new Set() } });
  select?.addEventListener('change', () => choose(Number(select.value)));
  for (const tab of all('.tab')) tab.addEventListener('click', () => choose(Number(tab.dataset['groupTab'])));
  store.onChange((state, before) => {
    if (state.group !== before.group) show();
  });
  show();
}
