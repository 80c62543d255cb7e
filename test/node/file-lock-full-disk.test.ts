import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { withFileLock } from '../../src/node/file-lock.js';

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  return {
    ...real,
    async open(...args: Parameters<typeof real.open>) {
      const handle = await real.open(...args);
      handle.writeFile = () => Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' }));
      return handle;
    },
  };
});

it('leaves no lock behind where the disk is full, and says so', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'archmeter-test-'));
  try {
    const path = join(folder, 'baseline.json');
    const attempt = withFileLock(path, async () => undefined);
    await expect(attempt).rejects.toThrow(
      `${path}: the disk is full. Make room; the file that stood there is unharmed.`,
    );
    expect(await readdir(folder)).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
