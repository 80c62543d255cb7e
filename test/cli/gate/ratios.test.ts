import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from '../run.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archmeter-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const check = async (ratios: string, limits: string) => {
  await writeFile(join(folder, 'ratios.json'), ratios);
  await writeFile(join(folder, 'c.yaml'), `ratios:\n  - { file: ratios.json, limits: ${limits} }\n`);
  return run(['check', '--config', join(folder, 'c.yaml')]);
};

it('checks ratios of a benchmark without any model', async () => {
  expect((await check('{"coldStart": 2.5}', '{ coldStart: { max: 3 } }')).code).toBe(0);
  const failed = await check('{"coldStart": 3.5}', '{ coldStart: { max: 3 } }');
  expect([failed.code, failed.out]).toEqual([1, expect.stringContaining('above its limit of 3')]);
});

it('refuses ratios that are missing or none', async () => {
  expect((await check('{"other": 1}', '{ coldStart: { max: 3 } }')).err).toContain("there is no ratio 'coldStart'");
  expect((await check('{"coldStart": "fast"}', '{ coldStart: { max: 3 } }')).err).toContain('no file of ratios');
  expect((await check('{', '{ coldStart: { max: 3 } }')).err).toContain('not valid JSON');
  await rm(join(folder, 'ratios.json'));
  expect(await run(['check', '--config', join(folder, 'c.yaml')])).toMatchObject({
    code: 2,
    err: expect.stringContaining('there is no such file of ratios. Run the benchmark that writes it.'),
  });
});
