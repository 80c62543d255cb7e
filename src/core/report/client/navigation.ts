import { find } from './dom.js';
import { readHash, type Store } from './state.js';

/** Links within the page keep the rest of the URL's state; a link from outside scrolls to its section. */
export function startNavigation(store: Store, signal: AbortSignal): void {
  const go = (id: string) => {
    const target = document.getElementById(id);
    target?.scrollIntoView();
    if (target !== null && id.startsWith('about-')) {
      target.setAttribute('tabindex', '-1');
      target.focus({ preventScroll: true });
    }
  };
  const onClick = (event: MouseEvent) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>('a[href^="#"]');
    if (link === null || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    const id = link.hash.slice(1);
    store.set({ at: id === 'top' ? null : id });
    if (id === 'top') window.scrollTo({ top: 0 });
    else go(id);
  };
  document.addEventListener('click', onClick, { signal });
  if (!store.isInUrl) return;
  const onHash = () => {
    store.replace(readHash(location.hash));
    if (store.state.at !== null) go(store.state.at);
  };
  window.addEventListener('hashchange', onHash, { signal });
  const { at, layer } = store.state;
  if (at !== null) go(at);
  else if (layer !== null) find('#layers')?.scrollIntoView();
}
