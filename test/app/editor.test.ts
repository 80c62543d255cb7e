import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { EXAMPLE_SPEC } from '../../src/app/editor/example.js';
import { analyze } from '../../src/core/analysis/analyze.js';
import { readSpec } from '../../src/core/spec/read-spec.js';
import { buildModel } from '../../src/core/zoo/index.js';
import { axeFindings, launchForPage, type OpenedPage, openPage, savedDocument, settled } from './open-page.js';

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

/** As a keyboard or an input method does. */
async function write(opened: OpenedPage, text: string): Promise<void> {
  await content(opened).click();
  await opened.page.keyboard.press('Control+A');
  await opened.page.keyboard.insertText(text);
  await settled(opened.page);
}

const content = ({ page }: OpenedPage) => page.getByRole('textbox', { name: /^Layer spec/ });

async function begin(options: Parameters<typeof openPage>[1] = {}): Promise<OpenedPage> {
  const page = await open(options);
  await page.page.getByRole('button', { name: 'Write a spec' }).click();
  await content(page).waitFor();
  await settled(page.page);
  return page;
}

describe('the editor of specs', () => {
  it('shows figures and structure of the text, and what a change does to them, without leaving the policy', async () => {
    const opened = await begin();
    const { page, complaints } = opened;
    const before = analyze(await readSpec(EXAMPLE_SPEC, 'my-model.yaml')).totals;
    expect((await savedDocument(page)).analyses[0]?.totals).toEqual(JSON.parse(JSON.stringify(before)));
    expect(await page.locator('.spec-preview svg.diagram .box').count()).toBeGreaterThan(3);
    await write(opened, EXAMPLE_SPEC.replace('width: 64 }', 'width: 128 }'));
    const after = analyze(await readSpec(EXAMPLE_SPEC.replace('width: 64 }', 'width: 128 }'), 'my-model.yaml')).totals;
    expect(await page.locator('.spec-figures dd span').nth(1).getAttribute('title')).toBe(
      after.params.toLocaleString('en-US'),
    );
    expect(await page.locator('.spec-figures small').first().textContent()).toMatch(/^\+\d/);
    expect(complaints).toEqual([]);
  });

  it('marks a fault where it is, in the words of the command line, and keeps the last figures', async () => {
    const opened = await begin();
    const { page, complaints } = opened;
    const wrong = EXAMPLE_SPEC.replace('globalAvgPool', 'globalAvgPol');
    await write(opened, wrong);
    const error = await readSpec(wrong, 'my-model.yaml').catch(({ message }: Error) => message);
    expect(await page.locator('main .problem').allTextContents()).toEqual([error]);
    expect(await page.locator('.cm-lintRange-error').textContent()).toBe('globalAvgPol');
    expect(await page.locator('.spec-preview.stale svg.diagram').count()).toBe(1);
    expect((await savedDocument(page)).analyses).toHaveLength(1);
    await write(opened, EXAMPLE_SPEC);
    expect(await page.locator('.problem, .cm-lintRange-error').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('completes ops and attributes by keyboard', async () => {
    const opened = await begin();
    const { page } = opened;
    await write(opened, 'input: [1, 3, 32, 32]\nlayers:\n');
    await page.keyboard.press('Control+End');
    await page.keyboard.type('  - {op: con');
    await page.locator('.cm-tooltip-autocomplete li', { hasText: 'convTranspose' }).waitFor();
    await page.keyboard.type('v, outC');
    await page.locator('.cm-tooltip-autocomplete li', { hasText: 'outChannels' }).waitFor();
    // A completion is taken a moment after it appears at the earliest.
    await page.waitForTimeout(150);
    await page.keyboard.press('Enter');
    await page.keyboard.type('8, kernel: 3');
    await settled(page);
    expect(await page.locator('.problem').count()).toBe(0);
    expect((await savedDocument(page)).analyses[0]?.totals.params).toBe(8 * 3 * 9 + 8);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.closest(".spec-text")')).toBe(null);
  });

  it('writes a model of the zoo as a spec beside it; its text is saved and travels in the link', async () => {
    const { page } = await open();
    await page.locator('#zoo-name').fill('resnet18');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('button', { name: 'Edit resnet18 as a spec' }).click();
    await page.locator('.spec-text .cm-content').waitFor();
    await settled(page);
    const { analyses } = await savedDocument(page);
    expect(analyses.map(({ model }) => model.name)).toEqual(['resnet18', 'my-resnet18']);
    const { totals } = analyze(await buildModel('resnet18'));
    for (const analysis of analyses) expect(analysis.totals).toEqual(JSON.parse(JSON.stringify(totals)));
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download', exact: true }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('my-resnet18.yaml');
    const again = await readSpec(readFileSync(await download.path(), 'utf8'), 'my-resnet18.yaml');
    expect(analyze(again).totals).toEqual(totals);
    const other = await open({ hash: new URL(page.url()).hash });
    await settled(other.page);
    expect((await savedDocument(other.page)).analyses).toEqual(analyses);
    await other.page.locator('.spec-text .cm-content').waitFor();
  });

  it('opens a spec as it is, and says why a model cannot be written as one', async () => {
    const { page } = await open();
    const file = 'schema: archmeter/spec@1\ninput: [1, 3, 8, 8]\nlayers: [relu]\n';
    await page.locator('[data-files]').setInputFiles({ name: 'a.yaml', mimeType: '', buffer: Buffer.from(file) });
    await settled(page);
    await page.getByRole('button', { name: 'Edit a.yaml as a spec' }).click();
    await page.locator('.spec-text .cm-content').waitFor();
    // A spec is edited as it is, not beside itself.
    expect(await page.locator('.open-model').count()).toBe(1);
    expect(await page.locator('.cm-content').textContent()).toContain('layers: [relu]');
    await page.locator('#zoo-name').fill('deit3-small-patch16-224');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('button', { name: 'Edit deit3-small-patch16-224 as a spec' }).click();
    expect(await page.locator('.problem').textContent()).toMatch(
      /a layer takes a tensor that spec files cannot name\.$/,
    );
  });

  it.each([
    [400, true],
    [1280, false],
  ])('fits %i pixels and has no fault that axe finds (dark: %s)', async (width, dark) => {
    const opened = await begin({ width, dark });
    expect(await opened.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    await opened.page.locator('.report section').first().waitFor();
    expect(await axeFindings(opened)).toEqual([]);
  });
});
