import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openModelFile, withModelFile } from '../../src/node/byte-source.js';

let folder: string;
const bytes = new Uint8Array(300_000).map((_, i) => (i * 31 + (i >> 8)) & 0xff);

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'archmeter-test-')));
  mkdirSync(join(folder, 'model/weights'), { recursive: true });
  writeFileSync(join(folder, 'model/net.onnx'), bytes);
  writeFileSync(join(folder, 'model/net.onnx_data'), 'data');
  writeFileSync(join(folder, 'model/weights/shard1.bin'), 'shard');
  writeFileSync(join(folder, 'secret'), 'secret');
  symlinkSync(join(folder, 'secret'), join(folder, 'model/link.bin'));
  symlinkSync(join(folder, 'loop'), join(folder, 'loop'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const path = (name: string) => join(folder, name);
const text = (data: Uint8Array) => new TextDecoder().decode(data);

describe('openModelFile', () => {
  it('reads any range as it is in the file', async () => {
    await withModelFile(path('model/net.onnx'), (source) =>
      fc.assert(
        fc.asyncProperty(fc.nat(bytes.length), fc.nat(100_000), async (offset, length) => {
          const fits = Math.min(length, bytes.length - offset);
          const read = await source.read(offset, fits);
          expect(Buffer.compare(read, bytes.subarray(offset, offset + fits))).toBe(0);
        }),
        { numRuns: 300 },
      ),
    );
  });

  it('refuses to read past the end', async () => {
    await withModelFile(path('model/net.onnx'), async (source) => {
      await expect(source.read(299_999, 2)).rejects.toThrow(
        /net\.onnx, byte 299999: 2 bytes are asked for at 299999, but the file ends at 300000\./,
      );
      await expect(source.read(-1, 1)).rejects.toThrow('byte -1');
    });
  });

  it('says so where the file shrinks while it is read', async () => {
    writeFileSync(path('shrinking'), bytes);
    await withModelFile(path('shrinking'), async (source) => {
      truncateSync(path('shrinking'), 10);
      await expect(source.read(0, 100_000)).rejects.toThrow('but the file ends at 10');
    });
  });

  it.each([
    ['nothing.onnx', 'there is no such file. Check the path.'],
    ['model', /this is a folder, not a model file\. Give the file inside: .*model\/net\.onnx\.$/],
    ['loop', 'its symbolic links run in a circle. Give the file itself.'],
    ['secret/inside', 'there is no such file. Check the path.'],
  ])('refuses %s', async (name, message) => {
    await expect(openModelFile(path(name))).rejects.toThrow(message);
  });

  it('refuses addresses and devices', async () => {
    await expect(openModelFile('https://example.org/m.onnx')).rejects.toThrow(
      'https://example.org/m.onnx: archmeter reads files, not addresses. Download it first, e.g. with curl -LO.',
    );
    await expect(openModelFile('/dev/zero')).rejects.toThrow('/dev/zero: this is a device, not a file.');
  });
});

describe('sibling', () => {
  it('opens files beside and below the model', async () => {
    await withModelFile(path('model/net.onnx'), async (source) => {
      const data = await source.sibling('./net.onnx_data');
      expect(text((await data?.read(0, 4)) as Uint8Array)).toBe('data');
      expect((await source.sibling('weights/shard1.bin'))?.size).toBe(5);
      expect(await source.sibling('nothing')).toBeUndefined();
      expect(await source.sibling('weights')).toBeUndefined();
    });
  });

  it('never leaves the folder of the model', async () => {
    await withModelFile(path('model/net.onnx'), async (source) => {
      const leaving = [
        '../secret',
        path('secret'),
        'weights/../../secret',
        'file:///etc/passwd',
        'C:\\secret',
        '',
        '.',
      ];
      for (const bad of leaving) {
        await expect(source.sibling(bad), bad).rejects.toThrow("outside the model's folder");
      }
      await expect(source.sibling('link.bin')).rejects.toThrow(
        "it refers to 'link.bin', a link that leads outside the model's folder.",
      );
    });
  });

  it("follows a model hub's cache, where model and data are links into one folder", async () => {
    mkdirSync(path('hub/blobs'), { recursive: true });
    mkdirSync(path('hub/snapshots/main'), { recursive: true });
    writeFileSync(path('hub/blobs/aa'), 'model');
    writeFileSync(path('hub/blobs/bb'), 'weights');
    symlinkSync('../../blobs/aa', path('hub/snapshots/main/m.onnx'));
    symlinkSync('../../blobs/bb', path('hub/snapshots/main/m.onnx_data'));
    await withModelFile(path('hub/snapshots/main/m.onnx'), async (source) => {
      const data = await source.sibling('m.onnx_data');
      expect(text((await data?.read(0, 7)) as Uint8Array)).toBe('weights');
    });
  });
});

describe('standard input', () => {
  const script = `
    import { withModelFile } from './src/node/byte-source.ts';
    const bytes = await withModelFile('-', (source) => source.read(source.size - 3, 3));
    console.log([...bytes].join());`;
  const last = [...bytes.subarray(-3)].join();

  it('is read through a temporary file where it is a pipe', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script]);
    setTimeout(() => child.stdin.end(bytes), 300); // After the child has begun to read.
    let output = '';
    for await (const chunk of child.stdout) output += chunk;
    expect(output.trim()).toBe(last);
  });

  it('is read in place where it is a file', async () => {
    const command = `"${process.execPath}" --import tsx --input-type=module -e "$SCRIPT" < "${path('model/net.onnx')}"`;
    const { stdout } = await promisify(execFile)('sh', ['-c', command], { env: { ...process.env, SCRIPT: script } });
    expect(stdout.trim()).toBe(last);
  });
});
