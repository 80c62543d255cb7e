import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { headCommit, isRevision, mergeBase, resolveRevision, withRevision } from '../../../src/node/git.js';
import { TestRepository } from './repository.js';

let repository: TestRepository;
const commits: string[] = [];

beforeAll(() => {
  repository = new TestRepository();
  commits.push(
    repository.commit('one', {
      'sub/a.txt': 'one',
      '.gitattributes': 'sub/hidden.txt export-ignore',
      'sub/hidden.txt': 'kept',
    }),
  );
  commits.push(repository.commit('two', { 'sub/a.txt': 'two' }));
  repository.git('checkout', '--quiet', '-b', 'feature', commits[0] as string);
  commits.push(repository.commit('three', { 'sub/a.txt': 'three' }));
});
afterAll(() => repository.remove());

describe('git', () => {
  it('finds the commit that a branch and HEAD have in common', async () => {
    expect(await mergeBase(repository.folder, 'main')).toBe(commits[0]);
    expect(await resolveRevision(repository.folder, 'main')).toBe(commits[1]);
    expect(await headCommit(join(repository.folder, 'sub'))).toEqual({
      commit: commits[2]?.slice(0, 10),
      date: '2026-01-01T00:00:00+00:00',
    });
  });

  it('writes out a commit with all its files, and takes them away again', async () => {
    let place: string | undefined;
    await withRevision(join(repository.folder, 'sub'), commits[1] as string, async (files) => {
      place = await files.place(join(repository.folder, 'sub/a.txt'));
      expect(await readFile(place as string, 'utf8')).toBe('two');
      const hidden = await files.place(join(repository.folder, 'sub/hidden.txt'));
      expect(await readFile(hidden as string, 'utf8')).toBe('kept');
      expect(await files.place('/elsewhere/a.txt')).toBeUndefined();
    });
    expect(existsSync(place as string)).toBe(false);
    expect(repository.git('status', '--porcelain')).toBe('');
  });

  it('takes the files away where the body throws', async () => {
    let place: string | undefined;
    const body = withRevision(repository.folder, commits[0] as string, async (files) => {
      place = await files.place(join(repository.folder, 'sub/a.txt'));
      throw new Error('no');
    });
    await expect(body).rejects.toThrow('no');
    expect(existsSync(place as string)).toBe(false);
  });

  it('says what to do where a revision or a history is missing', async () => {
    await expect(resolveRevision(repository.folder, 'none')).rejects.toThrow(
      "git knows no revision 'none' here. Fetch it first (in CI: check out the full history, e.g. fetch-depth: 0).",
    );
    for (const odd of ['--help', '-x', '', 'a b', '$(x)']) expect(await isRevision(repository.folder, odd)).toBe(false);
    repository.git('checkout', '--quiet', '--orphan', 'other');
    repository.commit('unrelated');
    await expect(mergeBase(repository.folder, 'main')).rejects.toThrow("'main' and HEAD have no commit in common");
    repository.git('checkout', '--quiet', 'feature');
  });

  it('says so outside a repository', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'archmeter-test-'));
    await expect(resolveRevision(folder, 'HEAD')).rejects.toThrow('this folder is in no git repository');
    await rm(folder, { recursive: true });
  });
});
