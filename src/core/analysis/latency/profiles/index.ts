// Written by `npm run validate:latency -- --write-profiles`. Do not edit.
import type { LatencyProfile } from '../profile.js';
import { GENERIC_CPU_FLOAT32_FUSED } from './generic-cpu-float32-fused.js';
import { GENERIC_GPU_AMP_EAGER } from './generic-gpu-amp-eager.js';
import { I9_10940X_FLOAT32_FUSED } from './i9-10940x-float32-fused.js';
import { RTX_3090_AMP_EAGER } from './rtx-3090-amp-eager.js';
import { RTX_4090_AMP_EAGER } from './rtx-4090-amp-eager.js';

/** Profiles that archmeter ships. */
export const PROFILES: readonly LatencyProfile[] = [
  RTX_3090_AMP_EAGER,
  RTX_4090_AMP_EAGER,
  GENERIC_GPU_AMP_EAGER,
  I9_10940X_FLOAT32_FUSED,
  GENERIC_CPU_FLOAT32_FUSED,
];
