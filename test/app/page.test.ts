import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import pixelmatch from 'pixelmatch';
import type { Browser, Worker } from 'playwright-core';
import { PNG } from 'pngjs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { analyzeModel } from '../../src/cli/options/model.js';
import { joinSavedFiles } from '../../src/core/report/index.js';
import { renderPng } from '../../src/node/png/index.js';
import { damagedBytes } from '../core/importers/damaged.js';
import {
  axeFindings,
  closeAll,
  launchForPage,
  type OpenedPage,
  openPage,
  savedBytes,
  savedDocument,
  savedText,
  settled,
} from './open-page.js';

let browser: Browser;
let opened: OpenedPage[] = [];

beforeAll(async () => {
  browser = await launchForPage();
});
afterEach(async () => {
  for (const page of opened) await page.close();
  opened = [];
});
afterAll(() => browser?.close());

async function open(options: Parameters<typeof openPage>[1] = {}): Promise<OpenedPage> {
  const page = await openPage(browser, options);
  opened.push(page);
  return page;
}

/** What `archmeter analyze` gives. */
const counted = (reference: string, options: Record<string, unknown> = {}) =>
  analyzeModel(reference, { _: [], $0: 'archmeter', ...options });

const FIXTURES = fileURLToPath(new URL('../../fixtures', import.meta.url));
const filesOf = (folder: string, ending: RegExp) =>
  readdirSync(join(FIXTURES, folder))
    .filter((name) => ending.test(name))
    .map((name) => join(FIXTURES, folder, name));

