import { constants, type Stats } from 'node:fs';
import { access, open, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { ArchmeterError } from '../core/errors.js';

export interface WriteOptions {
  /** Replace a file that holds something else. */
  readonly force?: boolean | undefined;
}

/**
 * Writes a file whole or not at all. A file that stands there is replaced only where it is of the same kind as the new
 * one, judged by how both begin, or empty.
 *
 * @throws ArchmeterError where another kind of file, a folder, or no folder is in the way
 */
export async function writeAtomically(
  path: string,
  contents: string | Uint8Array,
  options: WriteOptions = {},
): Promise<void> {
  await refuseToReplace(path, contents, options);
  try {
    if (await isStream(path)) await writeFile(path, contents);
    else await writeFileAtomic(path, typeof contents === 'string' ? contents : Buffer.from(contents));
  } catch (error) {
    throw explainWriting(error, path);
  }
}

/** Whether a path is a pipe or a device, which is written into and cannot be replaced. */
export async function isStream(path: string): Promise<boolean> {
  const standing = await stat(path).catch(() => undefined);
  return standing !== undefined && !standing.isFile() && !standing.isDirectory();
}

/** Throws where `writeAtomically` would refuse, without writing. */
export async function refuseToReplace(
  path: string,
  contents: string | Uint8Array,
  options: WriteOptions,
): Promise<void> {
  const standing = await refusePlace(path);
  if (standing === undefined) return;
  if (options.force === true || !standing.isFile() || standing.size === 0) return;
  const [old, fresh] = [kindOf(await firstBytes(path)), kindOf(Buffer.from(contents.slice(0, HEAD)))];
  if (old !== null && old === fresh) return;
  throw new ArchmeterError(
    'a file stands there that archmeter did not write, or of another kind',
    'Choose another name, or give --force to replace it.',
    { file: path },
  );
}

/** Throws where a folder stands, or none to write in; else what stands there. */
export async function refusePlace(path: string): Promise<Stats | undefined> {
  const standing = await stat(path).catch(() => undefined);
  if (standing?.isDirectory()) throw new ArchmeterError('this is a folder', 'Name a file in it.', { file: path });
  if (standing !== undefined) return standing;
  await access(dirname(path), constants.W_OK).catch((error: unknown) => {
    throw explainWriting(error, path);
  });
  return undefined;
}

const HEAD = 4096;

async function firstBytes(path: string): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.alloc(HEAD);
    const { bytesRead } = await file.read(buffer, 0, HEAD, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** How the formats begin that have a mark of ours in their first bytes. */
const MARKS: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['json', /^\s*\{\s*"schema"\s*:\s*"archmeter\//],
  ['sarif', /^\s*\{[\s\S]*"\$schema"\s*:\s*"[^"]*sarif[\s\S]*"driver"\s*:\s*\{\s*"name"\s*:\s*"archmeter"/],
  ['junit', /^<\?xml[^>]*\?>\s*<testsuites name="archmeter"/],
  ['markdown', /^<!-- archmeter[ :]/],
];

/** What a file is, by how it begins: a format by its mark, other text by its first line; null where it has neither. */
function kindOf(head: Buffer): string | null {
  if (head.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))) return 'png';
  const text = head.toString('utf8');
  if (text.includes('<meta name="generator" content="archmeter">')) return 'html';
  const mark = MARKS.find(([, pattern]) => pattern.test(text));
  if (mark !== undefined) return mark[0];
  const [line = ''] = text.split(/\r?\n/, 1);
  return line.trim().length > 2 ? line : null;
}

const EXPLAINED: Readonly<Record<string, readonly [string, string]>> = {
  ENOENT: ['its folder does not exist', 'Create the folder first.'],
  ENOTDIR: ['a part of the path is a file, not a folder', 'Choose another path.'],
  EISDIR: ['this is a folder', 'Name a file in it.'],
  EACCES: ['no permission to write here', 'Choose a folder that you may write to.'],
  EPERM: ['no permission to write here', 'Choose a folder that you may write to.'],
  EROFS: ['the file system is read-only', 'Choose another folder.'],
  ENOSPC: ['the disk is full', 'Make room; the file that stood there is unharmed.'],
  ENAMETOOLONG: ['the name is too long', 'Choose a shorter one.'],
};

/** What a failure to write means, in words; other errors as they are. */
export function explainWriting(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const text = Object.hasOwn(EXPLAINED, code) ? EXPLAINED[code] : undefined;
  return text === undefined ? error : new ArchmeterError(text[0], text[1], { file: path }, { cause: error });
}
