import { ArchmeterError } from '../../errors.js';
import { byteCount, type DType, elementCount, formatShape, type Shape } from '../../ir/tensor.js';
import { dtypeOf } from './dtype.js';
import type { SparseTensorProto, TensorProto } from './protobuf/messages.js';

/** A tensor that the file stores: an initializer or the value of a Constant node. Its contents are not read. */
export interface StoredTensor {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
  readonly proto: TensorProto | undefined;
  /** Bits an element that scales and zero points of its blocks add. */
  readonly scaleBits?: number;
}

const MAX_ELEMENTS = 2 ** 48;

/** Throws where sizes are impossible or do not fit the bytes that the file holds. */
export function storedTensor(proto: TensorProto, name: string): StoredTensor {
  const what = `tensor '${name}'`;
  const { dims } = proto;
  if (!dims.every((size) => Number.isSafeInteger(size) && size >= 0) || elementCount(dims) > MAX_ELEMENTS) {
    throw new ArchmeterError(
      `${what} has the impossible shape ${formatShape(dims)}`,
      'The file is damaged; download or export it again.',
    );
  }
  const tensor = { name, shape: dims, dtype: dtypeOf(proto.dataType, what), proto };
  const raw = proto.rawData?.at(-1);
  if (raw !== undefined && !raw.tagged && raw.end > raw.start) checkBytes(tensor, raw.end - raw.start);
  return tensor;
}

/** Throws where `held` bytes are not those of the tensor. */
export function checkBytes({ name, shape, dtype }: StoredTensor, held: number): void {
  const needed = byteCount(elementCount(shape), dtype);
  if (needed === held || dtype === 'string') return;
  throw new ArchmeterError(
    `tensor '${name}' (${formatShape(shape)}, ${dtype}) needs ${needed} bytes, but the file holds ${held}`,
    'The file is damaged; download or export it again.',
  );
}

/** A sparse initializer: its values alone are stored, and trained. */
export function sparseTensor({ values, dims }: SparseTensorProto): StoredTensor {
  const name = values?.name ?? '';
  return { name, shape: dims, dtype: dtypeOf(values?.dataType ?? 0, `tensor '${name}'`), proto: undefined };
}

const EXTERNAL = 1;

/** Whether the contents lie in another file. */
export function isExternal({ proto }: StoredTensor): boolean {
  return proto?.dataLocation === EXTERNAL;
}

/** Path of the other file as the model gives it. */
export function externalFile({ proto }: StoredTensor): string | undefined {
  return proto?.externalData?.find(({ key }) => key === 'location')?.value;
}
