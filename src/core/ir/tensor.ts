/** Element types, named as in ONNX and safetensors, with their width in bits. */
export const DTYPE_BITS = {
  float64: 64,
  float32: 32,
  float16: 16,
  bfloat16: 16,
  float8: 8,
  float4: 4,
  int64: 64,
  int32: 32,
  int16: 16,
  int8: 8,
  int4: 4,
  int2: 2,
  uint64: 64,
  uint32: 32,
  uint16: 16,
  uint8: 8,
  uint4: 4,
  uint2: 2,
  bool: 8,
  complex64: 64,
  complex128: 128,
  string: 0,
} as const;

export type DType = keyof typeof DTYPE_BITS;

export type Shape = readonly number[];

/** Shape and element type of a tensor. Activations are channels first (NCHW) unless an op's `layout` says otherwise. */
export interface TensorType {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** Number of elements; 1 for a scalar (shape `[]`). */
export function elementCount(shape: Shape): number {
  let count = 1;
  for (let i = 0; i < shape.length; i++) count *= shape[i] as number;
  return count;
}

/** Bytes of `elements` elements; sub-byte types are packed, rounded up to a whole byte. */
export function byteCount(elements: number, dtype: DType): number {
  return Math.ceil((elements * DTYPE_BITS[dtype]) / 8);
}

export function isFloat(dtype: DType): boolean {
  return dtype.startsWith('float') || dtype === 'bfloat16';
}

/** `1x3x224x224`; `scalar` for shape `[]`. */
export function formatShape(shape: Shape): string {
  return shape.length === 0 ? 'scalar' : shape.join('x');
}
