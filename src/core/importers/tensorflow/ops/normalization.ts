import type { Lowering } from '../call.js';
import { batchNorm } from './convolution.js';

/** The further outputs (batch statistics) are for training alone: they stand for the stored ones. */
const fusedBatchNorm: Lowering = (call) => {
  const [scale, shift, mean, variance] = [call.input(1), call.input(2), call.input(3), call.input(4)];
  return [batchNorm(call, call.x, scale, shift, mean, variance), mean, variance, mean, variance, mean];
};

export const normalizationOps: Readonly<Record<string, Lowering>> = {
  FusedBatchNorm: fusedBatchNorm,
  FusedBatchNormV2: fusedBatchNorm,
  FusedBatchNormV3: fusedBatchNorm,
  LRN: (call) =>
    call.add('localResponseNorm', [call.x], {
      size: 2 * call.attributes.integer('depth_radius', 5) + 1,
      layout: 'channelsLast',
    }),
};
