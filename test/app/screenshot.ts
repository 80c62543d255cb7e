// A picture of the page as a browser shows it, for the README:
// npx tsx test/app/screenshot.ts <picture.png> [width] [height] [light|dark]
import { launchForPage, openPage, settled } from './open-page.js';

const [picture = '', width = '1280', height = '900', scheme = 'light'] = process.argv.slice(2);

async function take(): Promise<void> {
  const browser = await launchForPage();
  const { page, close } = await openPage(browser, { width: Number(width), dark: scheme === 'dark' });
  try {
    await page.setViewportSize({ width: Number(width), height: Number(height) });
    await page.locator('.examples button').first().click();
    await settled(page);
    await page.locator('.report section').first().waitFor();
    await page.mouse.move(0, 0);
    while ((await page.locator('[data-chart]:not([hidden]):not([data-drawn])').count()) > 0)
      await page.waitForTimeout(10);
    await page.screenshot({ path: picture });
  } finally {
    await close();
    await browser.close();
  }
}

void take();
