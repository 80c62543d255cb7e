import type { ExecutionModel } from '../../core/analysis/result.js';

/** How each runtime turns graphs into kernels. */
export function executionOf(runtime: string): ExecutionModel {
  return runtime === 'onnxruntime' ? 'fused' : 'eager';
}
