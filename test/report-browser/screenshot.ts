// A picture of a report as a browser shows it, for the README:
// npx tsx test/report-browser/screenshot.ts <report.html> <picture.png> [width] [height] [light|dark] [selector]
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { launchBrowser } from '../browser.js';
import { settled } from './open-report.js';

const [report = '', picture = '', width = '1600', height = '1200', scheme = 'light', selector] = process.argv.slice(2);

async function take(): Promise<void> {
  const browser = await launchBrowser([], ['--single-process', '--no-zygote']);
  try {
    const page = await browser.newPage({
      viewport: { width: Number(width), height: Number(height) },
      colorScheme: scheme === 'dark' ? 'dark' : 'light',
    });
    await page.goto(pathToFileURL(resolve(report)).href);
    await settled(page);
    if (selector === undefined) await page.screenshot({ path: picture });
    else await page.locator(selector).first().screenshot({ path: picture });
  } finally {
    await browser.close();
  }
}

void take();
