import { execFile } from 'node:child_process';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { shellQuoted } from '../core/compare/check.js';
import { ArchmeterError } from '../core/errors.js';

const execute = promisify(execFile);
const LARGEST_OUTPUT = 2 ** 26;

interface GitFailure {
  readonly code?: string | number;
  readonly stderr?: string;
}

/** Nothing that a repository or its configuration names is run: no hooks, monitors, helpers of differences, signatures. */
const HARDENED = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['diff.external', ''],
  ['log.showSignature', 'false'],
  ['submodule.recurse', 'false'],
].flatMap(([key, value]) => ['-c', `${key}=${value}`]);

/** A hook's own, relative to where it runs: the repository is the one that the folder lies in. */
const NOT_INHERITED = {
  GIT_EXTERNAL_DIFF: undefined,
  GIT_DIR: undefined,
  GIT_WORK_TREE: undefined,
  GIT_INDEX_FILE: undefined,
  GIT_PREFIX: undefined,
};

/** What git prints, without the white space around it. */
async function git(folder: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<string> {
  const env = { ...process.env, ...NOT_INHERITED, LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', ...environment };
  const { stdout } = await execute('git', [...HARDENED, ...args], { cwd: folder, env, maxBuffer: LARGEST_OUTPUT });
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
    throw explain(error, `git knows no revision '${revision}' here`, await remedyOf(folder, revision));
  }
}

/** How to get a revision that is not here. */
async function remedyOf(folder: string, revision: string): Promise<string> {
  const ask = (...args: string[]) => git(folder, args).catch(() => '');
  if (await ask('rev-parse', '--verify', '--quiet', '--end-of-options', `origin/${revision}^{commit}`))
    return `Did you mean 'origin/${revision}'?`;
  if ((await ask('rev-parse', '--is-shallow-repository')) === 'true') return DEEPEN;
  const branch = revision.replace(/^origin\//, '').replace(/[~^@].*$/, '');
  return `Fetch it first: git fetch ${branch.startsWith('-') ? '-- ' : ''}origin ${shellQuoted(branch)}.`;
}

const DEEPEN =
  "This clone is shallow: run git fetch --unshallow origin '+refs/heads/*:refs/remotes/origin/*', or check out the whole history (actions/checkout: fetch-depth: 0; GitLab: GIT_DEPTH: 0).";

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
    return await git(folder, ['merge-base', '--end-of-options', commit, 'HEAD']);
  } catch (error) {
    const shallow = (await git(folder, ['rev-parse', '--is-shallow-repository']).catch(() => '')) === 'true';
    const fix = shallow ? DEEPEN : 'Their histories are unrelated: name another revision.';
    throw explain(error, `'${revision}' and HEAD have no commit in common${shallow ? ' here' : ''}`, fix);
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
  /** Where a path of the checkout lies among them, in submodules too; undefined for paths outside the checkout. */
  place(path: string): Promise<string | undefined>;
  /** The path from which one of the checkout was renamed since; undefined where it was not. */
  former(path: string): Promise<string | undefined>;
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
    const written = new WrittenTrees(root, commit, place);
    await written.write(root, commit);
    let renamed: Promise<ReadonlyMap<string, string>> | undefined;
    return await body({
      place: (path) => written.place(path),
      async former(path) {
        renamed ??= renames(root, commit);
        return (await renamed).get(await realpath(path).catch(() => path));
      },
    });
  } catch (error) {
    if (error instanceof ArchmeterError || (error as GitFailure).stderr === undefined) throw error;
    throw explain(error, `git cannot write out ${commit.slice(0, 12)}`, 'Is the history complete?');
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

/** Options that turn off every filter that a configuration has: a file of the tree names which of them shall run. */
async function withoutFilters(top: string): Promise<string[]> {
  const listed = await git(top, ['config', '--null', '--name-only', '--get-regexp', '^filter\\.']).catch(() => '');
  return listed
    .split('\0')
    .filter((key) => key !== '')
    .flatMap((key) => ['-c', `${key}=${key.endsWith('.required') ? 'false' : ''}`]);
}

/** A commit's tree, and those of its submodules that are asked for. */
class WrittenTrees {
  private readonly written = new Map<string, Promise<boolean>>();

  constructor(
    private readonly root: string,
    private readonly commit: string,
    private readonly folder: string,
  ) {}

  async place(path: string): Promise<string | undefined> {
    const real = await realpath(path).catch(() => path);
    const inside = relative(this.root, real);
    if (isAbsolute(inside) || inside.split(sep)[0] === '..') return undefined;
    if (inside === '') return join(this.folder, 'tree');
    // A folder that is there no more is none of a submodule that is.
    const top = await repositoryRoot(dirname(real)).catch(() => this.root);
    if (top !== this.root && !(await this.submodule(top))) return undefined;
    return join(this.folder, 'tree', inside);
  }

  async write(top: string, commit: string): Promise<void> {
    // An index of our own, rather than `git archive`, which leaves out files marked export-ignore.
    const index = { GIT_INDEX_FILE: join(this.folder, `index-${this.written.size}`) };
    const target = join(this.folder, 'tree', relative(this.root, top));
    await git(top, ['read-tree', '--end-of-options', commit], index);
    const filters = await withoutFilters(top);
    await git(top, [...filters, 'checkout-index', '--all', '--force', '--quiet', `--prefix=${target}${sep}`], index);
  }

  /** Writes a submodule as the commit has it; false where it has none there. */
  private submodule(top: string): Promise<boolean> {
    const known = this.written.get(top);
    if (known !== undefined) return known;
    const writing = (async () => {
      const commit = await this.commitOf(top);
      if (commit === undefined) return false;
      try {
        await this.write(top, commit);
      } catch (error) {
        const name = relative(this.root, top);
        const fix = `Fetch it: git -C ${shellQuoted(name)} fetch origin ${commit}.`;
        throw explain(error, `the submodule '${name}' does not have the commit that the base is built on`, fix);
      }
      return true;
    })();
    this.written.set(top, writing);
    return writing;
  }

  private async commitOf(top: string): Promise<string | undefined> {
    if (top === this.root) return this.commit;
    const above = await git(top, ['rev-parse', '--show-superproject-working-tree']);
    if (above === '') return undefined;
    const outer = await realpath(above);
    const commit = await this.commitOf(outer);
    if (commit === undefined) return undefined;
    const inside = relative(outer, top).split(sep).join('/');
    return git(outer, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${commit}:${inside}`]).catch(
      () => undefined,
    );
  }
}

/** Paths that were renamed since a commit: from the new one to the old. */
async function renames(root: string, commit: string): Promise<ReadonlyMap<string, string>> {
  const options = [
    '--no-ext-diff',
    '--no-textconv',
    '--cached',
    '--find-renames',
    '--diff-filter=R',
    '--name-status',
    '--no-relative',
    '-z',
  ];
  const fields = (await git(root, ['diff', ...options, '--end-of-options', commit])).split('\0');
  const found = new Map<string, string>();
  for (let i = 0; i + 2 < fields.length; i += 3)
    found.set(join(root, fields[i + 2] as string), join(root, fields[i + 1] as string));
  return found;
}

/** Short hash of a commit. */
export function shortHash(commit: string): string {
  return commit.slice(0, 10);
}

/** Hash and ISO date of HEAD. */
export async function headCommit(folder: string): Promise<{ commit: string; date: string }> {
  try {
    const [hash, date] = (
      await git(folder, ['log', '-1', '--no-show-signature', '--no-ext-diff', '--format=%H %cI'])
    ).split(' ') as [string, string];
    return { commit: shortHash(hash), date };
  } catch (error) {
    throw explain(error, 'git finds no commit here', 'Commit first.');
  }
}
