import { execFile } from 'node:child_process';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { ArchmeterError } from '../core/errors.js';

const execute = promisify(execFile);
const LARGEST_OUTPUT = 2 ** 26;

interface GitFailure {
  readonly code?: string | number;
  readonly stderr?: string;
}

/** What git prints, without the white space around it. */
async function git(folder: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<string> {
  const env = { ...process.env, LC_ALL: 'C', ...environment };
  const { stdout } = await execute('git', args, { cwd: folder, env, maxBuffer: LARGEST_OUTPUT });
  return stdout.trim();
}

function explain(error: unknown, problem: string, fix: string): ArchmeterError {
  const { code, stderr = '' } = error as GitFailure;
  if (code === 'ENOENT') return new ArchmeterError('git is not installed', 'Install it.', {}, { cause: error });
  if (/not a git repository/.test(stderr)) {
    return new ArchmeterError('this folder is in no git repository', 'Run it in a checkout.', {}, { cause: error });
  }
  if (/dubious ownership/.test(stderr)) {
    const command = 'git config --global --add safe.directory <folder>';
    return new ArchmeterError('git refuses a checkout of another user', `Allow it: ${command}.`, {}, { cause: error });
  }
  return new ArchmeterError(problem, fix, {}, { cause: error });
}

/**
 * Full hash of a revision.
 *
 * @throws ArchmeterError where git knows none of that name
 */
export async function resolveRevision(folder: string, revision: string): Promise<string> {
  try {
    return await git(folder, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`]);
  } catch (error) {
    throw explain(
      error,
      `git knows no revision '${revision}' here`,
      'Fetch it first (in CI: check out the full history, e.g. fetch-depth: 0).',
    );
  }
}

/** Whether git knows a revision of that name; false where there is no git or no repository. */
export async function isRevision(folder: string, revision: string): Promise<boolean> {
  return resolveRevision(folder, revision).then(
    () => true,
    () => false,
  );
}

/**
 * The commit that a revision and HEAD have in common: a pull request's base.
 *
 * @throws ArchmeterError where there is none, as in a shallow clone
 */
export async function mergeBase(folder: string, revision: string): Promise<string> {
  const commit = await resolveRevision(folder, revision);
  try {
    return await git(folder, ['merge-base', commit, 'HEAD']);
  } catch (error) {
    throw explain(
      error,
      `'${revision}' and HEAD have no commit in common`,
      'Fetch the full history (in CI e.g. fetch-depth: 0).',
    );
  }
}

export async function repositoryRoot(folder: string): Promise<string> {
  try {
    return await realpath(await git(folder, ['rev-parse', '--show-toplevel']));
  } catch (error) {
    throw explain(error, 'git finds no checkout here', 'Run it in a checkout.');
  }
}

/** The files of a commit, in a temporary place. */
export interface RevisionFiles {
  /** Where a path of the checkout lies among them; undefined for paths outside the checkout. */
  place(path: string): Promise<string | undefined>;
}

/** Runs `body` with the files of a commit; they are removed afterwards. */
export async function withRevision<T>(
  folder: string,
  commit: string,
  body: (files: RevisionFiles) => Promise<T>,
): Promise<T> {
  const root = await repositoryRoot(folder);
  const place = await mkdtemp(join(tmpdir(), 'archmeter-revision-'));
  try {
    // An index of our own, rather than `git archive`, which leaves out files marked export-ignore.
    const index = { GIT_INDEX_FILE: join(place, 'index') };
    const tree = join(place, 'tree');
    await git(root, ['read-tree', commit], index);
    await git(root, ['checkout-index', '--all', '--quiet', `--prefix=${tree}${sep}`], index);
    return await body({
      async place(path) {
        const inside = relative(root, await realpath(path).catch(() => path));
        return inside.startsWith('..') ? undefined : join(tree, inside);
      },
    });
  } catch (error) {
    if (error instanceof ArchmeterError || (error as GitFailure).stderr === undefined) throw error;
    throw explain(error, `git cannot write out ${commit.slice(0, 12)}`, 'Is the history complete?');
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

/** Short hash of a commit. */
export function shortHash(commit: string): string {
  return commit.slice(0, 10);
}

/** Hash and ISO date of HEAD. */
export async function headCommit(folder: string): Promise<{ commit: string; date: string }> {
  try {
    const [hash, date] = (await git(folder, ['log', '-1', '--format=%H %cI'])).split(' ') as [string, string];
    return { commit: shortHash(hash), date };
  } catch (error) {
    throw explain(error, 'git finds no commit here', 'Commit first.');
  }
}
