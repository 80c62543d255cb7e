import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, it, vi } from 'vitest';
import { netSpec } from '../../core/compare/gate-models.js';
import { run } from '../run.js';

const workingDirectory = process.cwd();
let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'archmeter-test-')));
  process.chdir(folder);
  vi.stubEnv('CI', '');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  process.chdir(workingDirectory);
  await rm(folder, { recursive: true, force: true });
});
afterAll(() => process.chdir(workingDirectory));

it('writes a configuration of the models found, with which baseline and check work at once', async () => {
  await mkdir('nets');
  await writeFile('nets/net.yaml', netSpec());
  await writeFile('docker-compose.yaml', 'services: {}\n');
  await writeFile('package.json', '{"layers": 1}');
  await run(['analyze', 'nets/net.yaml', '--json', '--output', 'nets/saved.json']);
  expect(await run(['init'])).toEqual({
    code: 0,
    out: "wrote archmeter.config.yaml; now run 'archmeter baseline update' and commit both files\n",
    err: '',
  });
  const text = await readFile('archmeter.config.yaml', 'utf8');
  expect(text).toMatch(/^# yaml-language-server: \$schema=https:\/\/unpkg\.com\/archmeter@.*\/config\.json\n/);
  expect(text).toContain('\nmodels:\n  - "nets/net.yaml"\n\n');
  expect((await run(['baseline', 'update'])).code).toBe(0);
  expect(await run(['check'])).toMatchObject({ code: 0, out: expect.stringContaining('passed: 4 figures') });
});

it('names a zoo model where there is none, and the schema of an installed archmeter', async () => {
  await mkdir('node_modules/archmeter/dist/schemas', { recursive: true });
  await writeFile('node_modules/archmeter/dist/schemas/config.json', '{}');
  await run(['init']);
  const text = await readFile('archmeter.config.yaml', 'utf8');
  expect(text).toContain('$schema=./node_modules/archmeter/dist/schemas/config.json\n');
  expect(text).toContain('\nmodels:\n  - resnet50\n');
});

it.each(['archmeter.config.yaml', 'archmeter.config.mjs'])('refuses where there is %s', async (name) => {
  await writeFile(name, 'mine');
  expect(await run(['init'])).toMatchObject({
    code: 2,
    err: `archmeter: ${name}: there is a configuration already. Edit it, or delete it first.\n`,
  });
  expect(await readFile(name, 'utf8')).toBe('mine');
});
