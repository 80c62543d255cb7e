import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendHistory } from '../../../src/node/history-file.js';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archmeter-test-'));
  path = join(folder, 'history.jsonl');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const entry = (commit: string, params: number) => ({ commit, date: '2026-01-01', models: { net: { params } } });

describe('appendHistory', () => {
  it('has one line a commit, the newest last', async () => {
    await appendHistory(path, entry('a', 1));
    await appendHistory(path, entry('b', 2));
    expect(await appendHistory(path, entry('b', 3))).toEqual([entry('a', 1), entry('b', 3)]);
    expect((await readFile(path, 'utf8')).split('\n')).toEqual([
      JSON.stringify(entry('a', 1)),
      JSON.stringify(entry('b', 3)),
      '',
    ]);
  });

  it('refuses a file that holds something else, and leaves it alone', async () => {
    await writeFile(path, `${JSON.stringify(entry('a', 1))}\nnotes of mine\n`);
    await expect(appendHistory(path, entry('b', 2))).rejects.toThrow(
      `${path}:2: this is no line of a history. Give another file, or delete the line.`,
    );
    expect(await readFile(path, 'utf8')).toContain('notes of mine');
  });
});
