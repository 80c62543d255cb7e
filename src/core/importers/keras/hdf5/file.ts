import { ArchmeterError } from '../../../errors.js';
import type { ByteSource } from '../../define-importer.js';

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
/** A user block before the superblock has 512, 1024, 2048 … bytes. */
const MAX_USER_BLOCK = 2 ** 24;

/** An HDF5 file after its superblock: the widths of its numbers, and where its root group is. */
export interface Hdf5File {
  readonly source: ByteSource;
  /** Bytes of an address. */
  readonly offsetBytes: number;
  /** Bytes of a length. */
  readonly lengthBytes: number;
  /** Added to every address. */
  readonly base: number;
  /** Address of the root group's object header. */
  readonly root: number;
}

/** Reads the superblock, versions 0 to 3 (HDF5 File Format Specification 3.0, section II.A). */
export async function openHdf5(source: ByteSource): Promise<Hdf5File> {
  const start = await findSuperblock(source);
  const head = await Cursor.at(source, start, Math.min(128, source.size - start));
  head.skip(SIGNATURE.length);
  const version = head.uint(1);
  if (version > 3) throw damaged(source, `superblock version ${version} is not known`, start + 8);
  if (version >= 2) {
    const [offsetBytes, lengthBytes] = widths(source, head, start);
    head.skip(1);
    const base = head.uint(offsetBytes);
    // The superblock's extension.
    head.skip(offsetBytes);
    checkEnd(source, head.uint(offsetBytes));
    return { source, offsetBytes, lengthBytes, base, root: head.uint(offsetBytes) };
  }
  head.skip(4);
  const [offsetBytes, lengthBytes] = widths(source, head, start);
  head.skip(version === 0 ? 9 : 13);
  const base = head.uint(offsetBytes);
  head.skip(offsetBytes);
  checkEnd(source, head.uint(offsetBytes));
  // Driver information, and the name in the root group's symbol table entry.
  head.skip(2 * offsetBytes);
  return { source, offsetBytes, lengthBytes, base, root: head.uint(offsetBytes) };
}

/** The superblock tells where the data end: a download that broke off is shorter. */
function checkEnd(source: ByteSource, end: number): void {
  if (source.size >= end) return;
  throw new ArchmeterError(
    `the HDF5 file is cut off: it should have ${end} bytes, but has ${source.size}`,
    'Download or export it again.',
    { file: source.name },
  );
}

async function findSuperblock(source: ByteSource): Promise<number> {
  for (
    let start = 0;
    start + SIGNATURE.length <= source.size && start <= MAX_USER_BLOCK;
    start = start === 0 ? 512 : start * 2
  ) {
    const bytes = await source.read(start, SIGNATURE.length);
    if (SIGNATURE.every((byte, i) => bytes[i] === byte)) return start;
  }
  throw damaged(source, 'its HDF5 signature is missing', 0);
}

function widths(source: ByteSource, head: Cursor, start: number): [offset: number, length: number] {
  const offset = head.uint(1);
  const length = head.uint(1);
  for (const width of [offset, length]) {
    if (width !== 2 && width !== 4 && width !== 8) throw damaged(source, `its numbers are ${width} bytes wide`, start);
  }
  return [offset, length];
}

export function damaged(source: ByteSource, problem: string, byte: number): ArchmeterError {
  return new ArchmeterError(`the HDF5 file is damaged: ${problem}`, 'Download or export it again.', {
    file: source.name,
    byte,
  });
}

/** Reads little-endian numbers one after the other; never past its end. */
export class Cursor {
  private position = 0;
  private readonly view: DataView;

  constructor(
    private readonly source: ByteSource,
    /** Where the bytes lie in the file. */
    readonly start: number,
    private readonly bytes: Uint8Array,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  static async at(source: ByteSource, start: number, length: number): Promise<Cursor> {
    return new Cursor(source, start, await source.read(start, length));
  }

  get left(): number {
    return this.bytes.length - this.position;
  }

  skip(count: number): void {
    this.take(count);
  }

  bytesOf(count: number): Uint8Array {
    const at = this.take(count);
    return this.bytes.subarray(at, at + count);
  }

  text(count: number): string {
    return new TextDecoder().decode(this.bytesOf(count));
  }

  /** Exact up to 2^53: more is no address in any file. */
  uint(width: number): number {
    const at = this.take(width);
    if (width === 1) return this.view.getUint8(at);
    if (width === 2) return this.view.getUint16(at, true);
    if (width === 4) return this.view.getUint32(at, true);
    return this.view.getUint32(at, true) + this.view.getUint32(at + 4, true) * 2 ** 32;
  }

  /** A cursor over the next bytes. */
  part(count: number): Cursor {
    return new Cursor(this.source, this.start + this.position, this.bytesOf(count));
  }

  private take(count: number): number {
    const at = this.position;
    if (count < 0 || at + count > this.bytes.length) {
      throw damaged(this.source, 'a structure is cut off', this.start + at);
    }
    this.position = at + count;
    return at;
  }
}
