import { useEffect } from 'preact/hooks';
import { isEmpty, type PageState } from './page-state.js';
import { fromFragment, toFragment } from './share.js';

/** Browsers refuse an address that changes more than a few times a second. */
const SETTLE_MS = 60;

/** Keeps the page's address a link to what is open, and follows links within the page. */
export function useLink(state: PageState, onLink: (state: PageState) => void): void {
  useEffect(() => {
    const write = () => history.replaceState(null, '', isEmpty(state) ? location.pathname : toFragment(state));
    const timer = setTimeout(write, SETTLE_MS);
    return () => clearTimeout(timer);
  }, [state]);

  useEffect(() => {
    const onHash = () => {
      const linked = fromFragment(location.hash);
      if (linked !== undefined) onLink(linked);
    };
    addEventListener('hashchange', onHash);
    return () => removeEventListener('hashchange', onHash);
  }, [onLink]);
}
