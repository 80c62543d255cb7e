import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import type * as zoo from '../../../src/core/zoo/index.js';

const source = fileURLToPath(new URL('../../../src/core/zoo/index.ts', import.meta.url));

describe.each(['browser', 'node'] as const)('bundled for the %s', (platform) => {
  it('looks models up, builds and suggests; a look-up needs one family’s file alone', async () => {
    const outdir = mkdtempSync(join(tmpdir(), 'archmeter-zoo-'));
    try {
      const { metafile } = await build({
        entryPoints: [source],
        bundle: true,
        splitting: true,
        format: 'esm',
        platform,
        outdir,
        outExtension: { '.js': '.mjs' },
        metafile: true,
        logLevel: 'silent',
      });
      const bundle = (await import(pathToFileURL(join(outdir, 'index.mjs')).href)) as typeof zoo;
      expect((await bundle.buildModel('resnet50')).nodes).toHaveLength(175);
      expect(bundle.suggestModel('resnt50')[0]).toBe('resnet50');
      await expect(bundle.buildModel('resnt50')).rejects.toThrow('Did you mean resnet50');

      const entry = Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint?.endsWith('zoo/index.ts'));
      const eager = new Set(Object.keys(entry?.inputs ?? {}));
      expect([...eager].filter((path) => /zoo\/families\/(?!registry)/.test(path))).toEqual([]);
    } finally {
      rmSync(outdir, { recursive: true, force: true });
    }
  });
});
