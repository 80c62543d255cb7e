// Builds dist/: the Node API, the browser-safe core, the command line and the report's client script.
// `node .dev/build.js` bundles; `--types` also writes the declarations that the package ships.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildApp } from './app.js';
import { thirdPartyNotices } from './notices.js';
import { bundleReportAssets, reportAssetsPlugin } from './report-assets.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const at = (...parts) => join(root, ...parts);
const { dependencies, optionalDependencies, peerDependencies } = JSON.parse(readFileSync(at('package.json'), 'utf8'));

// Small packages on the command line's start path are bundled: one file loads several times faster than fifty.
const BUNDLED = new Set(['yargs', 'fastest-levenshtein', 'string-width']);
const external = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })
  .filter((name) => !BUNDLED.has(name))
  .flatMap((name) => [name, `${name}/*`]);

rmSync(at('dist'), { recursive: true, force: true });

/** Measuring text widths compiles large tables of Unicode: not before the first text is measured. */
const lazyStringWidth = {
  name: 'lazy-string-width',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^string-width$/ }, ({ kind, resolveDir }) =>
      kind === 'require-call' ? undefined : { path: resolveDir, namespace: 'lazy-string-width' },
    );
    onLoad({ filter: /.*/, namespace: 'lazy-string-width' }, ({ path }) => ({
      contents: "export default (...args) => require('string-width').default(...args);",
      resolveDir: path,
    }));
  },
};

const { metafile } = await build({
  metafile: true,
  entryPoints: { index: at('src/index.ts'), 'core/index': at('src/core/index.ts'), 'cli/main': at('src/cli/main.ts') },
  outdir: at('dist'),
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  chunkNames: 'chunks/[name]-[hash]',
  // Less to parse at each start of the command line; names stay for stack traces.
  minifyWhitespace: true,
  minifySyntax: true,
  external,
  plugins: [reportAssetsPlugin, lazyStringWidth],
  sourcemap: 'linked',
  // The sources are in the package's repository: the maps tell lines and names.
  sourcesContent: false,
  logLevel: 'warning',
});

const [{ inputs }, app] = await Promise.all([bundleReportAssets(), buildApp()]);
writeFileSync(
  at('dist/THIRD_PARTY_NOTICES.md'),
  thirdPartyNotices([...Object.keys(metafile.inputs), ...inputs, ...Object.keys(app.metafile.inputs)]),
);

const fonts = at('src/node/png/fonts');
cpSync(at('src/docs'), at('dist/docs'), { recursive: true });
if (existsSync(fonts)) cpSync(fonts, at('dist/chunks/fonts'), { recursive: true });

if (process.argv.includes('--types')) {
  const tsc = at('node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', at('.dev/tsconfig.types.json')], { stdio: 'inherit' });
}

const { schemas } = await import(`file://${at('dist/index.js')}`);
mkdirSync(at('dist/schemas'), { recursive: true });
for (const [name, schema] of Object.entries(await schemas())) {
  writeFileSync(at('dist/schemas', `${name}.json`), `${JSON.stringify(schema, null, 2)}\n`);
}
