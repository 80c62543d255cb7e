import type { Device } from './device.js';
import { SOURCES } from './sources.js';

// biome-ignore format: a table
export const APPLE: readonly Device[] = [
  {
    id: 'm1-max-32', name: 'Apple M1 Max (32-core GPU)', kind: 'gpu', aliases: ['m1-max'],
    architecture: 'Apple G13', processNm: 5, computeUnits: 32,
    float32Tflops: 10.4, float16Tflops: null, tensorFloat16Tflops: null, tensorFloat16AccumulateTflops: null,
    memoryBandwidthGbs: 400, l2Megabytes: null, lastLevelCacheMegabytes: 48,
    memoryGigabytes: 64, memoryType: 'LPDDR5', tdpWatts: null,
    sources: [SOURCES.apple, SOURCES.mem],
    unverified: ['float32Tflops', 'memoryBandwidthGbs', 'lastLevelCacheMegabytes', 'computeUnits'],
    note: 'No published TDP; no fp16 matrix unit in GPU, fp16 ALU rate ~= fp32.',
  },
  {
    id: 'm2-max-38', name: 'Apple M2 Max (38-core GPU)', kind: 'gpu', aliases: ['m2-max'],
    architecture: 'Apple G14', processNm: 5, computeUnits: 38,
    float32Tflops: 13.6, float16Tflops: null, tensorFloat16Tflops: null, tensorFloat16AccumulateTflops: null,
    memoryBandwidthGbs: 400, l2Megabytes: null, lastLevelCacheMegabytes: 48,
    memoryGigabytes: 96, memoryType: 'LPDDR5', tdpWatts: null,
    sources: [SOURCES.apple, SOURCES.mem],
    unverified: ['float32Tflops', 'lastLevelCacheMegabytes', 'computeUnits'],
    note: null,
  },
];
