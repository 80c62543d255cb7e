import { ArchmeterError } from '../../errors.js';
import { fromFloat16Bits } from '../../ir/float16.js';
import { byteCount, DTYPE_BITS, type DType, elementCount } from '../../ir/tensor.js';
import type { ByteSource } from '../define-importer.js';
import type { TensorProto } from './protobuf/messages.js';
import type { Span } from './protobuf/schema.js';
import { checkBytes, externalFile, isExternal, type StoredTensor } from './stored-tensor.js';

/** Most bytes of one element in a typed field: a tag and a varint. */
const LARGEST_ENTRY = 11;
const DAMAGED = 'The file is damaged; download or export it again.';

/**
 * Contents of a small stored tensor, row-major. Undefined where they are not there (an export without weights) or are
 * of a type without numbers.
 */
export async function readContents(tensor: StoredTensor, source: ByteSource): Promise<readonly number[] | undefined> {
  const { proto } = tensor;
  const count = elementCount(tensor.shape);
  if (proto === undefined) return undefined;
  if (count === 0) return [];
  if (isExternal(tensor)) return readExternal(tensor, proto, source);
  const raw = proto.rawData?.at(-1);
  if (raw !== undefined && raw.end > raw.start) {
    return decodeRaw(await source.read(raw.start, raw.end - raw.start), tensor.dtype, count);
  }
  // Stored as their bits: no numbers to compute with.
  if (tensor.dtype === 'float8' || tensor.dtype === 'float4') return undefined;
  const values = await readTyped(tensor, proto, source);
  if (values === undefined || values.length === 0) return undefined;
  if (tensor.dtype === 'float16' || tensor.dtype === 'bfloat16') {
    return checked(tensor, values.map(tensor.dtype === 'float16' ? fromFloat16Bits : fromBfloat16));
  }
  return values.length === count || isPacked(tensor.dtype) ? unpacked(tensor, values) : checked(tensor, values);
}

/** Integers of two or four bits in int32_data: a byte of them to an entry (onnx.proto3), or one, as early writers did. */
function unpacked(tensor: StoredTensor, values: readonly number[]): readonly number[] {
  const count = elementCount(tensor.shape);
  return values.length === count
    ? values
    : checked(tensor, packedIntegers(Uint8Array.from(values), tensor.dtype, count));
}

function checked(tensor: StoredTensor, values: readonly number[]): readonly number[] {
  const count = elementCount(tensor.shape);
  if (values.length === count) return values;
  throw new ArchmeterError(
    `tensor '${tensor.name}' needs ${count} elements, but the file holds ${values.length}`,
    DAMAGED,
  );
}

async function readExternal(
  tensor: StoredTensor,
  proto: TensorProto,
  source: ByteSource,
): Promise<readonly number[] | undefined> {
  const entries = new Map(proto.externalData?.map(({ key, value }) => [key, value]));
  const location = externalFile(tensor);
  if (location === undefined) {
    throw new ArchmeterError(`tensor '${tensor.name}' lies in another file, which is not named`, DAMAGED);
  }
  const file = await source.sibling(location);
  if (file === undefined) return undefined;
  const bytes = byteCount(elementCount(tensor.shape), tensor.dtype);
  const offset = Number(entries.get('offset') ?? 0);
  const length = Number(entries.get('length') ?? bytes);
  if (!Number.isSafeInteger(offset) || offset < 0) {
    throw new ArchmeterError(`tensor '${tensor.name}' begins at the impossible byte ${entries.get('offset')}`, DAMAGED);
  }
  if (!Number.isSafeInteger(length)) {
    throw new ArchmeterError(`tensor '${tensor.name}' has the impossible length '${entries.get('length')}'`, DAMAGED);
  }
  checkBytes(tensor, length);
  return decodeRaw(await file.read(offset, bytes), tensor.dtype, elementCount(tensor.shape));
}

