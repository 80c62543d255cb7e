import { describe, expect, it } from 'vitest';
import { DEVICES, findDevice, matchDevice, unverifiedFields } from '../../../../src/core/analysis/devices/index.js';
import { reference } from '../../../reference.js';

describe('devices', () => {
  it('have distinct ids and spellings', () => {
    const spellings = DEVICES.flatMap(({ id, aliases }) => [id, ...aliases]);
    expect(new Set(spellings).size).toBe(spellings.length);
    for (const device of DEVICES) expect(matchDevice(device.id)).toBe(device);
  });

  it.each([
    ['NVIDIA GeForce RTX 4090', 'rtx-4090'],
    ['rtx3090', 'rtx-3090'],
    ['Tesla T4', 't4'],
    ['A100', 'a100-sxm-40'],
    ['TITAN X (Pascal)', 'titan-x-pascal'],
    ['i9_10940x', 'i9-10940x'],
  ])('finds %s', (typed, id) => {
    expect(matchDevice(typed)?.id).toBe(id);
  });

  it('suggests what was meant', async () => {
    await expect(findDevice('rtx-4080')).rejects.toThrow(/there is no device named 'rtx-4080'\. Did you mean rtx-4090/);
  });

  it('says which figures no source confirmed, and only those that exist', async () => {
    const device = await findDevice('rtx-3090');
    expect(unverifiedFields(device, ['float32Tflops', 'tensorFloat16Tflops', 'computeUnits'])).toEqual([
      'tensorFloat16Tflops',
      'computeUnits',
    ]);
    for (const { unverified, sources, ...figures } of DEVICES) {
      expect(sources.length).toBeGreaterThan(0);
      for (const field of unverified) expect(figures[field]).not.toBeNull();
    }
  });

  it('are those of the reference table', () => {
    const { gpus } = reference.json<{
      gpus: {
        id: string;
        peak_fp32_tflops: number;
        mem_bandwidth_gbs: number;
        tdp_w: number | null;
        l2_mb: number | null;
      }[];
    }>('gpus.json');
    for (const gpu of gpus) {
      expect(matchDevice(gpu.id)).toMatchObject({
        float32Tflops: gpu.peak_fp32_tflops,
        memoryBandwidthGbs: gpu.mem_bandwidth_gbs,
        tdpWatts: gpu.tdp_w,
        l2Megabytes: gpu.l2_mb,
      });
    }
  });
});
