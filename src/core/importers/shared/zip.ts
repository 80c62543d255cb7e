import { Inflate } from 'fflate';
import { ArchmeterError } from '../../errors.js';
import type { ByteSource } from '../define-importer.js';
import { assertRange } from './bytes.js';
import { crc32 } from './crc32.js';
import { findDirectory, readDirectory, type ZipEntry } from './zip-directory.js';

/** What one entry may cost in memory. */
export interface ZipLimits {
  /** Most bytes an entry may hold when unpacked. */
  readonly bytes: number;
  /** Most unpacked bytes per packed byte; deflate itself ends at 1032. Entries below 1 MiB may have any ratio. */
  readonly ratio: number;
}

/** JSON of a very repetitive model reaches a ratio near 60. */
const ZIP_LIMITS: ZipLimits = { bytes: 2 ** 28, ratio: 250 };

const RATIO_FREE_BYTES = 2 ** 20;
const LOCAL_HEADER = 0x04034b50;
const LOCAL_HEADER_BYTES = 30;
/** At most 1032 times as much is unpacked at a time. */
const PIECE_BYTES = 2 ** 15;
const METHODS: Readonly<Record<number, string>> = {
  1: 'shrink',
  6: 'implode',
  9: 'deflate64',
  12: 'bzip2',
  14: 'lzma',
  93: 'zstd',
  95: 'xz',
  99: 'AES encryption',
};

const DAMAGED = 'The file is cut off or damaged; download or export it again.';

/**
 * A zip archive, read piecewise: the directory at once, entries when asked for. Entry names are only compared,
 * never used as paths.
 */
export class ZipArchive {
  private constructor(
    private readonly source: ByteSource,
    readonly entries: readonly ZipEntry[],
  ) {}

  /** Reads the central directory (zip and zip64). Throws ArchmeterError where there is none or it is damaged. */
  static async open(source: ByteSource): Promise<ZipArchive> {
    return new ZipArchive(source, await readDirectory(source, await findDirectory(source)));
  }

  /** The entry with this name; throws where two have it. */
  find(name: string): ZipEntry | undefined {
    const found = this.entries.filter((entry) => entry.name === name);
    if (found.length > 1) {
      throw new ArchmeterError(`the archive holds '${name}' ${found.length} times`, DAMAGED, {
        file: this.source.name,
      });
    }
    return found[0];
  }

  /** The unpacked bytes of an entry, checked against its size and CRC. */
  async read(entry: ZipEntry, limits: ZipLimits = ZIP_LIMITS): Promise<Uint8Array> {
    this.check(entry, limits);
    const start = await this.dataOffset(entry);
    const bytes =
      entry.method === 0
        ? await this.source.read(start, entry.size)
        : await inflate(this.source, start, entry, (problem) => this.error(entry, problem));
    if (crc32(bytes) !== entry.crc32) throw this.error(entry, 'does not match its checksum');
    return bytes;
  }

  /** An entry that is stored as it is, as a file of its own to read piecewise; undefined where it is packed. */
  async window(entry: ZipEntry): Promise<ByteSource | undefined> {
    if (entry.method !== 0 || entry.encrypted || entry.size !== entry.packedSize) return undefined;
    const { source } = this;
    const start = await this.dataOffset(entry);
    return {
      name: source.name,
      size: entry.size,
      async read(offset, length) {
        assertRange(source.name, entry.size, offset, length);
        return source.read(start + offset, length);
      },
      sibling: async () => undefined,
    };
  }

  private check(entry: ZipEntry, limits: ZipLimits): void {
    if (entry.encrypted || entry.method === 99) {
      throw this.error(entry, 'is encrypted', 'Unpack the archive with its password and zip it again without one.');
    }
    if (entry.method !== 0 && entry.method !== 8) {
      const name = METHODS[entry.method] ?? `method ${entry.method}`;
      throw this.error(entry, `is packed with ${name}`, 'Pack it again with deflate or stored.');
    }
    if (entry.method === 0 && entry.size !== entry.packedSize) {
      throw this.error(entry, `is stored but states two sizes, ${entry.size} and ${entry.packedSize} bytes`);
    }
    if (entry.size > limits.bytes) {
      throw this.error(entry, `holds ${entry.size} bytes, more than the ${limits.bytes} allowed`, null);
    }
    if (entry.size > RATIO_FREE_BYTES && entry.size > limits.ratio * entry.packedSize) {
      const ratio = Math.round(entry.size / Math.max(entry.packedSize, 1));
      throw this.error(entry, `unpacks to ${ratio} times its size, as a zip bomb does (limit ${limits.ratio})`, null);
    }
  }

  /** The local header repeats name and extra field, with lengths of its own. */
  private async dataOffset(entry: ZipEntry): Promise<number> {
    const bytes = await this.source.read(entry.headerOffset, LOCAL_HEADER_BYTES);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (view.getUint32(0, true) !== LOCAL_HEADER) throw this.error(entry, 'has no header where the directory says');
    if (view.getUint16(6, true) & 1) throw this.error(entry, 'is encrypted', 'Unpack it and zip it again.');
    return entry.headerOffset + LOCAL_HEADER_BYTES + view.getUint16(26, true) + view.getUint16(28, true);
  }

  private error(entry: ZipEntry, problem: string, fix: string | null = DAMAGED): ArchmeterError {
    return new ArchmeterError(`entry '${entry.name}' ${problem}`, fix ?? undefined, {
      file: this.source.name,
      byte: entry.headerOffset,
    });
  }
}

/** Unpacks piece by piece into a buffer of the stated size, so that a lying header costs nothing more. */
async function inflate(
  source: ByteSource,
  start: number,
  entry: ZipEntry,
  error: (problem: string) => ArchmeterError,
): Promise<Uint8Array> {
  const unpacked = new Uint8Array(entry.size);
  let filled = 0;
  const stream = new Inflate((piece) => {
    if (filled + piece.length > entry.size) throw error(`holds more than the ${entry.size} bytes it states`);
    unpacked.set(piece, filled);
    filled += piece.length;
  });
  try {
    for (let at = 0; at < entry.packedSize; at += PIECE_BYTES) {
      const length = Math.min(PIECE_BYTES, entry.packedSize - at);
      stream.push(await source.read(start + at, length), at + length === entry.packedSize);
    }
  } catch (cause) {
    throw cause instanceof ArchmeterError ? cause : error(`is damaged: ${(cause as Error).message}`);
  }
  if (filled !== entry.size) throw error(`holds ${filled} bytes, not the ${entry.size} it states`);
  return unpacked;
}
