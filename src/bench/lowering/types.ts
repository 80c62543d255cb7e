import { type DType, isFloat } from '../../core/ir/tensor.js';

/** tfjs computes in float32 and int32 whatever the graph says. */
export function tfjsType(dtype: DType): 'float32' | 'int32' | 'bool' {
  if (dtype === 'bool') return 'bool';
  return isFloat(dtype) ? 'float32' : 'int32';
}
