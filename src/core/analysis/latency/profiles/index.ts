// Written by `npm run validate:latency -- --write-profiles`. Do not edit.
import type { LatencyProfile } from '../profile.js';
import { A40_SERVER } from './a40-server.js';
import { A100_PCIE_40_SERVER } from './a100-pcie-40-server.js';
import { A100_SXM_80_SERVER } from './a100-sxm-80-server.js';
import { B200_SXM_SERVER } from './b200-sxm-server.js';
import { GB200_SERVER } from './gb200-server.js';
import { GENERIC_CPU_FUSED } from './generic-cpu-fused.js';
import { GENERIC_DESKTOP_EAGER } from './generic-desktop-eager.js';
import { GENERIC_DESKTOP_FUSED } from './generic-desktop-fused.js';
import { GENERIC_SERVER_EAGER } from './generic-server-eager.js';
import { H100_SXM_SERVER } from './h100-sxm-server.js';
import { I7_12700H_FLOAT32_FUSED } from './i7-12700h-float32-fused.js';
import { I9_10940X_FLOAT32_FUSED } from './i9-10940x-float32-fused.js';
import { P100_PCIE_16_SERVER } from './p100-pcie-16-server.js';
import { RTX_3090_AMP_EAGER } from './rtx-3090-amp-eager.js';
import { RTX_4090_AMP_EAGER } from './rtx-4090-amp-eager.js';
import { RTX_4090_AMP_FUSED } from './rtx-4090-amp-fused.js';
import { T4_SERVER } from './t4-server.js';
import { V100_PCIE_32_SERVER } from './v100-pcie-32-server.js';

/** Profiles that archmeter ships. */
export const PROFILES: readonly LatencyProfile[] = [
  RTX_3090_AMP_EAGER,
  RTX_4090_AMP_EAGER,
  GENERIC_DESKTOP_EAGER,
  RTX_4090_AMP_FUSED,
  GENERIC_DESKTOP_FUSED,
  I7_12700H_FLOAT32_FUSED,
  I9_10940X_FLOAT32_FUSED,
  GENERIC_CPU_FUSED,
  A100_PCIE_40_SERVER,
  P100_PCIE_16_SERVER,
  T4_SERVER,
  V100_PCIE_32_SERVER,
  A100_SXM_80_SERVER,
  H100_SXM_SERVER,
  B200_SXM_SERVER,
  GB200_SERVER,
  A40_SERVER,
  GENERIC_SERVER_EAGER,
];
