import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
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
      "git knows no revision 'none' here. Fetch it first: git fetch origin none.",
    );
    for (const odd of ['--help', '-x', '', 'a b', '$(x)']) expect(await isRevision(repository.folder, odd)).toBe(false);
    repository.git('checkout', '--quiet', '--orphan', 'other');
    repository.commit('unrelated');
    await expect(mergeBase(repository.folder, 'main')).rejects.toThrow("'main' and HEAD have no commit in common");
    repository.git('checkout', '--quiet', 'feature');
  });

  it('says how to mend a shallow clone', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'archmeter-test-'));
    repository.git('clone', '--quiet', '--depth=1', '--branch=main', `file://${repository.folder}`, folder);
    const deepen = "run git fetch --unshallow origin '+refs/heads/*:refs/remotes/origin/*'";
    await expect(resolveRevision(folder, 'origin/feature')).rejects.toThrow(deepen);
    repository.git('-C', folder, 'fetch', '--quiet', '--depth=1', 'origin', 'feature:refs/remotes/origin/feature');
    await expect(resolveRevision(folder, 'feature')).rejects.toThrow("Did you mean 'origin/feature'?");
    await expect(mergeBase(folder, 'origin/feature')).rejects.toThrow(deepen);
    repository.git('-C', folder, 'fetch', '--quiet', '--unshallow', 'origin', '+refs/heads/*:refs/remotes/origin/*');
    expect(await mergeBase(folder, 'origin/feature')).toBe(commits[0]);
    await rm(folder, { recursive: true });
  });

  it('finds files under the names that they had, and those of submodules', async () => {
    const [outer, inner] = [new TestRepository(), new TestRepository()];
    const old = inner.commit('old', { 'net ö.yaml': 'old' });
    outer.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.folder, 'nets/lib');
    const text = Array.from({ length: 20 }, (_, i) => `line ${i}`).join('\n');
    const base = outer.commit('base', { 'nets/before ü.yaml': text });
    const lib = join(outer.folder, 'nets/lib');
    inner.git('-C', lib, 'commit', '--quiet', '--allow-empty', '--message', 'newer');
    await writeFile(join(lib, 'net ö.yaml'), 'new');
    outer.git('mv', 'nets/before ü.yaml', 'nets/after.yaml');
    outer.commit('renamed', { 'nets/after.yaml': `${text}\nmore`, 'nets/fresh.yaml': 'fresh' });

    // As in a hook, which git runs with variables that point at its own repository.
    vi.stubEnv('GIT_DIR', '.git');
    vi.stubEnv('GIT_INDEX_FILE', '.git/index');
    await withRevision(join(outer.folder, 'nets'), base, async (files) => {
      const former = await files.former(join(outer.folder, 'nets/after.yaml'));
      expect(former).toBe(join(outer.folder, 'nets/before ü.yaml'));
      expect(await readFile((await files.place(former as string)) as string, 'utf8')).toBe(text);
      expect(await files.former(join(outer.folder, 'nets/fresh.yaml'))).toBeUndefined();
      expect(await readFile((await files.place(join(lib, 'net ö.yaml'))) as string, 'utf8')).toBe('old');
      expect(existsSync((await files.place(outer.folder)) as string)).toBe(true);
    });
    vi.unstubAllEnvs();

    // A submodule without the base's commit.
    await rm(lib, { recursive: true });
    outer.git('init', '--quiet', lib);
    await writeFile(join(lib, 'net ö.yaml'), 'new');
    const body = withRevision(outer.folder, base, (files) => files.place(join(lib, 'net ö.yaml')));
    await expect(body).rejects.toThrow(
      `the submodule 'nets/lib' does not have the commit that the base is built on. Fetch it: git -C nets/lib fetch origin ${old}.`,
    );
    for (const one of [outer, inner]) one.remove();
  });

  it('says so outside a repository', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'archmeter-test-'));
    await expect(resolveRevision(folder, 'HEAD')).rejects.toThrow('this folder is in no git repository');
    await rm(folder, { recursive: true });
  });
});
