import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ArchmeterError } from '../core/errors.js';

const run = promisify(execFile);

async function git(folder: string, ...args: string[]): Promise<string> {
  try {
    return (await run('git', args, { cwd: folder, maxBuffer: 2 ** 26 })).stdout.trim();
  } catch (error) {
    const { code, stderr } = error as { code?: string | number; stderr?: string };
    if (code === 'ENOENT') throw new ArchmeterError('git is not installed', 'Install it, or leave out --against.');
    const reason = (stderr ?? '').split('\n')[0]?.replace(/^fatal: /, '') ?? '';
    throw new ArchmeterError(
      `git ${args[0]} failed: ${reason}`,
      'Is this a git checkout, and has the revision been fetched?',
    );
  }
}

/** Full hash of a revision. */
export function resolveRevision(folder: string, revision: string): Promise<string> {
  if (revision.startsWith('-')) throw new ArchmeterError(`'${revision}' is not a revision`);
  return git(folder, 'rev-parse', '--verify', '--quiet', `${revision}^{commit}`).catch(() => {
    throw new ArchmeterError(
      `git knows no revision '${revision}' here`,
      'Fetch it first (in CI: check out with the full history, e.g. fetch-depth: 0).',
    );
  });
}

/** The commit that two revisions have in common, e.g. a pull request's base. */
export async function mergeBase(folder: string, revision: string): Promise<string> {
  const commit = await resolveRevision(folder, revision);
  return git(folder, 'merge-base', commit, 'HEAD').catch(() => commit);
}

/**
 * Runs `body` with a folder as it was at a commit, in a temporary place that is removed afterwards.
 *
 * @param folder a folder inside the repository
 */
export async function withRevision<T>(
  folder: string,
  commit: string,
  body: (folder: string) => Promise<T>,
): Promise<T> {
  const root = await git(folder, 'rev-parse', '--show-toplevel');
  const place = await mkdtemp(join(tmpdir(), 'archmeter-revision-'));
  try {
    const archive = join(place, 'tree.tar');
    await git(root, 'archive', '--format=tar', '-o', archive, commit);
    await run('tar', ['-xf', archive, '-C', place]);
    await rm(archive);
    return await body(resolve(place, relative(root, resolve(folder))));
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

/** Short hash and ISO date of HEAD. */
export async function headCommit(folder: string): Promise<{ commit: string; date: string }> {
  const [commit, date] = (await git(folder, 'log', '-1', '--format=%h %cI')).split(' ');
  return { commit: commit as string, date: date as string };
}
