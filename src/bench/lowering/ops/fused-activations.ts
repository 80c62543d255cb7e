import type { OpName } from '../../../core/ops/op-attributes.js';

/** Activations that tfjs has inside its fused convolution and matrix product, by the op's name. */
export const FUSED_ACTIVATIONS: { readonly [N in OpName]?: 'relu' | 'relu6' | 'sigmoid' } = {
  relu: 'relu',
  relu6: 'relu6',
  sigmoid: 'sigmoid',
};
