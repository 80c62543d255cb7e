import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { launchForPage, openPage, settled } from '../app/open-page.js';

/** How the page behaves: medians, in ms; bytes compressed, without runtimes. */
export interface AppCost {
  /** From navigation until models can be added. */
  readonly interactiveMs: number;
  /** From a click on an example until its report can be used. */
  readonly exampleMs: number;
  readonly bytes: number;
  readonly largeLayers: number;
  /** From dropping a model of so many layers until its report can be used. */
  readonly largeMs: number;
  /** From a letter typed into the search of its layers until the next frame stands. */
  readonly largeInteractionMs: number;
}

const REPEATS = 5;
const LARGE_LAYERS = 10_000;

export async function benchApp(): Promise<AppCost> {
  const browser = await launchForPage();
  try {
    const starts: number[] = [];
    const examples: number[] = [];
    for (let i = 0; i < REPEATS; i++) {
      const started = performance.now();
      const { page, close } = await openPage(browser);
      starts.push(performance.now() - started);
      examples.push(await until(page, () => page.locator('.examples button').first().click()));
      await close();
    }
    return {
      interactiveMs: median(starts),
      exampleMs: median(examples),
      bytes: compressedBytes(),
      largeLayers: LARGE_LAYERS,
      ...(await large(browser)),
    };
  } finally {
    await browser.close();
  }
}

async function large(browser: Browser) {
  const { page, close } = await openPage(browser);
  const layers = '  - { op: conv, outChannels: 8, kernel: 3, padding: 1 }\n  - relu\n'.repeat(LARGE_LAYERS / 2);
  const spec = `schema: archmeter/spec@1\nname: large\ninput: [1, 8, 32, 32]\nlayers:\n${layers}`;
  const file = { name: 'large.yaml', mimeType: '', buffer: Buffer.from(spec) };
  const largeMs = await until(page, () => page.locator('[data-files]').setInputFiles(file));
  await page.locator('.toolbar input[type=search]').focus();
  const typed: number[] = [];
  for (const letter of 'relu_') typed.push(Number(await page.evaluate(`(${TYPE})(${JSON.stringify(letter)})`)));
  await close();
  return { largeMs, largeInteractionMs: median(typed) };
}

/** Types a letter where the focus is; gives the time until the frame after it stands. */
const TYPE = `async (letter) => {
  const field = document.activeElement;
  const started = performance.now();
  field.value += letter;
  field.dispatchEvent(new Event('input', { bubbles: true }));
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  return performance.now() - started;
}`;

async function until(page: Page, act: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await act();
  await settled(page);
  await page.locator('.report section').first().waitFor();
  return performance.now() - started;
}

function compressedBytes(): number {
  const folder = fileURLToPath(new URL('../../dist/app', import.meta.url));
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/^(wasm|webgpu)-/.test(entry.name))
    .reduce((sum, entry) => sum + gzipSync(readFileSync(join(entry.parentPath, entry.name))).length, 0);
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] as number;
