import * as h5wasm from 'h5wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { importModel } from '../../../../src/core/importers/index.js';
import { readRootAttributes } from '../../../../src/core/importers/keras/hdf5/attributes.js';
import { memorySource } from '../../../../src/core/importers/shared/bytes.js';
import { fixtureBytes } from '../fixtures.js';

let system: { readFile(path: string): Uint8Array; writeFile(path: string, bytes: Uint8Array): void };

beforeAll(async () => {
  system = (await h5wasm.ready).FS as unknown as typeof system;
});

type Version = 'earliest' | 'v108' | 'latest';

function written(version: Version, attributes: Readonly<Record<string, string>>): Uint8Array {
  const file = new h5wasm.File('/written.h5', 'w', { libver: [version, 'latest'] });
  for (const [name, text] of Object.entries(attributes)) file.create_attribute(name, text);
  const group = file.create_group('model_weights');
  group.create_dataset({ name: 'kernel', data: new Float32Array(1000), shape: [10, 100] });
  file.close();
  return system.readFile('/written.h5').slice();
}

const wanted = new Set(['model_config', 'keras_version']);
const read = (bytes: Uint8Array) => readRootAttributes(memorySource('m.h5', bytes), wanted);

describe('attributes of an HDF5 file, against libhdf5', () => {
  const texts = { keras_version: '2.15.0', model_config: JSON.stringify({ long: 'ü'.repeat(100_000) }) };

  it.each<Version>(['earliest', 'v108', 'latest'])('written in the format %s', async (version) => {
    const { names, texts: found } = await read(written(version, { other: 'x', ...texts }));
    expect([...names].sort()).toEqual(['keras_version', 'model_config', 'other']);
    expect(Object.fromEntries(found)).toEqual(texts);
  });

  it('behind a user block', async () => {
    const bytes = written('earliest', texts);
    // Addresses stay relative to the base address, which says where the superblock is.
    const moved = new Uint8Array(512 + bytes.length);
    moved.set(bytes, 512);
    new DataView(moved.buffer).setBigUint64(512 + 24, 512n, true);
    expect(Object.fromEntries((await read(moved)).texts)).toEqual(texts);
  });

  it('as Keras writes them', async () => {
    const bytes = fixtureBytes('keras/nested.h5');
    system.writeFile('/nested.h5', bytes);
    const file = new h5wasm.File('/nested.h5', 'r');
    const { names, texts: found } = await read(bytes);
    expect([...names].sort()).toEqual(Object.keys(file.attrs).sort());
    for (const [name, text] of found) expect(text).toBe(file.attrs[name]?.value);
    file.close();
  });
});

describe('a damaged HDF5 file', () => {
  it('says which byte is wrong', async () => {
    const bytes = fixtureBytes('keras/nested.h5');
    bytes[8] = 9;
    await expect(read(bytes)).rejects.toThrow(
      'm.h5, byte 8: the HDF5 file is damaged: superblock version 9 is not known. Download or export it again.',
    );
  });

  it('ends, though a global heap leads back to itself', async () => {
    const bytes = fixtureBytes('keras/nested.h5');
    const text = new TextDecoder('latin1').decode(bytes);
    const heap = text.indexOf('GCOL');
    expect(heap).toBeGreaterThan(0);
    for (let at = heap + 16; at < heap + 4096; at += 16) new DataView(bytes.buffer).setUint16(at, 7, true);
    await expect(read(bytes)).rejects.toThrow(/m\.h5, byte \d+: the HDF5 file is damaged: /);
  });
});

it.each([1, 700, 9000])('a download that broke off by %i bytes is refused', async (missing) => {
  const bytes = fixtureBytes('keras/nested.h5');
  const cut = bytes.subarray(0, bytes.length - missing);
  await expect(importModel(memorySource('nested.h5', cut))).rejects.toThrow(
    `nested.h5: the HDF5 file is cut off: it should have ${bytes.length} bytes, but has ${cut.length}.`,
  );
});
