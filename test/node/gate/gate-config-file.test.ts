import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ArchmeterError } from '../../../src/core/errors.js';
import { loadConfigScript } from '../../../src/node/config-script.js';
import { loadGateConfig } from '../../../src/node/gate-config-file.js';

let root: string;
beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'archmeter-test-')));
});
afterAll(() => rm(root, { recursive: true, force: true }));

let folders = 0;
/** A fresh folder with files. */
async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = join(root, String(folders++));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

async function problemOf(files: Readonly<Record<string, string>>, name = 'archmeter.config.yaml'): Promise<string> {
  const folder = await folderWith(files);
  try {
    await loadGateConfig(folder, name);
  } catch (error) {
    if (error instanceof ArchmeterError) return error.message.replaceAll(`${folder}/`, '');
    throw error;
  }
  throw new Error('nothing was wrong');
}

const yaml = (text: string) => problemOf({ 'archmeter.config.yaml': text });

describe('loadGateConfig', () => {
  it('finds the nearest configuration upwards, in each language', async () => {
    const text: Readonly<Record<string, string>> = {
      'archmeter.config.yaml': 'models: [resnet50]',
      'archmeter.config.json': '{"models": ["resnet50"]}',
      'archmeter.config.mjs': 'export default { models: ["resnet50"] };',
      'archmeter.config.cjs': 'module.exports = { models: ["resnet50"] };',
    };
    for (const [name, contents] of Object.entries(text)) {
      const folder = await folderWith({ [name]: contents, 'a/b/c.txt': '', '.git/HEAD': '' });
      const loaded = await loadGateConfig(join(folder, 'a/b'));
      expect(loaded).toEqual({
        config: { models: ['resnet50'] },
        path: join(folder, name),
        folder,
        baselinePath: join(folder, 'archmeter.baseline.json'),
        listing: { file: join(folder, name), lines: /js$/.test(name) ? [] : [1] },
      });
    }
  });

  it('builds on what it extends', async () => {
    const folder = await folderWith({
      'archmeter.config.yaml': 'extends: shared/base.yaml\nmodels: [a]\nbaseline: false',
      'shared/base.yaml': 'metrics: { params: { max: 5M } }\nmodels: [b]',
    });
    const { config, baselinePath } = await loadGateConfig(folder);
    expect(config).toEqual({ models: ['a'], metrics: { params: { max: '5M' } }, baseline: false });
    expect(baselinePath).toBeUndefined();
  });

  it('knows the line of each model, in whichever file lists them', async () => {
    const folder = await folderWith({
      'archmeter.config.yaml': 'extends: base.yaml\nbaseline: false',
      'base.yaml': 'metrics: {}\n\nmodels:\r\n  # two\n  - a\n  - { model: b,\n      batch: 2 }\n',
    });
    expect((await loadGateConfig(folder)).listing).toEqual({ file: join(folder, 'base.yaml'), lines: [5, 6] });
    await writeFile(join(folder, 'archmeter.config.yaml'), '\uFEFFextends: base.yaml\nmodels: [a,\n  b]');
    expect((await loadGateConfig(folder)).listing.lines).toEqual([2, 3]);
  });

  it('says what to do where there is none', async () => {
    const folder = await folderWith({ 'x.txt': '' });
    await expect(loadGateConfig(folder)).rejects.toThrow(
      `no archmeter.config.yaml in ${folder}. Write one with 'archmeter init'.`,
    );
    expect(await problemOf({ 'x.txt': '' })).toBe(
      "archmeter.config.yaml: there is no such configuration. Write one with 'archmeter init'.",
    );
  });

  it.each([
    ['models: [a]\nmetrcs: {}', "archmeter.config.yaml: unknown key 'metrcs'. Did you mean 'metrics'?"],
    [
      'models: [a]\nmetrics: { madd: {} }',
      "archmeter.config.yaml: unknown key 'madd' under 'metrics'. Did you mean 'madds'?",
    ],
    ['models: [a]\nmetrics: { macs: {} }', "archmeter.config.yaml: unknown key 'macs' under 'metrics'."],
    ['models: [{ modle: a }]', "archmeter.config.yaml: unknown key 'modle' under 'models.0'. Did you mean 'model'?"],
    [
      'models: [a]\nmetrics: { params: { level: fatal } }',
      "archmeter.config.yaml: 'metrics.params.level' must be equal to one of the allowed values: off, warn, error.",
    ],
    ['models: [a]\nmetrics: { params: { max: 5X } }', "archmeter.config.yaml: 'metrics.params.max' must be number."],
    ['models: [a]\nmetrics: { params: { max: .nan } }', "'metrics.params.max' must be number"],
    ['models: []', "archmeter.config.yaml: 'models' must NOT have fewer than 1 items."],
    ['metrics: {}', "archmeter.config.yaml: 'models' is missing. List zoo names, spec files or model files under it."],
    ['', 'archmeter.config.yaml: the configuration must be object.'],
    ['models: [a', 'archmeter.config.yaml:1:11: not valid YAML'],
  ])('%j is an error that says where', async (text, message) => {
    expect(await yaml(text)).toContain(message);
  });

  describe('with a hostile file', () => {
    it.each(['__proto__', 'constructor', 'prototype', 'toString'])("takes '%s' for an unknown key", async (key) => {
      expect(await yaml(`models: [a]\n${key}: { polluted: yes }`)).toMatch(`unknown key '${key}'`);
      expect(await yaml(`models: [a]\nmetrics: { ${key}: { max: 1 } }`)).toMatch(
        `unknown key '${key}' under 'metrics'`,
      );
      expect(
        await problemOf({ 'archmeter.config.json': `{"models": ["a"], "${key}": {}}` }, 'archmeter.config.json'),
      ).toMatch(`unknown key '${key}'`);
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    });

    it('refuses circles and long chains of extends', async () => {
      const files = { 'archmeter.config.yaml': 'extends: b.yaml', 'b.yaml': 'extends: ./archmeter.config.yaml' };
      expect(await problemOf(files)).toMatch(/'extends' goes in a circle: .* → .*\. Remove one of them\./);
      expect(await problemOf({ 'archmeter.config.yaml': 'extends: archmeter.config.yaml' })).toMatch(/in a circle/);
      const chain = Object.fromEntries(
        Array.from({ length: 20 }, (_, i) => [`${i}.yaml`, `extends: ${i + 1}.yaml\nmodels: [a]`]),
      );
      expect(await problemOf(chain, '0.yaml')).toMatch(/more than 16 files extend each other/);
    });

    it('refuses circles of symbolic links', async () => {
      const folder = await folderWith({ 'x.txt': '' });
      await symlink(join(folder, 'a.yaml'), join(folder, 'b.yaml'));
      await symlink(join(folder, 'b.yaml'), join(folder, 'a.yaml'));
      await expect(loadGateConfig(folder, 'a.yaml')).rejects.toThrow(/there is no such configuration/);
    });

    it('refuses bombs of aliases, deep nesting and large files', async () => {
      const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
      for (let i = 1; i < 12; i++)
        lines.push(
          `a${i}: &a${i} [${Array(10)
            .fill(`*a${i - 1}`)
            .join(', ')}]`,
        );
      expect(await yaml(lines.join('\n'))).toMatch(/not valid YAML: Excessive alias count/);
      expect(await yaml(`models: ${'['.repeat(50_000)}`)).toContain('not valid YAML: it is nested too deeply');
      expect(await yaml(`# ${'x'.repeat(2 ** 20)}`)).toMatch(/larger than 1 MiB/);
    });

    it.each([
      ['throw new Error("boom");', 'the configuration cannot be loaded: boom'],
      ['throw null;', 'the configuration cannot be loaded: null'],
      ['export default {', 'the configuration cannot be loaded: Unexpected'],
      ['process.exit(0);', 'it ended before it exported anything'],
      ['await new Promise(() => {});', 'it ended before it exported anything'],
      ['export default () => ({ models: ["a"] });', 'it exports something other than plain data'],
      ['export const config = {};', 'the configuration must be object'],
      ['export default JSON.parse(\'{"models": ["a"], "__proto__": {}}\');', "unknown key '__proto__'"],
    ])('says what is wrong with the script %j', async (text, message) => {
      const problem = await problemOf({ 'archmeter.config.mjs': text }, 'archmeter.config.mjs');
      expect(problem).toMatch(/^archmeter\.config\.mjs: /);
      expect(problem).toContain(message);
    });

    it('stops a script that never ends', async () => {
      const folder = await folderWith({ 'archmeter.config.mjs': 'for (;;);' });
      await expect(loadConfigScript(join(folder, 'archmeter.config.mjs'), 500)).rejects.toThrow(
        'the configuration cannot be loaded: it did not end within 0.5 s',
      );
    });
  });
});
