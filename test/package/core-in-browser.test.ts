import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { analyze } from '../../src/core/analysis/analyze.js';
import { buildModel } from '../../src/core/zoo/index.js';
import { launchBrowser } from '../browser.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'archmeter-packed-'));

beforeAll(() => {
  // What `npm run build` left in dist/, packed as for the registry and unpacked beside its dependencies.
  execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], { cwd: root });
  const tarball = readdirSync(folder).find((file) => file.endsWith('.tgz')) as string;
  const place = join(folder, 'node_modules/archmeter');
  mkdirSync(place, { recursive: true });
  execFileSync('tar', ['xzf', join(folder, tarball), '-C', place, '--strip-components=1']);
  for (const name of ['ajv', 'fflate', 'flatbuffers', 'yaml']) {
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

it('a browser bundler takes archmeter/core from the packed tarball, and Chromium counts as Node does', async () => {
  const { outputFiles, warnings } = await build({
    stdin: {
      contents: `import { analyze, buildModel } from 'archmeter/core';
        globalThis.totals = buildModel('vovnet39').then((graph) => analyze(graph).totals);`,
      resolveDir: folder,
    },
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    write: false,
    logLevel: 'silent',
  });
  expect(warnings).toEqual([]);
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    await page.addScriptTag({ content: outputFiles[0]?.text as string });
    const totals = await page.evaluate('totals');
    expect(totals).toEqual(JSON.parse(JSON.stringify(analyze(await buildModel('vovnet39')).totals)));
  } finally {
    await browser.close();
  }
});
