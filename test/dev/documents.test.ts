import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

const tracked = execFileSync('git', ['ls-files'], { encoding: 'utf8' }).trim().split('\n').filter(existsSync);

it('relative links of every page lead somewhere', () => {
  const broken = tracked
    .filter((file) => file.endsWith('.md'))
    .flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
        .map(([, link]) => link as string)
        .filter((link) => !existsSync(join(dirname(file), link)))
        .map((link) => `${file}: ${link}`),
    );
  expect(broken).toEqual([]);
});

it('committed reports take at most 5 MB, reference figures at most 8', () => {
  const bytes = (folder: string) =>
    tracked.filter((file) => file.startsWith(folder)).reduce((sum, file) => sum + statSync(file).size, 0);
  expect(bytes('reports/')).toBeLessThan(5e6);
  expect(bytes('fixtures/reference/')).toBeLessThan(8e6);
});