describe('figures', () => {
  it.each([
    ['onnx', /\.onnx$/],
    ['pt2', /\.pt2$/],
    ['keras', /\.(keras|h5)$/],
    ['tflite', /\.tflite$/],
    ['specs', /\.(yaml|json)$/],
  ])('of every file in fixtures/%s are those of the command line', async (folder, ending) => {
    const { page, complaints } = await open();
    const paths = filesOf(folder, ending);
    // Beside a model lies what it refers to.
    const beside = filesOf(folder, /\.data$/);
    await page.locator('[data-files]').setInputFiles([...paths, ...beside]);
    await settled(page);
    const { analyses } = await savedDocument(page);
    const problems = await page.locator('.problem').allTextContents();
    const rest = [...analyses];
    for (const path of paths) {
      const command = await counted(path, {}).catch((error: Error) => error);
      if (command instanceof Error) {
        expect(problems, path).toContain(command.message.replaceAll(path, basename(path)));
        continue;
      }
      const found = rest.shift();
      const { model, ...figures } = JSON.parse(JSON.stringify(command.result));
      expect({ ...found, model: undefined }, path).toEqual({ ...figures, model: undefined });
      expect({ ...found?.model, name: '', source: null }).toEqual({ ...model, name: '', source: null });
    }
    expect(rest).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('of a folder of TensorFlow.js are those of the command line', async () => {
    const { page } = await open();
    const folder = join(FIXTURES, 'tfjs/norms');
    await page.locator('[data-folder]').setInputFiles(folder);
    await settled(page);
    const { analyses } = await savedDocument(page);
    const { result } = await counted(join(folder, 'model.json'), {});
    expect(analyses.map(({ totals }) => totals)).toEqual([JSON.parse(JSON.stringify(result.totals))]);
  });

  it('follow batch, resolution, element type, execution and device at once', async () => {
    const { page } = await open();
    await page.locator('#zoo-name').fill('resnet18');
    await page.getByRole('button', { name: 'Add' }).click();
    await page.locator('[name=batch]').fill('4');
    await page.locator('[name=resolution]').fill('160');
    await page.locator('[name=dtype]').selectOption('fp16');
    await page.locator('[name=execution]').selectOption('fused');
    await page.locator('[name=on]').selectOption('rtx-4090');
    await settled(page);
    const { analyses, estimates, command } = await savedDocument(page);
    const { result } = await counted('resnet18', { batch: 4, resolution: 160, dtype: 'fp16', execution: 'fused' });
    expect(analyses).toEqual([JSON.parse(JSON.stringify(result))]);
    expect(estimates?.[0]?.device).toBe('GeForce RTX 4090');
    expect(command).toBe(
      'archmeter analyze resnet18 --batch 4 --resolution 160 --dtype fp16 --execution fused --on rtx-4090',
    );
  });

  it('follow options of a model and sizes that a file leaves open', async () => {
    const { page } = await open();
    await page.locator('#zoo-name').fill('repvgg-a0');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.locator('[name=parameters]').fill('deploy=true');
    await settled(page);
    const { analyses, command } = await savedDocument(page);
    const { result } = await counted('repvgg-a0', { set: ['deploy=true'] });
    expect(analyses.map(({ totals }) => totals)).toEqual([JSON.parse(JSON.stringify(result.totals))]);
    expect(command).toBe('archmeter analyze repvgg-a0 --set deploy=true');
    const other = await open({ hash: new URL(page.url()).hash });
    await settled(other.page);
    expect((await savedDocument(other.page)).command).toBe(command);
    await page.locator('[name=parameters]').fill('');
    await page.locator('[name=dims]').fill('sequence=4');
    await settled(page);
    const error = await counted('repvgg-a0', { dim: ['sequence=4'] }).catch(({ message }: Error) => message);
    expect(await page.locator('.problem').allTextContents()).toEqual([error]);
  });

  it('tells in the words of the command line what cannot be had, and shows the rest', async () => {
    const { page } = await open();
    for (const name of ['resnet81', 'resnet18']) {
      await page.locator('#zoo-name').fill(name);
      await page.getByRole('button', { name: 'Add' }).click();
    }
    await settled(page);
    const error = await counted('resnet81', {}).catch(({ message }: Error) => message);
    expect(await page.locator('.problem').allTextContents()).toEqual([error]);
    expect((await savedDocument(page)).analyses.map(({ model }) => model.name)).toEqual(['resnet18']);
  });
});

describe('files that would harm', () => {
  it('damaged ones leave the page as able as before', async () => {
    const { page, complaints } = await open();
    const seeds = ['onnx/test_resnet.onnx', 'pt2/test_resnet.pt2', 'keras/nested.keras', 'tflite/conv1d.fp32.tflite'];
    const files = seeds.flatMap((seed) =>
      fc
        .sample(damagedBytes(new Uint8Array(readFileSync(join(FIXTURES, seed)))), { seed: 1, numRuns: 8 })
        .map((bytes, i) => ({ name: `${i}-${basename(seed)}`, mimeType: '', buffer: Buffer.from(bytes) })),
    );
    await page.locator('[data-files]').setInputFiles(files);
    await settled(page);
    expect(await page.locator('.open-model').count()).toBe(files.length);
    for (const text of await page.locator('.problem').allTextContents())
      expect(text).not.toMatch(/undefined|\bat \w+ \(/);
    await closeAll(page);
    await page.locator('#zoo-name').fill('vovnet39');
    await page.getByRole('button', { name: 'Add' }).click();
    await settled(page);
    expect((await savedDocument(page)).analyses[0]?.totals.params).toBe(22_600_296);
    expect(complaints).toEqual([]);
  });

  it('runs nothing that a name brings', async () => {
    const { page, complaints } = await open();
    const spec =
      'schema: archmeter/spec@1\nname: "<img src=x onerror=alert(1)>"\ninput: [1, 3, 8, 8]\nlayers: [relu]\n';
    await page
      .locator('[data-files]')
      .setInputFiles({ name: '<script>alert(2)<\\script>.yaml', mimeType: '', buffer: Buffer.from(spec) });
    await settled(page);
    expect(await page.locator('h1').textContent()).toContain('<img src=x');
    expect(await page.locator('main img, main script').count()).toBe(0);
    expect(complaints).toEqual([]);
  });
});

describe('a picture', () => {
  it('is the one that the command line writes', async () => {
    const { page, complaints } = await open();
    await page.locator('#zoo-name').fill('resnet18');
    await page.getByRole('button', { name: 'Add' }).click();
    await settled(page);
    const picture = PNG.sync.read(await savedBytes(page, 'Picture (PNG)'));
    const text = await savedText(page, 'Data (JSON)');
    const input = joinSavedFiles([{ name: 'page.json', text }], {
      title: 'resnet18',
      command: JSON.parse(text).command,
    });
    const own = PNG.sync.read(Buffer.from(await renderPng(input)));
    expect([picture.width, picture.height]).toEqual([own.width, own.height]);
    // Two drawers of letters: edges differ, what is drawn does not.
    const different = pixelmatch(picture.data, own.data, undefined, own.width, own.height, { threshold: 0.4 });
    expect(different / (own.width * own.height)).toBeLessThan(0.02);
    expect(complaints).toEqual([]);
  });
});

describe('without a network', () => {
  it('works once it is loaded, and its policy lets nothing out', async () => {
    const { page, closeServer, complaints } = await open();
    await page.locator('html[data-offline]').waitFor({ state: 'attached' });
    await closeServer();
    await page.reload();
    expect(await page.evaluate('crossOriginIsolated')).toBe(true);
    await page.locator('.examples button').first().click();
    await settled(page);
    expect(await savedText(page, 'Report (HTML)')).toContain('<!doctype html>');
    expect(complaints).toEqual([]);
    const [worker] = page.workers() as [Worker];
    // In a task of its own: what a debugger evaluates itself is exempt.
    const compile = `new Promise((resolve) => setTimeout(() => {
      try { new Function('return 1'); resolve('compiled'); } catch ({ name }) { resolve(name); }
    }))`;
    expect(await worker.evaluate(compile)).toBe('EvalError');
    const leak = await page.evaluate("fetch('https://example.org').then(() => 'out', ({ message }) => message)");
    expect(leak).toMatch(/Failed to fetch/);
    expect(complaints.join()).toContain('Content Security Policy');
  });
});

describe('a link', () => {
  it('opens what was open, and is short', async () => {
    const { page } = await open();
    await page.locator('.examples button').first().click();
    await page.locator('[name=batch]').fill('8');
    await settled(page);
    const before = await savedDocument(page);
    const hash = new URL(page.url()).hash;
    expect(hash.length).toBeLessThan(2048);
    const other = await open({ hash });
    await settled(other.page);
    expect(await savedDocument(other.page)).toEqual(before);
  });

  it('that is damaged opens an empty page', async () => {
    const { page, complaints } = await open({ hash: '#open=q1bKVbKKV' });
    expect(await page.locator('.welcome').count()).toBe(1);
    expect(complaints).toEqual([]);
  });
});

describe('for everyone', () => {
  it.each([
    [400, false],
    [1920, true],
  ])('fits %i pixels and has no fault that axe finds (dark: %s)', async (width, dark) => {
    const opened = await open({ width, dark });
    const { page } = opened;
    expect(await axeFindings(opened)).toEqual([]);
    await page.locator('.examples button').first().click();
    await settled(page);
    await page.locator('.report section').first().waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    expect(await axeFindings(opened)).toEqual([]);
  });

  it('is used with the keyboard alone', async () => {
    const { page } = await open();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent.trim()')).toBe('Skip to the figures');
    const focused = () => page.evaluate('document.activeElement.id || document.activeElement.textContent');
    for (let i = 0; i < 20 && (await focused()) !== 'zoo-name'; i++) await page.keyboard.press('Tab');
    await page.keyboard.type('squeezenet1-1');
    await page.keyboard.press('Enter');
    await settled(page);
    expect(await page.locator('h1').textContent()).toBe('squeezenet1-1');
    for (let i = 0; i < 20 && (await page.evaluate('document.activeElement.name')) !== 'execution'; i++)
      await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await settled(page);
    expect(page.url()).toContain('#open=');
    expect(await page.locator('.conditions').textContent()).toContain('fused');
  });
});
