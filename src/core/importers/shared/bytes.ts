import { ArchmeterError } from '../../errors.js';
import type { ByteSource } from '../define-importer.js';

/**
 * A file that lies in memory: an upload, a response, a test.
 *
 * @param siblings files beside it, by their path relative to the model's folder
 */
export function memorySource(
  name: string,
  bytes: Uint8Array,
  siblings: Readonly<Record<string, Uint8Array>> = {},
): ByteSource {
  return {
    name,
    size: bytes.length,
    async read(offset, length) {
      assertRange(name, bytes.length, offset, length);
      return bytes.subarray(offset, offset + length);
    },
    async sibling(path) {
      const inside = pathInsideFolder(path, name);
      const found = Object.hasOwn(siblings, inside) ? siblings[inside] : undefined;
      return found === undefined ? undefined : memorySource(inside, found);
    },
  };
}

/** Throws where `length` bytes from `offset` are not all inside a file of `size` bytes. */
export function assertRange(file: string, size: number, offset: number, length: number): void {
  if (offset >= 0 && length >= 0 && offset + length <= size) return;
  throw new ArchmeterError(
    `${length} bytes are asked for at ${offset}, but the file ends at ${size}`,
    'The file is cut off or damaged; download or export it again.',
    { file, byte: offset },
  );
}

/** A relative path with `.` and `//` removed; throws for absolute paths and for those that leave the folder. */
export function pathInsideFolder(path: string, file: string): string {
  const parts: string[] = [];
  const absolute = /^([/\\]|[A-Za-z]:|[A-Za-z][A-Za-z0-9+.-]*:\/\/)/.test(path);
  for (const part of path.split(/[/\\]/)) {
    if (part === '' || part === '.') continue;
    parts.push(part);
  }
  if (absolute || parts.includes('..') || parts.length === 0 || path.includes('\0')) {
    throw new ArchmeterError(
      `it refers to '${path.replaceAll('\0', '\\0')}', which is outside the model's folder`,
      'Put the file beside the model and export it with a relative path.',
      { file },
    );
  }
  return parts.join('/');
}
