const RELOADED = 'archmeter-isolated';

/**
 * Keeps the page for the time without a network, and gives it the headers of isolation where its server does not: for
 * those it has to be loaded once more, which is done at once and once only.
 */
export function startOffline(): void {
  const { serviceWorker } = navigator;
  if (serviceWorker === undefined) return;
  void serviceWorker
    .register(new URL('./sw.js', import.meta.url))
    .then(() => serviceWorker.ready)
    .then(() => {
      document.documentElement.dataset['offline'] = '';
      if (globalThis.crossOriginIsolated || sessionStorage.getItem(RELOADED) !== null) return;
      if (document.querySelector('.open-model') !== null) return;
      sessionStorage.setItem(RELOADED, '');
      location.reload();
    })
    // A private window, or a page that is not served securely: it works all the same while it is open.
    .catch(() => undefined);
}
