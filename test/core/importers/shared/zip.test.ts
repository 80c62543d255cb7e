import fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import type { ByteSource } from '../../../../src/core/importers/define-importer.js';
import { memorySource, pathInsideFolder } from '../../../../src/core/importers/shared/bytes.js';
import { crc32 } from '../../../../src/core/importers/shared/crc32.js';
import { ZipArchive } from '../../../../src/core/importers/shared/zip.js';

const HELLO = strToU8('hello');

const open = (bytes: Uint8Array) => ZipArchive.open(memorySource('a.zip', bytes));

async function readOnly(bytes: Uint8Array, name = 'f'): Promise<Uint8Array> {
  const archive = await open(bytes);
  const entry = archive.find(name);
  if (entry === undefined) throw new Error(`no entry ${name}`);
  return archive.read(entry);
}

/** Where the first central directory header and the end record lie in an archive of one file. */
function directoryAt(bytes: Uint8Array): DataView & { readonly header: number; readonly end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const find = (signature: number) => {
    for (let at = bytes.length - 4; at >= 0; at--) if (view.getUint32(at, true) === signature) return at;
    throw new Error('not found');
  };
  return Object.assign(view, { header: find(0x02014b50), end: find(0x06054b50) });
}

/** An archive of `f` with its directory changed. */
function changed(
  change: (view: ReturnType<typeof directoryAt>) => void,
  content = HELLO,
  level: 0 | 9 = 0,
): Uint8Array {
  const bytes = zipSync({ f: content }, { level });
  change(directoryAt(bytes));
  return bytes;
}

describe('a zip archive', () => {
  it('gives back what was packed', async () => {
    const files = fc.dictionary(fc.stringMatching(/^[a-z]{1,9}$/), fc.uint8Array({ maxLength: 3000 }), {
      noNullPrototype: true,
    });
    await fc.assert(
      fc.asyncProperty(files, fc.constantFrom(0, 1, 9), async (contents, level) => {
        const archive = await open(zipSync(contents, { level }));
        expect(archive.entries.map(({ name }) => name).sort()).toEqual(Object.keys(contents).sort());
        for (const entry of archive.entries) expect(await archive.read(entry)).toEqual(contents[entry.name]);
      }),
      { numRuns: 40 },
    );
  });

  it('may end in a comment', async () => {
    const bytes = zipSync({ f: HELLO });
    const commented = new Uint8Array(bytes.length + 9);
    commented.set(bytes);
    new DataView(commented.buffer).setUint16(bytes.length - 2, 9, true);
    expect(await readOnly(commented)).toEqual(HELLO);
  });

  it('may be of the zip64 kind', async () => {
    expect(await readOnly(zip64('f', HELLO))).toEqual(HELLO);
  });

  it('is read piecewise: an entry costs what it holds', async () => {
    const big = new Uint8Array(1_000_000).map((_, i) => (i * 2_654_435_761) >>> 24);
    const bytes = zipSync({ big, f: HELLO }, { level: 0 });
    let read = 0;
    const source: ByteSource = {
      ...memorySource('a.zip', bytes),
      read: async (offset, length) => {
        read += length;
        return bytes.subarray(offset, offset + length);
      },
    };
    const archive = await ZipArchive.open(source);
    const entry = archive.find('f');
    expect(entry && (await archive.read(entry))).toEqual(HELLO);
    expect(read).toBeLessThan(67_000);
  });

  it('gives a stored entry as a file of its own', async () => {
    const archive = await open(
      zipSync({ f: [strToU8('0123456789'), { level: 0 }], g: [new Uint8Array(99), { level: 9 }] }),
    );
    const [f, g] = archive.entries;
    const window = f && (await archive.window(f));
    expect(await window?.read(3, 4)).toEqual(strToU8('3456'));
    await expect(window?.read(8, 4)).rejects.toThrow(
      'a.zip, byte 8: 4 bytes are asked for at 8, but the file ends at 10.',
    );
    expect(g && (await archive.window(g))).toBeUndefined();
  });

  it('may hold names that lead nowhere: they are only compared', async () => {
    expect(await readOnly(zipSync({ '../../etc/passwd': HELLO }), '../../etc/passwd')).toEqual(HELLO);
  });
});

