import { open, readFile, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { ArchmeterError } from '../core/errors.js';
import { explainWriting } from './write-atomically.js';

/** A lock is held for milliseconds: one this old was left behind. */
const STALE_MS = 30_000;
const WAIT_MS = 60_000;
const RETRY_MS = 20;

/**
 * Runs `body` while no other process that locks the same path does. A lock whose process has died is taken over.
 *
 * @throws ArchmeterError where the lock cannot be made or another holds it for a minute
 */
export async function withFileLock<T>(path: string, body: () => Promise<T>): Promise<T> {
  const lock = `${path}.lock`;
  const mine = JSON.stringify({ pid: process.pid, host: hostname(), at: `${Date.now()}-${Math.random()}` });
  const began = Date.now();
  while (!(await create(lock, mine, path))) {
    if (await isStale(lock)) await takeAway(lock);
    else if (Date.now() - began > WAIT_MS) {
      throw new ArchmeterError('another process has locked it for a minute', `If none is running, delete ${lock}.`, {
        file: path,
      });
    }
    await new Promise((done) => setTimeout(done, RETRY_MS));
  }
  try {
    return await body();
  } finally {
    if ((await contents(lock)) === mine) await rm(lock, { force: true });
  }
}

async function create(lock: string, text: string, path: string): Promise<boolean> {
  try {
    const handle = await open(lock, 'wx');
    // A lock that could not be written to would keep others waiting.
    const written = handle.writeFile(text).finally(() => handle.close());
    await written.catch(async (error: unknown) => {
      await rm(lock, { force: true });
      throw error;
    });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw explainWriting(error, path);
  }
}

async function isStale(lock: string): Promise<boolean> {
  const held = await contents(lock);
  if (held === undefined) return false;
  const age = await stat(lock).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );
  if (age > STALE_MS) return true;
  try {
    const { pid, host } = JSON.parse(held) as { pid: number; host: string };
    return host === hostname() && !isRunning(pid);
  } catch {
    // Just made, and not yet written to.
    return false;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Of several that find a lock stale only one removes it, and only if it is still the stale one. */
async function takeAway(lock: string): Promise<void> {
  const guard = `${lock}.stale`;
  try {
    await (await open(guard, 'wx')).close();
  } catch {
    const age = await stat(guard).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > STALE_MS) await rm(guard, { force: true });
    return;
  }
  try {
    if (await isStale(lock)) await rm(lock, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

function contents(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}
