import { ArchmeterError } from '../../errors.js';
import { FOLD_LIMIT } from '../../evaluate/evaluate.js';
import { byteCount, type DType, elementCount, type Shape } from '../../ir/tensor.js';
import { isList, type Json, type JsonObject } from '../keras/config.js';
import { closedShape, dtypeOfProto, field, shapeOf } from './proto-json.js';

export interface DecodedTensor {
  readonly shape: Shape;
  readonly dtype: DType;
  /** Row-major, of small tensors that are in the graph. */
  readonly data: readonly number[] | undefined;
}

const VALUES = ['intVal', 'int64Val', 'floatVal', 'doubleVal', 'boolVal', 'halfVal', 'uint32Val', 'uint64Val'];

/** A TensorProto in JSON: values in a list (the last one repeats) or as base64 bytes. */
export function decodeTensor(json: JsonObject, node: string): DecodedTensor {
  const dtype = dtypeOfProto(json.dtype ?? 'DT_FLOAT') ?? 'float32';
  const stated = field(json, 'tensorShape');
  const shape = closedShape(shapeOf((stated ?? {}) as JsonObject));
  if (shape === undefined) throw new ArchmeterError('its stored tensor has an open shape', undefined, { layer: node });
  const count = elementCount(shape);
  if (count === 0) return { shape, dtype, data: [] };
  if (count > FOLD_LIMIT) return { shape, dtype, data: undefined };
  return { shape, dtype, data: listed(json, count) ?? packed(field(json, 'tensorContent'), dtype, count) };
}

function listed(json: JsonObject, count: number): number[] | undefined {
  for (const name of VALUES) {
    const values = field(json, name);
    if (!isList(values) || values.length === 0) continue;
    const numbers = values.map(Number);
    return Array.from({ length: count }, (_, i) => numbers[Math.min(i, numbers.length - 1)] as number);
  }
  return undefined;
}

function packed(content: Json | undefined, dtype: DType, count: number): number[] | undefined {
  if (typeof content !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(content) || content.length % 4 === 1)
    return undefined;
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const width = byteCount(1, dtype);
  if (bytes.length === 0 || bytes.length !== width * count) return undefined;
  const view = new DataView(bytes.buffer);
  const read = {
    int32: (at: number) => view.getInt32(at, true),
    int64: (at: number) => Number(view.getBigInt64(at, true)),
    float32: (at: number) => view.getFloat32(at, true),
    float64: (at: number) => view.getFloat64(at, true),
    bool: (at: number) => view.getUint8(at),
    uint8: (at: number) => view.getUint8(at),
    int8: (at: number) => view.getInt8(at),
    int16: (at: number) => view.getInt16(at, true),
  }[dtype as string];
  return read && Array.from({ length: count }, (_, i) => read(i * width));
}
