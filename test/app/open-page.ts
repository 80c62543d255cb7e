import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { ReportDocument } from '../../src/core/report/document.js';
import { serveApp } from '../../src/node/app-server.js';
import { launchBrowser } from '../browser.js';

/** What `npm run build` left. */
const FOLDER = fileURLToPath(new URL('../../dist/app', import.meta.url));

/** As readers have it: processes apart, web security on, WebGPU (in software, where there is no GPU). */
export function launchForPage(): Promise<Browser> {
  return launchBrowser(
    ['--enable-unsafe-webgpu'],
    ['--single-process', '--no-zygote', '--disable-web-security', '--allow-running-insecure-content'],
  );
}

export interface OpenedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Console errors, exceptions and violations of the policy: all must stay empty. */
  readonly complaints: string[];
  /** From here on nothing answers but the page itself. */
  closeServer(): Promise<void>;
  close(): Promise<void>;
}

export async function openPage(
  browser: Browser,
  options: { readonly width?: number; readonly dark?: boolean; readonly hash?: string } = {},
): Promise<OpenedPage> {
  const server = await serveApp(0, FOLDER);
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: 900 },
    colorScheme: options.dark === true ? 'dark' : 'light',
    acceptDownloads: true,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(`${server.url}${options.hash ?? ''}`);
  await page.locator('.picker').waitFor();
  return {
    page,
    context,
    complaints,
    closeServer: server.close,
    async close() {
      await context.close();
      await server.close();
    },
  };
}

/** Until what is asked for is read and counted. */
export async function settled(page: Page): Promise<void> {
  await page.locator('main[aria-busy="false"]').waitFor({ timeout: 60_000 });
}

/** What a reader gets with "Data (JSON)". */
export async function savedDocument(page: Page): Promise<ReportDocument> {
  return JSON.parse(await savedText(page, 'Data (JSON)')) as ReportDocument;
}

export async function savedText(page: Page, button: string): Promise<string> {
  return (await savedBytes(page, button)).toString('utf8');
}

export async function savedBytes(page: Page, button: string): Promise<Buffer> {
  if ((await page.locator('.tools details[open]').count()) === 0) await page.getByText('Save', { exact: true }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button }).first().click(),
  ]);
  return readFileSync(await download.path());
}

export async function closeAll(page: Page): Promise<void> {
  for (;;) {
    const button = page.locator('.open-model button[aria-label^="Close"]').first();
    if ((await button.count()) === 0) return;
    await button.click();
  }
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds, in words. */
export async function axeFindings({ page }: Pick<OpenedPage, 'page'>): Promise<string[]> {
  await page.evaluate(axe);
  const { violations } = (await page.evaluate('axe.run(document)')) as {
    violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
  };
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  );
}
