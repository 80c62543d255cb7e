import type { Device } from './device.js';
import { SOURCES } from './sources.js';

// biome-ignore format: a table
export const AMD: readonly Device[] = [
  {
    id: 'rx-7900-xtx', name: 'Radeon RX 7900 XTX', kind: 'gpu', aliases: ['7900-xtx'],
    architecture: 'RDNA3 Navi31', processNm: 5, computeUnits: 96,
    float32Tflops: 61.4, float16Tflops: null, tensorFloat16Tflops: 122.8, tensorFloat16AccumulateTflops: 122.8,
    memoryBandwidthGbs: 960, l2Megabytes: 6, lastLevelCacheMegabytes: 96,
    memoryGigabytes: 24, memoryType: 'GDDR6', tdpWatts: 355,
    sources: [SOURCES.rocm, SOURCES.mem],
    unverified: ['float32Tflops', 'tensorFloat16Tflops', 'tensorFloat16AccumulateTflops', 'memoryBandwidthGbs', 'tdpWatts', 'computeUnits'],
    note: 'fp32 figure needs dual-issue; plan for ~half. WMMA, not separate tensor cores.',
  },
  {
    id: 'mi250x', name: 'Instinct MI250X (2 GCD)', kind: 'gpu', aliases: [],
    architecture: 'CDNA2', processNm: 6, computeUnits: 220,
    float32Tflops: 47.9, float16Tflops: null, tensorFloat16Tflops: 383, tensorFloat16AccumulateTflops: 383,
    memoryBandwidthGbs: 3277, l2Megabytes: 16, lastLevelCacheMegabytes: null,
    memoryGigabytes: 128, memoryType: 'HBM2e', tdpWatts: 500,
    sources: [SOURCES.stas, SOURCES.rocm],
    unverified: ['computeUnits'],
    note: 'Two devices to the OS: halve everything per GCD. 560 W peak. fp32 matrix 95.7.',
  },
  {
    id: 'mi300x', name: 'Instinct MI300X', kind: 'gpu', aliases: [],
    architecture: 'CDNA3', processNm: 5, computeUnits: 304,
    float32Tflops: 163.4, float16Tflops: null, tensorFloat16Tflops: 1307, tensorFloat16AccumulateTflops: 1307,
    memoryBandwidthGbs: 5300, l2Megabytes: 32, lastLevelCacheMegabytes: 256,
    memoryGigabytes: 192, memoryType: 'HBM3', tdpWatts: 750,
    sources: [SOURCES.stas, SOURCES.rocm],
    unverified: ['computeUnits'],
    note: '163.4 fp32 is both vector and matrix; achieved bf16 only 51% of peak in stas00 table.',
  },
];
