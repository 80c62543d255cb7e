import { ArchmeterError } from '../../errors.js';
import type { DType } from '../../ir/tensor.js';

/** TensorProto.DataType of each element type. */
const ONNX_TYPES: Readonly<Partial<Record<DType, number>>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
};

export function onnxType(dtype: DType): number {
  const type = ONNX_TYPES[dtype];
  if (type === undefined) throw new ArchmeterError(`elements of type ${dtype} cannot be exported to ONNX`);
  return type;
}

/** Nearest float16, halves to even, as its 16 bits (IEEE 754-2008 binary16). */
export function toFloat16Bits(value: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value);
  const bits = view.getUint32(0);
  const sign = (bits >>> 16) & 0x8000;
  const exponent = (bits >>> 23) & 0xff;
  const fraction = bits & 0x7fffff;
  if (exponent === 0xff) return sign | 0x7c00 | (fraction === 0 ? 0 : 0x200);
  const shifted = exponent - 127 + 15;
  if (shifted >= 31) return sign | 0x7c00;
  const significand = shifted > 0 ? fraction : fraction | 0x800000;
  const drop = shifted > 0 ? 13 : 14 - shifted;
  if (drop > 24) return sign;
  const kept = Math.floor(significand / 2 ** drop);
  const rest = significand - kept * 2 ** drop;
  const half = 2 ** (drop - 1);
  const rounded = kept + (rest > half || (rest === half && kept % 2 === 1) ? 1 : 0);
  // A carry out of the fraction raises the exponent by one, as it should.
  return sign | ((Math.max(shifted, 0) << 10) + rounded);
}

type Setter = (view: DataView, at: number, value: number) => void;

const SETTERS: Readonly<Partial<Record<DType, readonly [bytes: number, set: Setter]>>> = {
  float64: [8, (view, at, x) => view.setFloat64(at, x, true)],
  float16: [2, (view, at, x) => view.setUint16(at, toFloat16Bits(x), true)],
  bfloat16: [2, (view, at, x) => view.setUint16(at, bfloat16Bits(x), true)],
  int64: [8, (view, at, x) => view.setBigInt64(at, BigInt(Math.trunc(x)), true)],
  uint64: [8, (view, at, x) => view.setBigUint64(at, BigInt(Math.trunc(x)), true)],
  int32: [4, (view, at, x) => view.setInt32(at, x, true)],
  uint32: [4, (view, at, x) => view.setUint32(at, x, true)],
  int16: [2, (view, at, x) => view.setInt16(at, x, true)],
  uint16: [2, (view, at, x) => view.setUint16(at, x, true)],
  int8: [1, (view, at, x) => view.setInt8(at, x)],
  uint8: [1, (view, at, x) => view.setUint8(at, x)],
  bool: [1, (view, at, x) => view.setUint8(at, x === 0 ? 0 : 1)],
};

function bfloat16Bits(value: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value);
  return view.getUint16(0);
}

/** Elements as TensorProto.raw_data: little-endian. */
export function rawData(values: ArrayLike<number>, dtype: DType): Uint8Array {
  if (dtype === 'float32') {
    const floats = Float32Array.from(values);
    return new Uint8Array(floats.buffer);
  }
  const [bytes, set] = SETTERS[dtype] ?? [0, undefined];
  if (set === undefined) throw new ArchmeterError(`elements of type ${dtype} cannot be exported to ONNX`);
  const result = new Uint8Array(values.length * bytes);
  const view = new DataView(result.buffer);
  for (let i = 0; i < values.length; i++) set(view, i * bytes, values[i] as number);
  return result;
}
