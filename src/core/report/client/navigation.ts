import { find } from './dom.js';
import { readHash, type Store } from './state.js';

/** Links within the page keep the rest of the URL's state; a link from outside scrolls to its section. */
export function startNavigation(store: Store): void {
  const go = (id: string) => {
    const target = document.getElementById(id);
    target?.scrollIntoView();
    if (target !== null && id.startsWith('about-')) {
      target.setAttribute('tabindex', '-1');
      target.focus({ preventScroll: true });
    }
  };
  document.addEventListener('click', (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>('a[href^="#"]');
    if (link === null || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    const id = link.hash.slice(1);
    store.set({ at: id === 'top' ? null : id });
    if (id === 'top') window.scrollTo({ top: 0 });
    else go(id);
  });
  window.addEventListener('hashchange', () => {
    store.replace(readHash(location.hash));
    if (store.state.at !== null) go(store.state.at);
  });
  const { at, layer } = store.state;
  if (at !== null) go(at);
  else if (layer !== null) find('#layers')?.scrollIntoView();
}
