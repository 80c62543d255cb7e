import type { Device } from './device.js';
import { SOURCES } from './sources.js';

// biome-ignore format: a table
export const NVIDIA_JETSON: readonly Device[] = [
  {
    id: 'jetson-tx2', name: 'Jetson TX2', kind: 'gpu', aliases: ['tx2'],
    architecture: 'Pascal GP10B', processNm: 16, computeUnits: 2,
    float32Tflops: 0.665, float16Tflops: 1.33, tensorFloat16Tflops: null, tensorFloat16AccumulateTflops: null,
    memoryBandwidthGbs: 59.7, l2Megabytes: 0.5, lastLevelCacheMegabytes: null,
    memoryGigabytes: 8, memoryType: 'LPDDR4', tdpWatts: 15,
    sources: [SOURCES.jet, SOURCES.mem],
    unverified: ['float32Tflops', 'memoryBandwidthGbs', 'l2Megabytes', 'computeUnits'],
    note: 'fp16 CUDA-core 1.33 TFLOPS (2x fp32). 7.5 W Max-Q / 15 W Max-P.',
  },
  {
    id: 'jetson-agx-xavier', name: 'Jetson AGX Xavier', kind: 'gpu', aliases: ['xavier'],
    architecture: 'Volta GV10B', processNm: 12, computeUnits: 8,
    float32Tflops: 1.41, float16Tflops: null, tensorFloat16Tflops: 11, tensorFloat16AccumulateTflops: 11,
    memoryBandwidthGbs: 136.5, l2Megabytes: 0.5, lastLevelCacheMegabytes: null,
    memoryGigabytes: 32, memoryType: 'LPDDR4X', tdpWatts: 30,
    sources: [SOURCES.jet, SOURCES.mem],
    unverified: ['float32Tflops', 'tensorFloat16Tflops', 'tensorFloat16AccumulateTflops', 'tdpWatts', 'l2Megabytes', 'computeUnits'],
    note: null,
  },
  {
    id: 'jetson-agx-orin-64', name: 'Jetson AGX Orin 64GB', kind: 'gpu', aliases: ['jetson-orin', 'orin'],
    architecture: 'Ampere GA10B', processNm: 8, computeUnits: 16,
    float32Tflops: 5.3, float16Tflops: null, tensorFloat16Tflops: 42.5, tensorFloat16AccumulateTflops: 42.5,
    memoryBandwidthGbs: 204.8, l2Megabytes: 4, lastLevelCacheMegabytes: null,
    memoryGigabytes: 64, memoryType: 'LPDDR5', tdpWatts: 60,
    sources: [SOURCES.mem],
    unverified: ['float32Tflops', 'tensorFloat16Tflops', 'tensorFloat16AccumulateTflops', 'memoryBandwidthGbs', 'l2Megabytes', 'computeUnits'],
    note: '15-60 W configurable (fixstars blog). 275 TOPS is sparse INT8 incl. DLA.',
  },
];
