import type { Device } from './device.js';
import { SOURCES } from './sources.js';

// biome-ignore format: a table
export const CPUS: readonly Device[] = [
  {
    id: 'generic-cpu', name: 'Generic CPU (8 cores, 256-bit vectors)', kind: 'cpu', aliases: ['cpu'],
    architecture: 'x86-64-v3', processNm: 7, computeUnits: 8,
    float32Tflops: 0.77, float16Tflops: null, tensorFloat16Tflops: null, tensorFloat16AccumulateTflops: null,
    memoryBandwidthGbs: 40, l2Megabytes: 4, lastLevelCacheMegabytes: 16,
    memoryGigabytes: null, memoryType: null, tdpWatts: 65,
    sources: ['an assumed desktop: 8 cores x 3.0 GHz x 2 FMA units x 8 lanes x 2, two channels of DDR4'],
    unverified: ['processNm', 'computeUnits', 'float32Tflops', 'memoryBandwidthGbs', 'l2Megabytes', 'lastLevelCacheMegabytes', 'tdpWatts'],
    note: 'Stands for no product.',
  },
  {
    id: 'i9-10940x', name: 'Intel Core i9-10940X', kind: 'cpu', aliases: ['i9_10940x', '10940x'],
    architecture: 'Cascade Lake-X', processNm: 14, computeUnits: 14,
    float32Tflops: 2.96, float16Tflops: null, tensorFloat16Tflops: null, tensorFloat16AccumulateTflops: null,
    memoryBandwidthGbs: 94, l2Megabytes: 14, lastLevelCacheMegabytes: 19.25,
    memoryGigabytes: null, memoryType: 'DDR4', tdpWatts: 165,
    sources: ['14 cores x 3.3 GHz x 2 FMA units x 16 lanes x 2; four channels of DDR4-2933', SOURCES.mem],
    unverified: ['processNm', 'computeUnits', 'float32Tflops', 'memoryBandwidthGbs', 'l2Megabytes', 'lastLevelCacheMegabytes', 'tdpWatts'],
    note: 'The processor of timm\'s published CPU table.',
  },
  {
    id: 'i7-12700h', name: 'Intel Core i7-12700H', kind: 'cpu', aliases: ['i7_12700h', '12700h'],
    architecture: 'Alder Lake-H', processNm: 10, computeUnits: 14,
    float32Tflops: 1.0, float16Tflops: null, tensorFloat16Tflops: null, tensorFloat16AccumulateTflops: null,
    memoryBandwidthGbs: 76.8, l2Megabytes: 11.5, lastLevelCacheMegabytes: 24,
    memoryGigabytes: null, memoryType: 'DDR5', tdpWatts: 45,
    sources: ['6 cores x 3.5 GHz x 2 FMA units x 8 lanes x 2 and 8 x 2.6 GHz x half of that, at 45 W; two channels of DDR5-4800', SOURCES.mem],
    unverified: ['processNm', 'computeUnits', 'float32Tflops', 'memoryBandwidthGbs', 'l2Megabytes', 'lastLevelCacheMegabytes', 'tdpWatts'],
    note: 'A notebook\'s processor; of timm\'s published CPU tables.',
  },
];
