import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { axeFindings, launchForPage, openPage } from './open-page.js';

let browser: Browser;
beforeAll(async () => {
  browser = await launchForPage();
});
afterAll(() => browser?.close());

it.each([
  [400, true],
  [1280, false],
])(
  'the manual is read without a network, at %i pixels, without a fault that axe finds (dark: %s)',
  async (width, dark) => {
    const opened = await openPage(browser, { width, dark });
    const { context, complaints } = opened;
    await opened.page.locator('html[data-offline]').waitFor({ state: 'attached' });
    await opened.closeServer();
    // Beside the page: what is open there stays open.
    const [page] = await Promise.all([
      context.waitForEvent('page'),
      opened.page.getByRole('link', { name: 'Manual' }).click(),
    ]);
    const names = await page.locator('nav a').allTextContents();
    expect(names).toEqual(['Tutorial', 'Spec files', 'Method', 'Zoo', 'Library']);
    for (const name of names) {
      await page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
      await page.locator('nav a[aria-current]', { hasText: name }).waitFor();
      expect((await page.locator('main').textContent())?.length, name).toBeGreaterThan(1500);
      expect(await page.evaluate('document.documentElement.scrollWidth'), name).toBeLessThanOrEqual(width);
      expect(await axeFindings({ page }), name).toEqual([]);
    }
    await page.getByRole('link', { name: 'archmeter', exact: true }).click();
    await page.locator('.picker').waitFor();
    expect(complaints).toEqual([]);
    await opened.close();
  },
);
