import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import type { Browser, Worker } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EMPTY } from '../../src/app/page-state.js';
import { toFragment } from '../../src/app/share.js';
import { slimMeasurement } from '../../src/core/compose/slim-measurement.js';
import type { Measurement } from '../../src/core/measurement.js';
import { joinSavedFiles } from '../../src/core/report/index.js';
import { schemas } from '../../src/core/schemas/index.js';
import { run } from '../cli/run.js';
import { launchForPage, type OpenedPage, openPage, savedDocument, savedText, settled } from './open-page.js';

const BLOCKS = ['block:osa:layers=2,outChannels=8,width=8@1x8x14x14', 'block:dense:layers=2,growth=8@1x8x14x14'];

let browser: Browser;
let opened: OpenedPage;

beforeAll(async () => {
  browser = await launchForPage();
  opened = await openPage(browser);
  const { page } = opened;
  for (const block of BLOCKS) {
    await page.locator('#zoo-name').fill(block);
    await page.getByRole('button', { name: 'Add' }).click();
  }
  await settled(page);
});
afterAll(async () => {
  await opened?.close();
  await browser?.close();
});

async function start(runtime: string, seconds: string, page = opened.page): Promise<void> {
  await page.locator('[name=runtime]').selectOption(runtime);
  await page.locator('[name=seconds]').selectOption(seconds);
  await page.getByRole('button', { name: 'Start' }).click();
}

/** Times for the shortest while, or until told to stop, and gives what a reader can save. */
async function time(runtime: string, stopAfterMs?: number): Promise<{ text: string; measurement: Measurement }> {
  const { page } = opened;
  await start(runtime, '10');
  if (stopAfterMs !== undefined) {
    await page.locator('.progress').getByText('Timing').waitFor({ timeout: 60_000 });
    // As a reader who looks at another tab meanwhile.
    const setHidden = (hidden: boolean) =>
      page.evaluate(`Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));`);
    await setHidden(true);
    await page.waitForTimeout(stopAfterMs);
    await setHidden(false);
    await page.getByRole('button', { name: /Stop/ }).click();
  }
  await page.getByRole('button', { name: 'Start' }).waitFor({ timeout: 120_000 });
  expect(await page.locator('.problem').allTextContents()).toEqual([]);
  const text = await savedText(page, 'Measurement (JSON)');
  return { text, measurement: JSON.parse(text) as Measurement };
}

