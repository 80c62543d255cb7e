import { DTYPE_BITS, type DType, isFloat } from '../ir/tensor.js';

/** What the element type keeps of a number: integers are cut off and wrap around, as far as they are exact. */
export function rounded(value: number, dtype: DType): number {
  if (dtype === 'float32') return Math.fround(value);
  if (isFloat(dtype)) return value;
  if (dtype === 'bool') return value === 0 ? 0 : 1;
  const bits = DTYPE_BITS[dtype];
  // No negative zero.
  const whole = Math.trunc(value) + 0;
  if (bits > 32 || bits === 0 || !Number.isSafeInteger(whole)) return whole;
  const modulus = 2 ** bits;
  const wrapped = ((whole % modulus) + modulus) % modulus;
  return dtype.startsWith('int') && wrapped >= modulus / 2 ? wrapped - modulus : wrapped;
}
