import type { DType, Shape } from '../../ir/tensor.js';
import { isList, isObject, type Json, type JsonObject } from '../keras/config.js';
import type { OpenShape } from '../tensorflow/attributes.js';

/** Protobuf's JSON writes `tensorShape`; some converters keep `tensor_shape`. */
export function field(json: JsonObject, name: string): Json | undefined {
  return json[name] ?? json[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)];
}

/** Whole numbers of 64 bits are texts in protobuf's JSON. */
export function numberOf(json: Json): number {
  return typeof json === 'number' ? json : typeof json === 'string' ? Number(json) : Number.NaN;
}

/** A TensorShapeProto; undefined where even the number of axes is open. */
export function shapeOf(json: JsonObject): OpenShape {
  if (field(json, 'unknownRank') === true) return undefined;
  const dimensions = json.dim;
  if (!isList(dimensions)) return [];
  return dimensions.map((dimension) => {
    const size = isObject(dimension) ? numberOf(dimension.size ?? 0) : -1;
    return Number.isSafeInteger(size) && size >= 0 ? size : null;
  });
}

/** The shape where all of it is known. */
export function closedShape(shape: OpenShape): Shape | undefined {
  return shape?.every((size) => size !== null) ? (shape as Shape) : undefined;
}

const DTYPES: readonly (DType | undefined)[] = [
  undefined,
  'float32',
  'float64',
  'int32',
  'uint8',
  'int16',
  'int8',
  'string',
  'complex64',
  'int64',
  'bool',
  'int8',
  'uint8',
  'int32',
  'bfloat16',
  'int16',
  'uint16',
  'uint16',
  'complex128',
  'float16',
];

const DTYPE_NAMES: Readonly<Record<string, DType>> = {
  DT_FLOAT: 'float32',
  DT_DOUBLE: 'float64',
  DT_HALF: 'float16',
  DT_BFLOAT16: 'bfloat16',
  DT_INT64: 'int64',
  DT_INT32: 'int32',
  DT_INT16: 'int16',
  DT_INT8: 'int8',
  DT_UINT64: 'uint64',
  DT_UINT32: 'uint32',
  DT_UINT16: 'uint16',
  DT_UINT8: 'uint8',
  DT_BOOL: 'bool',
  DT_STRING: 'string',
  DT_COMPLEX64: 'complex64',
  DT_COMPLEX128: 'complex128',
};

/** tensorflow/core/framework/types.proto: a name or a number. */
export function dtypeOfProto(json: Json): DType | undefined {
  if (typeof json === 'number') return DTYPES[json];
  return typeof json === 'string' && Object.hasOwn(DTYPE_NAMES, json) ? DTYPE_NAMES[json] : undefined;
}
