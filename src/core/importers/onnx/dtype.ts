import { ArchmeterError } from '../../errors.js';
import type { DType } from '../../ir/tensor.js';

/** TensorProto.DataType (onnx.proto3). */
const DTYPES: Readonly<Record<number, DType>> = {
  1: 'float32',
  2: 'uint8',
  3: 'int8',
  4: 'uint16',
  5: 'int16',
  6: 'int32',
  7: 'int64',
  8: 'string',
  9: 'bool',
  10: 'float16',
  11: 'float64',
  12: 'uint32',
  13: 'uint64',
  14: 'complex64',
  15: 'complex128',
  16: 'bfloat16',
  17: 'float8',
  18: 'float8',
  19: 'float8',
  20: 'float8',
  21: 'uint4',
  22: 'int4',
  23: 'float4',
  24: 'float8',
  25: 'uint2',
  26: 'int2',
};

export const FLOAT32 = 1;

export function isKnownType(dataType: number): boolean {
  return DTYPES[dataType] !== undefined;
}

/** Thrown for a type that is none of ours: the tensor is noted as unknown where it stands. */
export class UnknownElementType extends ArchmeterError {}

export function dtypeOf(dataType: number, what: string): DType {
  const dtype = DTYPES[dataType];
  if (dtype !== undefined) return dtype;
  throw new UnknownElementType(
    `${what} has the element type ${dataType}, which archmeter does not know`,
    'Known are the types of ONNX up to opset 28; a damaged file is another cause.',
  );
}
