import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { analyze } from '../../src/core/analysis/analyze.js';
import { renderReport } from '../../src/core/report/index.js';
import { launchBrowser } from '../browser.js';
import { deepNetwork } from '../core/report/sample-graphs.js';

/** How a report of a very large model behaves. */
export interface ReportHtmlCost {
  readonly layers: number;
  /** The whole file, and the embedded data in it, deflated: what is left may be 1.5 MB. */
  readonly bytes: number;
  readonly dataBytes: number;
  readonly renderMs: number;
  /** Median time from navigation until the page answers: verdict, table and charts in sight drawn. At most 1000; 3000 of 20,000 layers. */
  readonly interactiveMs: number;
  readonly samplesMs: readonly number[];
}

const LAYERS = 5000;
const REPEATS = 7;

/** Renders a report of a model of so many layers, with all formulas, and opens it from disk in a real Chromium, each time anew. */
export async function benchReportHtml(layers = LAYERS, repeats = REPEATS): Promise<ReportHtmlCost> {
  const graph = deepNetwork(layers);
  const input = {
    title: 'A large model',
    command: 'bench',
    analyses: [analyze(graph)],
    graphs: [graph],
    measurements: [],
  };
  await renderReport('html', input); // Bundles the client where archmeter runs from its sources.
  const started = performance.now();
  const html = String(await renderReport('html', input));
  const renderMs = performance.now() - started;

  const folder = mkdtempSync(join(tmpdir(), 'archmeter-report-bench-'));
  const browser = await launchBrowser([], ['--single-process', '--no-zygote']);
  try {
    const path = join(folder, 'report.html');
    writeFileSync(path, html);
    const samplesMs: number[] = [];
    for (let i = 0; i < repeats; i++) samplesMs.push(await timeToInteractive(browser, pathToFileURL(path).href));
    const sorted = [...samplesMs].sort((a, b) => a - b);
    return {
      layers: graph.nodes.length,
      bytes: Buffer.byteLength(html),
      dataBytes: /<script [^>]*id="report-data"[^>]*>([^<]*)</.exec(html)?.[1]?.length ?? 0,
      renderMs,
      interactiveMs: sorted[Math.floor(sorted.length / 2)] as number,
      samplesMs,
    };
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** In ms, by the page's own clock: when the client says that it is ready and the frame after that is painted. */
async function timeToInteractive(browser: Browser, url: string): Promise<number> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await page.addInitScript(`
    new MutationObserver((_, observer) => {
      if (document.documentElement.dataset.ready === undefined) return;
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => { globalThis.interactiveMs = performance.now(); }));
    }).observe(document, { attributes: true, subtree: true, attributeFilter: ['data-ready'] });
  `);
  await page.goto(url);
  await page.waitForFunction(() => 'interactiveMs' in globalThis);
  const time = await page.evaluate('globalThis.interactiveMs');
  await context.close();
  return Number(time);
}
