import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { exportLine, isMissing, pipCudaFolders } from '../../../src/bench/runtimes/cuda/libraries.js';
import { parseGpuList, visibleGpus } from '../../../src/bench/runtimes/cuda/nvidia-gpus.js';

const LIST = `NVIDIA A100-SXM4-40GB, 550.54.15, 00000000:07:00.0, 8.0, GPU-aaaa1111-0000
NVIDIA H100 80GB HBM3, 550.54.15, 00000000:17:00.0, 9.0, GPU-bbbb2222-0000
`;

describe('the GPU that CUDA takes', () => {
  const gpus = parseGpuList(LIST);
  const seen = (visible: string | undefined, order = 'PCI_BUS_ID', of = gpus) =>
    visibleGpus(of, {
      CUDA_DEVICE_ORDER: order,
      ...(visible === undefined ? {} : { CUDA_VISIBLE_DEVICES: visible }),
    }).map(({ name, pciBusId }) => `${name} ${pciBusId ?? ''}`.trim());

  it('is the first by PCI bus id, or what CUDA_VISIBLE_DEVICES names, by number or UUID', () => {
    expect(seen(undefined)[0]).toBe('NVIDIA A100-SXM4-40GB 00000000:07:00.0');
    expect(seen('1')).toEqual(['NVIDIA H100 80GB HBM3 00000000:17:00.0']);
    expect(seen('1,0')[1]).toBe('NVIDIA A100-SXM4-40GB 00000000:07:00.0');
    expect(seen('GPU-bbbb')).toEqual(['NVIDIA H100 80GB HBM3 00000000:17:00.0']);
  });

  it('is none where it is hidden; what follows a wrong entry is ignored, as CUDA does', () => {
    expect(seen('')).toEqual([]);
    expect(seen('-1')).toEqual([]);
    expect(seen('0,7,1')).toEqual(['NVIDIA A100-SXM4-40GB 00000000:07:00.0']);
    expect(seen('MIG-cccc')).toEqual(['NVIDIA GPU (MIG slice)']);
    expect(seen('MIG-GPU-bbbb2222-0000/1/0')).toEqual(['NVIDIA H100 80GB HBM3 (MIG slice) 00000000:17:00.0']);
    expect(seen('MIG-cccc', 'PCI_BUS_ID', gpus.slice(1))).toEqual([
      'NVIDIA H100 80GB HBM3 (MIG slice) 00000000:17:00.0',
    ]);
  });

  it('is not guessed among different models that CUDA counts by speed', () => {
    expect(seen('1', 'FASTEST_FIRST')).toEqual(['one of NVIDIA A100-SXM4-40GB, NVIDIA H100 80GB HBM3']);
    expect(seen('GPU-aaaa', 'FASTEST_FIRST')).toEqual(['NVIDIA A100-SXM4-40GB 00000000:07:00.0']);
    const same = gpus.map((gpu) => ({ ...gpu, name: 'NVIDIA H100' }));
    expect(seen('1', 'FASTEST_FIRST', same)).toEqual(['NVIDIA H100 00000000:17:00.0']);
  });
});

describe("pip's CUDA libraries", () => {
  const root = mkdtempSync(join(tmpdir(), 'archmeter-pip-'));
  afterAll(() => rmSync(root, { recursive: true }));
  for (const [part, file] of [
    ['cublas', 'libcublas.so.12'],
    ['cudnn', 'libcudnn.so.9'],
  ] as const) {
    mkdirSync(join(root, 'nvidia', part, 'lib'), { recursive: true });
    writeFileSync(join(root, 'nvidia', part, 'lib', file), '');
  }
  mkdirSync(join(root, 'nvidia', 'empty', 'lib'), { recursive: true });

  it('are found, and named in the one line to export', () => {
    const folders = pipCudaFolders([root, join(root, 'none')]);
    expect(folders).toEqual(['cublas', 'cudnn'].map((part) => join(root, 'nvidia', part, 'lib')));
    expect(exportLine(['libcudnn.so.9'], folders)).toBe(
      `export LD_LIBRARY_PATH=${folders.join(':')}\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}`,
    );
    expect(exportLine(['libcudnn.so.9', 'libcufft.so.11'], folders)).toBeUndefined();
    expect(isMissing('libno-such-library.so.1')).toBe(true);
  });
});
