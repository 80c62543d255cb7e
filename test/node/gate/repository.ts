import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A git repository in a temporary folder. Equal contents give equal hashes. */
export class TestRepository {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'archmeter-test-')));

  constructor() {
    this.git('init', '--quiet', '--initial-branch=main');
  }

  git(...args: string[]): string {
    const identity = ['NAME', 'EMAIL', 'DATE'].flatMap((key) =>
      ['AUTHOR', 'COMMITTER'].map((who) => [`GIT_${who}_${key}`, key === 'DATE' ? '2026-01-01T00:00:00Z' : 'test']),
    );
    // Variables of a git hook that the tests may run in would point at another repository.
    const inherited = Object.entries(process.env).filter(([key]) => !key.startsWith('GIT_'));
    const env = Object.fromEntries([...inherited, ...identity, ['GIT_CONFIG_GLOBAL', '/dev/null']]);
    return execFileSync('git', args, { cwd: this.folder, env, encoding: 'utf8' }).trim();
  }

  write(path: string, text: string): void {
    const full = join(this.folder, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
  }

  commit(message: string, files: Readonly<Record<string, string>> = {}): string {
    for (const [path, text] of Object.entries(files)) this.write(path, text);
    this.git('add', '--all');
    this.git('commit', '--quiet', '--allow-empty', '--message', message);
    return this.git('rev-parse', 'HEAD');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
