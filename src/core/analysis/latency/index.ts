export type { KernelClass } from '../../ops/execution.js';
export {
  CALIBRATION_SCHEMA,
  type Calibration,
  type HeldOutTime,
  heldOutErrorOf,
  reachedDevice,
  reachedRates,
} from './calibration.js';
export {
  type Bound,
  batchOf,
  chooseProfile,
  estimateLatency,
  type LatencyEstimate,
  type LatencyOptions,
  type LayerLatency,
} from './estimate.js';
export {
  type CountedKernel,
  countKernels,
  fitLatency,
  type Observation,
  type Workload,
  workloadSeconds,
} from './fit.js';
export type { Launch } from './host.js';
export type { Kernel } from './kernel.js';
export type { AttentionStyle } from './lower-attention.js';
export { lowerKernels } from './lower-kernels.js';
export { LATENCY_PARAMETERS } from './parameters.js';
export { DEFAULT_PRECISION, PRECISIONS, type Precision } from './precision.js';
export { type HeldOutError, type LatencyProfile, namedParameters, PROFILE_SCHEMA, profileValues } from './profile.js';
export { PROFILES } from './profiles/index.js';
