import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BaselineModel, EMPTY_BASELINE, formatBaseline, withEntry } from '../../../src/core/compare/baseline.js';
import { readBaseline, updateBaseline } from '../../../src/node/baseline-file.js';

const PROGRAM = fileURLToPath(new URL('update-baseline.ts', import.meta.url));
const TSX = new URL('../../../node_modules/tsx/dist/loader.mjs', import.meta.url).href;
const argumentsOf = (...args: string[]) => ['--import', TSX, PROGRAM, ...args];

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archmeter-test-'));
  path = join(folder, 'archmeter.baseline.json');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const entry = (params: number): BaselineModel => ({ setup: 's', metrics: { params } });
const put = (name: string, params: number) =>
  updateBaseline(path, (baseline) => withEntry(baseline, name, entry(params)));

describe('updateBaseline', () => {
  it.each(['write', 'fsync', 'rename'])(
    'leaves the old file whole when killed at %s, and no lock in the way',
    async (stage) => {
      await put('old', 1);
      const before = await readFile(path, 'utf8');
      const child = spawn(process.execPath, argumentsOf(path, 'new', '1', stage), { stdio: 'ignore' });
      const signal = await new Promise((done) => child.once('exit', (_code, by) => done(by)));
      expect(signal).toBe('SIGKILL');
      expect(await readFile(path, 'utf8')).toBe(before);
      // The lock of the dead process is taken over.
      await put('after', 2);
      expect(Object.keys((await readBaseline(path))?.models ?? {})).toEqual(['after', 'old']);
    },
  );

  it('loses nothing of several processes at once', async () => {
    const names = ['a', 'b', 'c'];
    await Promise.all(names.map((name) => promisify(execFile)(process.execPath, argumentsOf(path, name, '15'))));
    const baseline = await readBaseline(path);
    expect(Object.entries(baseline?.models ?? {}).map(([name, { metrics }]) => [name, metrics.params])).toEqual(
      names.map((name) => [name, 15]),
    );
    expect(await readdir(folder)).toEqual(['archmeter.baseline.json']);
  });

  it('loses nothing of many updates at once in one process', async () => {
    await Promise.all(Array.from({ length: 25 }, (_, i) => put(`m${i}`, i)));
    expect(Object.keys((await readBaseline(path))?.models ?? {})).toHaveLength(25);
    expect(await readdir(folder)).toEqual(['archmeter.baseline.json']);
  });

  it('leaves file and lock alone when the change throws', async () => {
    await put('old', 1);
    const before = await readFile(path, 'utf8');
    await expect(
      updateBaseline(path, () => {
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await readFile(path, 'utf8')).toBe(before);
    expect(await readdir(folder)).toEqual(['archmeter.baseline.json']);
  });

  it.each([
    ['a dead process', JSON.stringify({ pid: 2 ** 22 + 1, host: hostname() }), false],
    ['another machine, long ago', JSON.stringify({ pid: process.pid, host: 'elsewhere' }), true],
    ['nobody, long ago', '', true],
  ])('takes over the lock of %s', async (_, text, old) => {
    await writeFile(`${path}.lock`, text);
    if (old) await utimes(`${path}.lock`, 1e9, 1e9);
    await put('a', 1);
    expect(await readdir(folder)).toEqual(['archmeter.baseline.json']);
  });

  it('says where the folder is missing', async () => {
    path = join(folder, 'none', 'archmeter.baseline.json');
    await expect(put('a', 1)).rejects.toThrow(`${path}: its folder does not exist.`);
  });
});

describe('readBaseline', () => {
  it('is undefined where there is none', async () => expect(await readBaseline(path)).toBeUndefined());

  const whole = formatBaseline(withEntry(EMPTY_BASELINE, 'a', entry(1)));
  it.each([
    ['merge conflicts', `<<<<<<< HEAD\n${whole}=======\n${whole}>>>>>>> main\n`, 'the baseline holds merge conflicts'],
    ['half a file', whole.slice(0, 60), 'not valid JSON'],
    ['something else', '{"a": 1}', 'this is not a baseline of this version (archmeter/baseline@1)'],
    ['null', 'null', 'this is not a baseline of this version (archmeter/baseline@1)'],
    ['a number that is none', whole.replace(': 1\n', ': "1"\n'), 'the baseline is damaged'],
    ['a number without end', whole.replace(/: 1\n/, ': 1e999\n'), 'the baseline is damaged: models/a/metrics/params'],
    ['a metric that is none', whole.replace(': 1\n', ': null\n'), 'the baseline is damaged: models/a/metrics/params'],
    ['a model that is none', whole.replace(/"a": \{[\s\S]*\n {4}\}/, '"a": []'), 'the baseline is damaged: models/a'],
  ])('refuses %s', async (_, text, problem) => {
    await writeFile(path, text);
    await expect(readBaseline(path)).rejects.toThrow(`${path}: ${problem}`);
  });

  it('takes prototype keys for names', async () => {
    await writeFile(path, whole.replace('"a"', '"__proto__"'));
    const baseline = await readBaseline(path);
    expect(Object.keys(baseline?.models ?? {})).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['setup']).toBeUndefined();
  });
});
