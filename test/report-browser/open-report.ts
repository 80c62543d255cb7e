import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import type { ReportInput } from '../../src/core/report/define-reporter.js';
import { renderReport } from '../../src/core/report/index.js';

export interface OpenOptions {
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
  readonly hash?: string;
}

export interface OpenedReport {
  readonly page: Page;
  readonly url: string;
  /** Console errors, exceptions, requests and policy violations: all must stay empty. */
  readonly complaints: string[];
  close(): Promise<void>;
}

/** Opens a report from disk, as a reader would, and waits until it can be used and all charts are drawn. */
export async function openReport(
  browser: Browser,
  input: ReportInput,
  options: OpenOptions = {},
): Promise<OpenedReport> {
  const folder = mkdtempSync(join(tmpdir(), 'archmeter-report-'));
  const path = join(folder, 'report.html');
  writeFileSync(path, await renderReport('html', input));
  const url = pathToFileURL(path).href;
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: options.height ?? 900 },
    colorScheme: options.dark === true ? 'dark' : 'light',
    acceptDownloads: true,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (request.url() !== url.split('#')[0] && !request.url().startsWith('blob:'))
      complaints.push(`request of ${request.url()}`);
  });
  await page.goto(options.hash === undefined ? url : `${url}#${options.hash}`);
  await settled(page);
  return {
    page,
    url,
    complaints,
    close: async () => {
      await context.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Until every chart that has data is drawn, and the diagrams too. */
export async function settled(page: Page): Promise<void> {
  await page.locator('html[data-ready]').waitFor({ state: 'attached' });
  if ((await page.locator('#diagrams').count()) > 0)
    await page.locator('#diagrams > *').first().waitFor({ state: 'attached' });
  while ((await page.locator('[data-chart]:not([hidden]):not([data-drawn])').count()) > 0)
    await page.waitForTimeout(10);
}
