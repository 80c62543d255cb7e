import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The C library's own: Node has no way to put another file behind a descriptor. */
interface Descriptors {
  dup(descriptor: number): number;
  dup2(from: number, to: number): number;
}

const STDERR = 2;

/**
 * Runs something while what native code writes to standard error goes to a file: libraries that log before their
 * settings are read (absl under TensorFlow) stay off the terminal. Where it fails, their log is given back to
 * standard error, since it tells why; where koffi is missing, nothing is caught.
 */
export async function withoutNativeLog<T>(run: () => T | Promise<T>): Promise<T> {
  const descriptors = await descriptorsOfC();
  const saved = descriptors?.dup(STDERR) ?? -1;
  if (descriptors === undefined || saved < 0) return run();
  const folder = mkdtempSync(join(tmpdir(), 'archmeter-log-'));
  const path = join(folder, 'stderr');
  const file = openSync(path, 'a');
  descriptors.dup2(file, STDERR);
  const restore = () => {
    descriptors.dup2(saved, STDERR);
    closeSync(saved);
    closeSync(file);
  };
  try {
    const result = await run();
    restore();
    return result;
  } catch (error) {
    restore();
    process.stderr.write(readFileSync(path));
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function descriptorsOfC(): Promise<Descriptors | undefined> {
  try {
    const { load } = await import('koffi');
    const [library, prefix] =
      process.platform === 'win32'
        ? ['ucrtbase.dll', '_']
        : [process.platform === 'darwin' ? 'libSystem.dylib' : 'libc.so.6', ''];
    const c = load(library);
    return {
      dup: c.func(`${prefix}dup`, 'int', ['int']) as Descriptors['dup'],
      dup2: c.func(`${prefix}dup2`, 'int', ['int', 'int']) as Descriptors['dup2'],
    };
  } catch {
    return undefined;
  }
}