describe('a zip archive is refused where', () => {
  const AGAIN = 'The file is cut off or damaged; download or export it again.';

  it('an entry is encrypted', async () => {
    await expect(readOnly(changed((view) => view.setUint16(view.header + 8, 1, true)))).rejects.toThrow(
      "a.zip, byte 0: entry 'f' is encrypted. Unpack the archive with its password and zip it again without one.",
    );
    await expect(readOnly(changed((view) => view.setUint16(view.header + 10, 99, true)))).rejects.toThrow(
      "a.zip, byte 0: entry 'f' is encrypted.",
    );
  });

  it('an entry is packed in another way', async () => {
    await expect(readOnly(changed((view) => view.setUint16(view.header + 10, 93, true)))).rejects.toThrow(
      "a.zip, byte 0: entry 'f' is packed with zstd. Pack it again with deflate or stored.",
    );
  });

  it('an entry unpacks to far more than it is', async () => {
    const bomb = zipSync({ f: new Uint8Array(20_000_000) }, { level: 9 });
    await expect(readOnly(bomb)).rejects.toThrow(
      /^a\.zip, byte 0: entry 'f' unpacks to 10\d\d times its size, as a zip bomb does \(limit 250\)\.$/,
    );
  });

  it('an entry is larger than allowed', async () => {
    await expect(
      readOnly(changed((view) => view.setUint32(view.header + 24, 2 ** 31, true), HELLO, 9)),
    ).rejects.toThrow("a.zip, byte 0: entry 'f' holds 2147483648 bytes, more than the 268435456 allowed.");
  });

  it('an entry holds more or less than it states', async () => {
    const lying = (size: number) =>
      changed((view) => view.setUint32(view.header + 24, size, true), strToU8('hello '.repeat(90)), 9);
    await expect(readOnly(lying(50))).rejects.toThrow(`entry 'f' holds more than the 50 bytes it states. ${AGAIN}`);
    await expect(readOnly(lying(5000))).rejects.toThrow(`entry 'f' holds 540 bytes, not the 5000 it states. ${AGAIN}`);
  });

  it('an entry does not match its checksum', async () => {
    await expect(readOnly(changed((view) => view.setUint32(view.header + 16, 1, true)))).rejects.toThrow(
      `a.zip, byte 0: entry 'f' does not match its checksum. ${AGAIN}`,
    );
  });

  it('an entry has no header where the directory says', async () => {
    await expect(readOnly(changed((view) => view.setUint32(view.header + 42, 2, true)))).rejects.toThrow(
      `a.zip, byte 2: entry 'f' has no header where the directory says. ${AGAIN}`,
    );
  });

  it('two entries have the name that is asked for', async () => {
    const bytes = zipSync({ f: HELLO, g: HELLO });
    directoryAt(bytes).setUint8(directoryAt(bytes).header + 46, 'f'.charCodeAt(0));
    await expect(readOnly(bytes)).rejects.toThrow("a.zip: the archive holds 'f' 2 times.");
  });

  it('it is one part of several', async () => {
    await expect(open(changed((view) => view.setUint16(view.end + 4, 1, true)))).rejects.toThrow(
      'a.zip: the zip archive is split over several files. Join the parts first.',
    );
  });

  it('its directory does not fit', async () => {
    await expect(open(changed((view) => view.setUint32(view.end + 16, 2 ** 30, true)))).rejects.toThrow(
      `a.zip: the zip directory of 1 entries in 47 bytes at 1073741824 does not fit into the file. ${AGAIN}`,
    );
    await expect(open(changed((view) => view.setUint32(view.end + 16, 1, true)))).rejects.toThrow(
      `a.zip, byte 1: entry 1 of 1 is missing from the zip directory. ${AGAIN}`,
    );
    await expect(open(changed((view) => view.setUint16(view.header + 28, 999, true)))).rejects.toThrow(
      /a\.zip, byte \d+: entry 1 leaves the zip directory\./,
    );
  });
});

describe('a path beside a file', () => {
  it.each(['weights.bin', './weights.bin', 'a//weights.bin', 'a/./b'])('may be %s', (path) => {
    expect(pathInsideFolder(path, 'm')).toBe(path.replace('./', '').replace('//', '/'));
  });

  it.each([
    '../x',
    'a/../../x',
    '/etc/passwd',
    '\\\\host\\x',
    'C:\\x',
    'c:x',
    'https://host/x',
    'file:///x',
    '',
    '.',
    'a\0b',
    'a\\..\\b',
  ])('may not be %j', (path) => {
    expect(() => pathInsideFolder(path, 'm.onnx')).toThrow(
      /^m\.onnx: it refers to '.*', which is outside the model's folder\./,
    );
  });
});

/** One stored entry with all sizes and offsets in zip64 records (APPNOTE 4.3.14, 4.3.15, 4.5.3). */
function zip64(name: string, content: Uint8Array): Uint8Array {
  const encoded = strToU8(name);
  const extra = 4 + 24;
  const local = 30 + encoded.length;
  const header = local + content.length;
  const record = header + 46 + encoded.length + extra;
  const bytes = new Uint8Array(record + 56 + 20 + 22);
  const view = new DataView(bytes.buffer);
  const long = (at: number, value: number) => view.setBigUint64(at, BigInt(value), true);
  view.setUint32(0, 0x04034b50, true);
  view.setUint16(26, encoded.length, true);
  bytes.set(encoded, 30);
  bytes.set(content, local);
  view.setUint32(header, 0x02014b50, true);
  view.setUint32(header + 16, crc32(content), true);
  for (const at of [20, 24, 42]) view.setUint32(header + at, 0xffffffff, true);
  view.setUint16(header + 28, encoded.length, true);
  view.setUint16(header + 30, extra, true);
  bytes.set(encoded, header + 46);
  const sizes = header + 46 + encoded.length;
  view.setUint16(sizes, 1, true);
  view.setUint16(sizes + 2, 24, true);
  long(sizes + 4, content.length);
  long(sizes + 12, content.length);
  long(sizes + 20, 0);
  view.setUint32(record, 0x06064b50, true);
  long(record + 32, 1);
  long(record + 40, record - header);
  long(record + 48, header);
  view.setUint32(record + 56, 0x07064b50, true);
  long(record + 64, record);
  const end = record + 76;
  view.setUint32(end, 0x06054b50, true);
  view.setUint16(end + 10, 0xffff, true);
  view.setUint32(end + 12, 0xffffffff, true);
  view.setUint32(end + 16, 0xffffffff, true);
  return bytes;
}
