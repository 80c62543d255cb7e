import { describe, expect, it } from 'vitest';
import { readDevice } from '../../src/node/device-file.js';

const read = (text: string) => readDevice(text, 'my.yaml');

describe("a user's device", () => {
  it('needs a name, a rate and a bandwidth', async () => {
    const device = await read('name: My GPU\nfloat32Tflops: 20\nmemoryBandwidthGbs: 500\nsource: datasheet');
    expect(device).toMatchObject({
      id: 'my-gpu',
      kind: 'gpu',
      float32Tflops: 20,
      unverified: [],
      sources: ['datasheet'],
    });
    await expect(read('name: X\nfloat32Tflops: 1')).rejects.toThrow(
      "my.yaml: the field 'memoryBandwidthGbs' is missing. Give it, or 'like: rtx-4090' for a device to start from.",
    );
  });

  it('marks what has no source, and what it borrows', async () => {
    expect((await read('name: X\nfloat32Tflops: 1\nmemoryBandwidthGbs: 2')).unverified).toEqual([
      'float32Tflops',
      'memoryBandwidthGbs',
    ]);
    const like = await read('name: X\nlike: rtx-4090\ntdpWatts: 300\nsource: measured');
    expect(like.memoryBandwidthGbs).toBe(1008);
    expect(like.unverified).toContain('memoryBandwidthGbs');
    expect(like.unverified).not.toContain('tdpWatts');
  });

  it.each([
    ['- 1', 'my.yaml: a device is a mapping'],
    ['name: X\nspeed: 3', "there is no field 'speed'"],
    ['name: X\nfloat32Tflops: -3', "'float32Tflops' must be a number above 0"],
    ['name: X\nlike: rtx-9999', "there is no device named 'rtx-9999' to start from"],
    ['name: [', 'not YAML'],
    ['name: X\nkind: npu\nlike: t4', "'kind' must be gpu or cpu"],
  ])('refuses %j', async (text, problem) => {
    await expect(read(text)).rejects.toThrow(problem);
  });
});
