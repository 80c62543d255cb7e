/// <reference lib="webworker" />
import { headersOf } from './headers.js';

declare const __FILES__: readonly string[];
declare const __VERSION__: string;

const worker = globalThis as unknown as ServiceWorkerGlobalScope;
const CACHE = `archmeter-${__VERSION__}`;

/** Everything is fetched once, runtimes too: from then on no request leaves the page. */
worker.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(__FILES__.map((file) => new Request(file, { cache: 'reload' }))))
      .then(() => worker.skipWaiting()),
  );
});

worker.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(
          names.filter((name) => name.startsWith('archmeter-') && name !== CACHE).map((name) => caches.delete(name)),
        ),
      )
      .then(() => worker.clients.claim()),
  );
});

worker.addEventListener('fetch', (event) => {
  event.respondWith(answer(event.request));
});

async function answer(request: Request): Promise<Response> {
  const url = new URL(request.url);
  const scope = new URL(worker.registration.scope);
  if (request.method !== 'GET' || url.origin !== scope.origin) return Response.error();
  const path = url.pathname.slice(scope.pathname.length) || 'index.html';
  const cached = await (await caches.open(CACHE)).match(new URL(path, scope));
  // Another page of the same host, or a file of the next version.
  if (cached === undefined) return fetch(request);
  const headers = new Headers(cached.headers);
  for (const [name, value] of Object.entries(headersOf(path))) headers.set(name, value);
  return new Response(cached.body, { status: cached.status, statusText: cached.statusText, headers });
}
