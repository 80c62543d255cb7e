import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AppServer, serveApp } from '../../src/node/app-server.js';

const folder = mkdtempSync(join(tmpdir(), 'archmeter-app-'));
let server: AppServer;

beforeAll(async () => {
  mkdirSync(join(folder, 'page'));
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(folder, 'page/index.html'), '<h1>page</h1>');
  writeFileSync(join(folder, 'page/worker.js'), 'self');
  const headers = { '*': { 'X-Test': 'page' }, 'worker.js': { 'X-Test': 'worker' } };
  writeFileSync(join(folder, 'page/headers.json'), JSON.stringify(headers));
  server = await serveApp(0, join(folder, 'page'));
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

/** As it is written: `fetch` would tidy the path up. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<{ status: number | undefined; test: unknown; body: string }>((resolve, reject) => {
    request(new URL(server.url), { path, headers, method }, (response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode, test: response.headers['x-test'], body }));
    })
      .on('error', reject)
      .end();
  });
}

it('serves the files of the page with the headers of its build', async () => {
  expect(await ask('/')).toEqual({ status: 200, test: 'page', body: '<h1>page</h1>' });
  expect(await ask('/worker.js?again')).toEqual({ status: 200, test: 'worker', body: 'self' });
});

it.each(['/../secret.txt', '/..%2fsecret.txt', '//secret.txt', '/headers.json', '/%00', '/none'])(
  'serves nothing else: %s',
  async (path) => {
    expect((await ask(path)).status).toBe(404);
  },
);

it('answers to this machine alone, and reads only', async () => {
  expect((await ask('/', { host: 'example.org' })).status).toBe(404);
  expect((await ask('/', {}, 'POST')).status).toBe(405);
});

it('says what to do where the port is taken or the page was not built', async () => {
  const port = Number(new URL(server.url).port);
  await expect(serveApp(port, join(folder, 'page'))).rejects.toThrow(
    `port ${port} is taken. Give another one with --port.`,
  );
  await expect(serveApp(0, join(folder, 'none'))).rejects.toThrow("the page was not built. Run 'npm run app'");
});
