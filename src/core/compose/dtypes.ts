import type { DType } from '../ir/tensor.js';

/** What `--dtype` takes, with the short names people use. */
export const DTYPES: Readonly<Record<string, DType>> = {
  fp32: 'float32',
  fp16: 'float16',
  bf16: 'bfloat16',
  fp8: 'float8',
  int8: 'int8',
  int4: 'int4',
  fp64: 'float64',
};
