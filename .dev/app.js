// Builds the page into dist/app: `npm run app`, and part of `npm run build`.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { writeManual } from './manual.js';
import { reportAssetsPlugin } from './report-assets.js';
import { validatorsModule } from './validators.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const at = (...parts) => join(root, ...parts);
const TARGET = ['es2022', 'chrome113', 'firefox121', 'safari17'];

/** The drawing of PNG files is that of the command line; its canvas, and nothing else of it, is the browser's. */
const pngPlugin = {
  name: 'png-in-a-page',
  setup({ onResolve }) {
    onResolve({ filter: /^archmeter:png$/ }, () => ({ path: at('src/node/png/index.ts') }));
    onResolve({ filter: /^archmeter:fonts\// }, ({ path }) => ({
      path: at('src/node/png/fonts', path.slice('archmeter:fonts/'.length)),
    }));
    onResolve({ filter: /^\.\/canvas\.js$/ }, ({ importer }) =>
      /[\\/]node[\\/]png[\\/]/.test(importer) ? { path: at('src/app/worker/png-canvas.ts') } : undefined,
    );
  },
};

/** Rows of the table of devices, from the measurements that readers sent. */
const communityPlugin = {
  name: 'community',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^archmeter:community$/ }, ({ path }) => ({ path, namespace: 'community' }));
    onLoad({ filter: /.*/, namespace: 'community' }, async () => {
      const { communityRows } = await evaluate("export { communityRows } from './src/core/compose/community-rows.ts';");
      const folder = at('reports/community');
      const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
      const rows = communityRows(names.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8'))));
      return { contents: JSON.stringify(rows), loader: 'json' };
    });
  },
};

/** Schemas of specs are compiled here: the page's policy lets no text run as a program. */
const validatorsPlugin = {
  name: 'validators',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]core[\\/]spec[\\/]validator\.ts$/ }, async () => {
      const { OPS, loadBlocks } = await evaluate(`
        export { OPS } from './src/core/ops/index.ts';
        export { loadBlocks } from './src/core/spec/blocks.ts';`);
      const schemas = [...OPS.values()].map(({ attributes }) => attributes);
      for (const { options } of (await loadBlocks()).values()) schemas.push(options);
      return { contents: validatorsModule(schemas), loader: 'js', resolveDir: root };
    });
  },
};

/** @param {string} out folder that the page is written to */
export async function buildApp(out = at('dist/app')) {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const common = { bundle: true, minify: true, target: TARGET, legalComments: 'none', logLevel: 'warning' };
  const { metafile } = await build({
    ...common,
    metafile: true,
    entryPoints: { app: at('src/app/main.tsx'), worker: at('src/app/worker/main.ts') },
    outdir: out,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    chunkNames: 'chunks/[name]-[hash]',
    loader: { '.wasm': 'binary', '.ttf': 'binary' },
    plugins: [reportAssetsPlugin, pngPlugin, communityPlugin, validatorsPlugin],
  });
  const { themeVariables, headersOf, META_POLICY } = await evaluate(`
    export { themeVariables } from './src/core/report/html/page.ts';
    export { headersOf, META_POLICY } from './src/app/headers.ts';`);
  const { outputFiles } = await build({
    ...common,
    stdin: {
      contents: `@import './src/core/report/client/report.css';\n@import './src/app/app.css';\n${themeVariables()}`,
      resolveDir: root,
      loader: 'css',
    },
    write: false,
  });
  writeFileSync(join(out, 'app.css'), outputFiles[0].text);
  cpSync(at('src/app/icon.svg'), join(out, 'icon.svg'));
  const template = readFileSync(at('src/app/index.html'), 'utf8');
  writeFileSync(join(out, 'index.html'), template.replace('{{policy}}', META_POLICY));
  await writeManual(at('src/docs'), join(out, 'manual'), META_POLICY);
  const files = listFiles(out);
  await build({
    ...common,
    entryPoints: { sw: at('src/app/sw.ts') },
    outdir: out,
    format: 'iife',
    define: { __FILES__: JSON.stringify(files), __VERSION__: JSON.stringify(versionOf(out, files)) },
  });
  // For the server: of each file that has other headers than the rest.
  const headers = Object.fromEntries(['*', 'sw.js', 'worker.js'].map((path) => [path, headersOf(path)]));
  writeFileSync(join(out, 'headers.json'), `${JSON.stringify(headers, null, 1)}\n`);
  return { metafile, files: [...files, 'sw.js'] };
}

/** Runs a few of our own modules, bundled. */
async function evaluate(contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`);
}

function listFiles(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
}

function versionOf(folder, files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(file).update(readFileSync(join(folder, file)));
  return hash.digest('hex').slice(0, 16);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { files } = await buildApp();
  console.log(`dist/app: ${files.length} files`);
}
