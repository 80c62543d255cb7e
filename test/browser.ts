import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import chromium from '@sparticuz/chromium';
import { type Browser, chromium as playwright } from 'playwright-core';

/**
 * A real headless Chromium from npm: it unpacks itself, with the system libraries it needs, into a folder of our own.
 *
 * @param without switches of that Chromium to leave out
 */
export async function launchBrowser(args: readonly string[] = [], without: readonly string[] = []): Promise<Browser> {
  const folder = join(tmpdir(), 'archmeter-chromium');
  mkdirSync(folder, { recursive: true });
  const outer = process.env['TMPDIR'];
  process.env['TMPDIR'] = folder;
  try {
    const executablePath = await chromium.executablePath();
    const libraries = join(folder, 'al2023', 'lib');
    return await playwright.launch({
      executablePath,
      args: [...chromium.args.filter((arg) => !arg.startsWith('--headless') && !without.includes(arg)), ...args],
      headless: true,
      env: {
        ...process.env,
        ...(existsSync(libraries) ? { LD_LIBRARY_PATH: libraries } : {}),
      } as Record<string, string>,
    });
  } finally {
    if (outer === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = outer;
  }
}
