import { open, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { ArchmeterError } from '../core/errors.js';

export interface WriteOptions {
  /** Replace a file that holds something else. */
  readonly force?: boolean | undefined;
}

/**
 * Writes a report's file whole or not at all. A file that stands there is replaced only where it is of the same kind,
 * judged by its first bytes, or empty.
 *
 * @throws ArchmeterError where another kind of file, a folder, or no folder is in the way
 */
export async function writeAtomically(
  path: string,
  contents: string | Uint8Array,
  options: WriteOptions = {},
): Promise<void> {
  if (options.force !== true) await refuseOtherKind(path);
  try {
    await writeFileAtomic(path, typeof contents === 'string' ? contents : Buffer.from(contents));
  } catch (error) {
    throw explain(error, path);
  }
}

async function refuseOtherKind(path: string): Promise<void> {
  const standing = await stat(path).catch(() => undefined);
  if (standing === undefined || standing.size === 0) return;
  if (standing.isDirectory()) throw new ArchmeterError('this is a folder', 'Name a file in it.', { file: path });
  if (!looksLike(extname(path).toLowerCase(), await firstBytes(path))) {
    throw new ArchmeterError(
      `a file stands there that is no ${extname(path).slice(1).toUpperCase() || 'report'} of archmeter`,
      'Choose another name, or give --force to replace it.',
      { file: path },
    );
  }
}

async function firstBytes(path: string): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.alloc(4096);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Whether what stands in a file is what archmeter itself writes under that ending. */
function looksLike(extension: string, head: Buffer): boolean {
  const text = head.toString('utf8');
  switch (extension) {
    case '.png':
      return head.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]));
    case '.html':
    case '.htm':
      return /^\uFEFF?\s*<!doctype html/i.test(text) && text.includes('<meta name="generator" content="archmeter">');
    case '.json':
      return /^\uFEFF?\s*\{\s*"schema"\s*:\s*"archmeter\//.test(text);
    case '.csv':
      return text.startsWith('model,layer,');
    case '.md':
    case '.markdown':
      return text.startsWith('## ') || text.startsWith('<!-- archmeter');
    default:
      return false;
  }
}

function explain(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const known: Readonly<Record<string, readonly [string, string]>> = {
    ENOENT: ['its folder does not exist', 'Create the folder first.'],
    ENOTDIR: ['a part of the path is a file, not a folder', 'Choose another path.'],
    EISDIR: ['this is a folder', 'Name a file in it.'],
    EACCES: ['no permission to write here', 'Choose a folder that you may write to.'],
    EPERM: ['no permission to write here', 'Choose a folder that you may write to.'],
    EROFS: ['the file system is read-only', 'Choose another folder.'],
    ENOSPC: ['the disk is full', 'Make room; the file that stood there is unharmed.'],
    ENAMETOOLONG: ['the name is too long', 'Choose a shorter one.'],
  };
  const text = typeof code === 'string' && Object.hasOwn(known, code) ? known[code] : undefined;
  return text === undefined ? error : new ArchmeterError(text[0], text[1], { file: path }, { cause: error });
}
