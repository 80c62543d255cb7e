// Bundles the HTML report's client (script and style) to strings. The build inlines them in place of
// src/core/report/html/assets.ts; from the sources that module calls this one.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const entry = (path) => fileURLToPath(new URL(`../src/core/report/client/${path}`, import.meta.url));

/** @returns {Promise<{script: string, style: string, inputs: string[]}>} */
export async function bundleReportAssets() {
  const { outputFiles, metafile } = await build({
    metafile: true,
    entryPoints: { client: entry('main.ts'), style: entry('report.css') },
    outdir: 'out',
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: ['es2022', 'chrome110', 'firefox110', 'safari16'],
    legalComments: 'none',
    logLevel: 'warning',
  });
  const text = (ending) => outputFiles.find(({ path }) => path.endsWith(ending)).text.trim();
  return {
    script: text('.js').replaceAll('</script', '<\\/script'),
    style: text('.css'),
    inputs: Object.keys(metafile.inputs),
  };
}

/** esbuild plugin for the build of the package itself. */
export const reportAssetsPlugin = {
  name: 'report-assets',
  setup(build) {
    build.onLoad({ filter: /[\\/]report[\\/]html[\\/]assets\.ts$/ }, async () => {
      const { script, style } = await bundleReportAssets();
      const assets = JSON.stringify({ script, style });
      return { contents: `const assets = ${assets};\nexport const reportAssets = async () => assets;`, loader: 'js' };
    });
  },
};