it('blocks are timed on WebAssembly and kept when stopped; the command line reads the file', async () => {
  const { text, measurement } = await time('tfjs-wasm', 1200);
  const ajv = new Ajv({ allowUnionTypes: true });
  ajv.validate((await schemas())['measurement'] as object, measurement);
  expect(ajv.errors).toBeNull();
  expect(measurement.device).toMatchObject({ kind: 'cpu' });
  expect(measurement.settings.stoppedBy).toBe('interrupt');
  expect(measurement.warnings.map(({ id }) => id)).toContain('background-tab');
  expect(measurement.arms.map(({ name }) => name)).toEqual(['osa', 'dense']);
  for (const { status } of measurement.arms) expect(['ok', 'partial']).toContain(status);
  const { measurements } = joinSavedFiles([{ name: 'page.json', text }], { command: '', title: '' });
  expect(measurements).toEqual([measurement]);
  const folder = mkdtempSync(join(tmpdir(), 'archmeter-page-'));
  try {
    const file = join(folder, 'page.json');
    writeFileSync(file, text);
    for (const argv of [
      ['report', file],
      ['diff', file, file],
    ]) {
      const { code, out, err } = await run(argv);
      expect({ code, err }, argv[0]).toEqual({ code: 0, err: '' });
      expect(out, argv[0]).toMatch(/osa.*dense/s);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  expect(await opened.page.locator('#verdict').textContent()).toContain('tfjs-wasm');
  await opened.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await opened.page.getByRole('button', { name: 'Link with the timing' }).click();
  await opened.page.getByRole('button', { name: 'Copied' }).waitFor();
  const { hash } = new URL((await opened.page.evaluate('navigator.clipboard.readText()')) as string);
  expect(hash.length).toBeLessThan(32_000);
  const other = await openPage(browser, { hash });
  await settled(other.page);
  const [linked] = (await savedDocument(other.page)).measurements;
  expect(linked).toEqual(slimMeasurement(measurement));
  await other.close();
  expect(opened.complaints).toEqual([]);
});

it('an adapter in software is timed, with right outputs, and never called a GPU', async () => {
  const { measurement } = await time('tfjs-webgpu');
  expect(measurement.device.kind).toBe('software');
  expect(measurement.device.name).toMatch(/swiftshader/i);
  for (const { status, check } of measurement.arms) {
    expect(status).toBe('ok');
    expect(check?.before).toBeLessThan(1e-5);
  }
  expect(measurement.warnings.map(({ id }) => id)).toContain('software-adapter');
  expect(await opened.page.locator('#verdict').textContent()).toContain('software adapter, not a GPU');
  expect(opened.complaints).toEqual([]);
});

it('a device that is lost ends the timing of what ran on it, and is said; the page can time again', async () => {
  const { page } = opened;
  const [worker] = page.workers() as [Worker];
  await worker.evaluate(`{
    const request = GPUAdapter.prototype.requestDevice;
    GPUAdapter.prototype.requestDevice = async function (...options) {
      globalThis.device = await request.apply(this, options);
      GPUAdapter.prototype.requestDevice = request;
      return globalThis.device;
    };
  }`);
  await start('tfjs-webgpu', '30');
  await page.locator('.progress').getByText('Timing').waitFor({ timeout: 60_000 });
  await worker.evaluate('setTimeout(() => globalThis.device.destroy())');
  await page.getByRole('button', { name: 'Start' }).waitFor({ timeout: 60_000 });
  const measurement = JSON.parse(await savedText(page, 'Measurement (JSON)')) as Measurement;
  expect(measurement.arms.some(({ status }) => status !== 'ok')).toBe(true);
  for (const { status, message } of measurement.arms) if (status !== 'ok') expect(message).toMatch(/was lost/);
});

it.each([
  ["throw new RangeError('Array buffer allocation failed')", /Array buffer allocation failed/],
  ['self.close()', /^The thread that computes ended: most likely for want of memory\.$/],
])('a thread that ends by %s leaves what it had found', async (end, reason) => {
  const { page } = opened;
  await start('tfjs-wasm', '30');
  await page.locator('.progress').getByText('Timing').waitFor({ timeout: 60_000 });
  await page.waitForTimeout(6000);
  const [worker] = page.workers() as [Worker];
  await worker.evaluate(`setTimeout(() => { ${end}; })`);
  await page.getByRole('button', { name: 'Start' }).waitFor({ timeout: 60_000 });
  expect(await page.locator('.timing .problem').textContent()).toMatch(reason);
  const text = await savedText(page, 'Measurement (JSON)');
  const measurement = JSON.parse(text) as Measurement;
  expect(measurement.settings.stoppedBy).toBe('failure');
  expect(measurement.warnings.map(({ id }) => id)).toContain('cut-off');
  expect(measurement.arms.flatMap(({ wall }) => wall?.hot.samplesMs ?? []).length).toBeGreaterThan(0);
  expect(joinSavedFiles([{ name: 'page.json', text }], { command: '', title: '' }).measurements).toEqual([measurement]);
});

it('a timing of the blocks goes into the table of devices, or is told why not', async () => {
  const fragment = toFragment({ ...EMPTY, blocks: ['E'] });
  const welcome = await openPage(browser);
  expect(await welcome.page.locator('.community').textContent()).toContain('Which device prefers which block');
  await welcome.close();
  const other = await openPage(browser, { hash: fragment });
  await settled(other.page);
  await start('tfjs-wasm', '10', other.page);
  await other.page.locator('.progress').getByText('Timing').waitFor({ timeout: 60_000 });
  await other.page.getByRole('button', { name: /Stop/ }).click();
  await other.page.getByRole('button', { name: 'Add to the table of devices' }).click();
  const reasons = other.page.locator('.add-to-table li');
  await reasons.first().waitFor();
  expect(await reasons.allTextContents()).toContain('it was stopped before its end');
  await other.close();
});
