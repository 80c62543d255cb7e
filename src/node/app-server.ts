import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ArchmeterError } from '../core/errors.js';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};

/** Only this machine reaches the page. */
const HOST = '127.0.0.1';
const LOCAL_NAMES = new Set(['127.0.0.1', 'localhost']);

export interface AppServer {
  readonly url: string;
  /** Until the reader ends it with Ctrl-C, or a job is stopped. */
  interrupted(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Serves the page of archmeter to this machine, with the headers that its build wrote.
 *
 * @param port 0 for any that is free
 * @throws ArchmeterError where the page was not built, or the port is taken
 */
export async function serveApp(port: number, folder = appFolder()): Promise<AppServer> {
  const files = new Set(filesOf(folder));
  const headers = JSON.parse(readFileSync(join(folder, 'headers.json'), 'utf8')) as Record<string, object>;
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { hostname, pathname } = new URL(request.url ?? '/', `http://${request.headers.host ?? HOST}`);
    const path = decodeURIComponent(pathname.slice(1)) || 'index.html';
    // Another name may be one that a foreign page had pointed here.
    const isKnown = LOCAL_NAMES.has(hostname) && files.has(path);
    if (!isKnown || !['GET', 'HEAD'].includes(request.method ?? '')) {
      response.writeHead(isKnown ? 405 : 404, { 'Content-Type': 'text/plain' }).end();
      return;
    }
    response.writeHead(200, {
      ...(headers[path] ?? headers['*']),
      'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream',
      'Cache-Control': 'no-cache',
    });
    response.end(request.method === 'HEAD' ? undefined : await readFile(join(folder, path)));
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await listen(server, port);
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    interrupted: () =>
      new Promise((resolve) => {
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** `dist/app` of the package, from its bundle in `dist` or from its sources. */
function appFolder(): string {
  const inBundle = /[\\/]dist[\\/]/.test(fileURLToPath(import.meta.url));
  return fileURLToPath(new URL(inBundle ? '../app' : '../../dist/app', import.meta.url));
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== 'headers.json')
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
  } catch {
    throw new ArchmeterError('the page was not built', "Run 'npm run app', or install archmeter again.");
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      const problem = code === 'EADDRINUSE' ? `port ${port} is taken` : `the page cannot be served: ${message}`;
      reject(new ArchmeterError(problem, 'Give another one with --port.'));
    });
    server.listen(port, HOST, resolve);
  });
}
