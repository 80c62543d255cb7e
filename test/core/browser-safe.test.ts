import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { analyze } from '../../src/core/analysis/analyze.js';
import { buildModel } from '../../src/core/zoo/index.js';
import { launchBrowser } from '../browser.js';

it('bundles for the browser and analyses VoVNet-39 in Chromium as in Node', async () => {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { analyze, buildModel } from './src/core/index.ts';
        globalThis.totals = buildModel('vovnet39').then((graph) => analyze(graph).totals);`,
      resolveDir: process.cwd(),
    },
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    write: false,
    logLevel: 'silent',
    plugins: [
      {
        name: 'report-client',
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /^archmeter:/ }, ({ path }) => ({ path, namespace: 'empty' }));
          onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: "export default '';" }));
        },
      },
    ],
  });
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
