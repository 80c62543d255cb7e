import { DTYPE_BITS, type DType, isFloat, type TensorType } from '../../ir/tensor.js';

/** 0 boolean, 1 integer, 2 real, 3 complex. */
function category(dtype: DType): number {
  if (dtype === 'bool') return 0;
  if (dtype.startsWith('complex')) return 3;
  return isFloat(dtype) ? 2 : 1;
}

/**
 * Element type of an elementwise result, as torch and numpy promote: the higher category wins; within one, a tensor
 * over a scalar, then the wider type.
 */
export function promote(left: TensorType, right: TensorType): DType {
  if (left.dtype === right.dtype) return left.dtype;
  const difference = category(left.dtype) - category(right.dtype);
  if (difference !== 0) return difference > 0 ? left.dtype : right.dtype;
  if (left.shape.length > 0 !== right.shape.length > 0) return left.shape.length > 0 ? left.dtype : right.dtype;
  const wider = DTYPE_BITS[left.dtype] - DTYPE_BITS[right.dtype];
  // float16 with bfloat16: neither holds the other.
  if (wider === 0 && category(left.dtype) === 2) return 'float32';
  return wider >= 0 ? left.dtype : right.dtype;
}
