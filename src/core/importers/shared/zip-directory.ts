import { ArchmeterError } from '../../errors.js';
import type { ByteSource } from '../define-importer.js';

/** One file in a zip archive, as its directory states it. Nothing here is trusted. */
export interface ZipEntry {
  readonly name: string;
  /** Bytes when unpacked. */
  readonly size: number;
  readonly packedSize: number;
  /** 0 stored, 8 deflate (APPNOTE 4.4.5). */
  readonly method: number;
  readonly encrypted: boolean;
  readonly crc32: number;
  readonly headerOffset: number;
}

export interface DirectoryPlace {
  readonly offset: number;
  readonly bytes: number;
  readonly entries: number;
}

// Signatures and layouts: PKWARE APPNOTE 6.3.10, sections 4.3.12 to 4.3.16.
const END = 0x06054b50;
const END_BYTES = 22;
const MAX_COMMENT = 0xffff;
const END64_LOCATOR = 0x07064b50;
const END64_LOCATOR_BYTES = 20;
const END64 = 0x06064b50;
const END64_BYTES = 56;
const HEADER = 0x02014b50;
const HEADER_BYTES = 46;
const ZIP64_EXTRA = 0x0001;
const IN_ZIP64 = 0xffffffff;
/** A directory of a million entries with short names. */
const MAX_DIRECTORY_BYTES = 2 ** 26;

const DAMAGED = 'The file is cut off or damaged; download or export it again.';

/** Finds the central directory from the record at the end of the file. */
export async function findDirectory(source: ByteSource): Promise<DirectoryPlace> {
  const file = source.name;
  if (source.size === 0) throw new ArchmeterError('the file is empty', DAMAGED, { file });
  const tailBytes = Math.min(source.size, END_BYTES + MAX_COMMENT);
  const tailOffset = source.size - tailBytes;
  const tail = view(await source.read(tailOffset, tailBytes));
  for (let at = tailBytes - END_BYTES; at >= 0; at--) {
    if (tail.getUint32(at, true) !== END) continue;
    if (at + END_BYTES + tail.getUint16(at + 20, true) !== tailBytes) continue;
    const place = {
      entries: tail.getUint16(at + 10, true),
      bytes: tail.getUint32(at + 12, true),
      offset: tail.getUint32(at + 16, true),
    };
    if (tail.getUint16(at + 4, true) !== tail.getUint16(at + 6, true)) {
      throw new ArchmeterError('the zip archive is split over several files', 'Join the parts first.', { file });
    }
    const far = place.entries === 0xffff || place.bytes === IN_ZIP64 || place.offset === IN_ZIP64;
    return checked(source, (far ? await findDirectory64(source, tailOffset + at) : undefined) ?? place);
  }
  throw new ArchmeterError('it is no zip archive, or cut off: the directory at its end is missing', DAMAGED, { file });
}

async function findDirectory64(source: ByteSource, endOffset: number): Promise<DirectoryPlace | undefined> {
  const locatorOffset = endOffset - END64_LOCATOR_BYTES;
  if (locatorOffset < 0) return undefined;
  const locator = view(await source.read(locatorOffset, END64_LOCATOR_BYTES));
  if (locator.getUint32(0, true) !== END64_LOCATOR) return undefined;
  const recordOffset = uint64(locator, 8);
  const record = view(await source.read(recordOffset, END64_BYTES));
  if (record.getUint32(0, true) !== END64) {
    throw new ArchmeterError('the zip64 directory record is missing', DAMAGED, {
      file: source.name,
      byte: recordOffset,
    });
  }
  return { entries: uint64(record, 32), bytes: uint64(record, 40), offset: uint64(record, 48) };
}

function checked(source: ByteSource, place: DirectoryPlace): DirectoryPlace {
  const { offset, bytes, entries } = place;
  if (offset + bytes > source.size || entries * HEADER_BYTES > bytes || bytes > MAX_DIRECTORY_BYTES) {
    throw new ArchmeterError(
      `the zip directory of ${entries} entries in ${bytes} bytes at ${offset} does not fit into the file`,
      DAMAGED,
      { file: source.name },
    );
  }
  return place;
}

export async function readDirectory(source: ByteSource, place: DirectoryPlace): Promise<ZipEntry[]> {
  const directory = view(await source.read(place.offset, place.bytes));
  const text = new TextDecoder();
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let i = 0; i < place.entries; i++) {
    const damaged = (problem: string) =>
      new ArchmeterError(problem, DAMAGED, { file: source.name, byte: place.offset + at });
    if (at + HEADER_BYTES > place.bytes || directory.getUint32(at, true) !== HEADER) {
      throw damaged(`entry ${i + 1} of ${place.entries} is missing from the zip directory`);
    }
    const nameLength = directory.getUint16(at + 28, true);
    const extraLength = directory.getUint16(at + 30, true);
    const end = at + HEADER_BYTES + nameLength + extraLength + directory.getUint16(at + 32, true);
    if (end > place.bytes) throw damaged(`entry ${i + 1} leaves the zip directory`);
    const nameAt = at + HEADER_BYTES;
    const name = text.decode(new Uint8Array(directory.buffer, directory.byteOffset + nameAt, nameLength));
    const sizes = {
      size: directory.getUint32(at + 24, true),
      packedSize: directory.getUint32(at + 20, true),
      headerOffset: directory.getUint32(at + 42, true),
    };
    entries.push({
      name,
      ...sizes,
      ...zip64Sizes(directory, nameAt + nameLength, extraLength, sizes),
      method: directory.getUint16(at + 10, true),
      encrypted: (directory.getUint16(at + 8, true) & 0x2041) !== 0,
      crc32: directory.getUint32(at + 16, true),
    });
    at = end;
  }
  return entries;
}

type Sizes = Pick<ZipEntry, 'size' | 'packedSize' | 'headerOffset'>;

/** The zip64 extra field holds, in this order, those of the three that are 0xffffffff in the header (4.5.3). */
function zip64Sizes(directory: DataView, start: number, length: number, sizes: Sizes): Partial<Sizes> {
  for (let at = start; at + 4 <= start + length; at += 4 + directory.getUint16(at + 2, true)) {
    if (directory.getUint16(at, true) !== ZIP64_EXTRA) continue;
    const end = Math.min(at + 4 + directory.getUint16(at + 2, true), start + length);
    const found: { -readonly [K in keyof Sizes]?: number } = {};
    let field = at + 4;
    for (const key of ['size', 'packedSize', 'headerOffset'] as const) {
      if (sizes[key] !== IN_ZIP64 || field + 8 > end) continue;
      found[key] = uint64(directory, field);
      field += 8;
    }
    return found;
  }
  return {};
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Exact up to 2^53; larger values are larger than any file. */
function uint64(bytes: DataView, offset: number): number {
  return bytes.getUint32(offset, true) + bytes.getUint32(offset + 4, true) * 2 ** 32;
}
