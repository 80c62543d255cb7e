/** Neither page nor worker may reach any network; images are those that charts draw. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/**
 * The thread that computes has no document. Runtimes bring WebAssembly; no text is run as a program, and it may fetch
 * nothing.
 */
const WORKER_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'";

/** Keeps the page for the time without a network. */
const OFFLINE_POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'";

export const META_POLICY = PAGE_POLICY;

/**
 * Headers of a file of the page: those of isolation, for a fine clock, and the policy of what runs in it.
 *
 * @param path relative to the page
 */
export function headersOf(path: string): Readonly<Record<string, string>> {
  const policy =
    path === 'sw.js' ? OFFLINE_POLICY : path === 'worker.js' ? WORKER_POLICY : `${PAGE_POLICY}; frame-ancestors 'none'`;
  return {
    'Content-Security-Policy': policy,
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
  };
}