async function readTyped(tensor: StoredTensor, proto: TensorProto, source: ByteSource): Promise<number[] | undefined> {
  const fields: readonly [Span[] | undefined, number, (view: DataView, at: number) => number][] = [
    [proto.int64Data, 0, () => 0],
    [proto.int32Data, 0, () => 0],
    [proto.uint64Data, 0, () => 0],
    [proto.floatData, 4, (view, at) => view.getFloat32(at, true)],
    [proto.doubleData, 8, (view, at) => view.getFloat64(at, true)],
  ];
  const found = fields.find(([spans]) => spans !== undefined);
  if (found === undefined) return undefined;
  const [spans, width, get] = found;
  const held = (spans as Span[]).reduce((sum, { start, end }) => sum + end - start, 0);
  if (held > elementCount(tensor.shape) * LARGEST_ENTRY) checkBytes(tensor, held);
  const values: number[] = [];
  for (const { start, end, tagged } of spans as Span[]) {
    const bytes = await source.read(start, end - start);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    while (at < bytes.length) {
      if (tagged) at = varint(bytes, at)[1];
      if (width === 0) {
        const [value, next] = varint(bytes, at);
        values.push(value);
        at = next;
      } else {
        if (at + width > bytes.length) throw new ArchmeterError('a number is cut off', DAMAGED, { byte: start + at });
        values.push(get(view, at));
        at += width;
      }
    }
  }
  return values;
}

function varint(bytes: Uint8Array, at: number): [value: number, next: number] {
  let value = 0n;
  for (let i = 0; i < 10 && at + i < bytes.length; i++) {
    const byte = bytes[at + i] as number;
    value |= BigInt(byte & 0x7f) << BigInt(7 * i);
    if (byte < 0x80) return [Number(BigInt.asIntN(64, value)), at + i + 1];
  }
  throw new ArchmeterError('a number runs on without end or is cut off', DAMAGED);
}

type Getter = (view: DataView, at: number) => number;

/** Little endian, as raw_data always is. */
const GETTERS: Readonly<Partial<Record<DType, Getter>>> = {
  float64: (view, at) => view.getFloat64(at, true),
  float32: (view, at) => view.getFloat32(at, true),
  float16: (view, at) => fromFloat16Bits(view.getUint16(at, true)),
  bfloat16: (view, at) => fromBfloat16(view.getUint16(at, true)),
  int64: (view, at) => Number(view.getBigInt64(at, true)),
  uint64: (view, at) => Number(view.getBigUint64(at, true)),
  int32: (view, at) => view.getInt32(at, true),
  uint32: (view, at) => view.getUint32(at, true),
  int16: (view, at) => view.getInt16(at, true),
  uint16: (view, at) => view.getUint16(at, true),
  int8: (view, at) => view.getInt8(at),
  uint8: (view, at) => view.getUint8(at),
  bool: (view, at) => (view.getUint8(at) === 0 ? 0 : 1),
};

function decodeRaw(bytes: Uint8Array, dtype: DType, count: number): readonly number[] | undefined {
  if (isPacked(dtype)) return packedIntegers(bytes, dtype, count);
  const get = GETTERS[dtype];
  if (get === undefined) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const width = bytes.length / count;
  return Array.from({ length: count }, (_, i) => get(view, i * width));
}

function isPacked(dtype: DType): boolean {
  return /^u?int[24]$/.test(dtype);
}

/** Several to a byte, the first in the lowest bits. */
function packedIntegers(bytes: Uint8Array, dtype: DType, count: number): number[] {
  const bits = DTYPE_BITS[dtype];
  const each = 8 / bits;
  const modulus = 2 ** bits;
  return Array.from({ length: Math.min(count, bytes.length * each) }, (_, i) => {
    const value = ((bytes[Math.floor(i / each)] as number) >> (bits * (i % each))) & (modulus - 1);
    return dtype.startsWith('int') && value >= modulus / 2 ? value - modulus : value;
  });
}

function fromBfloat16(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint16(2, bits, true);
  return view.getFloat32(0, true);
}
