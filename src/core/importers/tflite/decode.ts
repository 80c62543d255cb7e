import { ArchmeterError } from '../../errors.js';
import { FOLD_LIMIT } from '../../evaluate/evaluate.js';
import { byteCount, type DType, elementCount, isFloat } from '../../ir/tensor.js';
import { Attributes, type AttributeValue } from '../tensorflow/attributes.js';
import { BUILTIN_OPERATORS } from './builtin-operators.js';
import { type PagedBuffer, Table } from './flatbuffer.js';
import {
  BUFFER,
  FUSED_ACTIVATIONS,
  MODEL,
  OPERATOR,
  OPERATOR_CODE,
  OPTION_FIELDS,
  type OptionField,
  SIGNATURE,
  SUBGRAPH,
  TENSOR,
  TENSOR_MAP,
  TENSOR_TYPES,
} from './schema.js';

/** Floating-point constants whose contents may enter a shape: scalars, and factors for each axis. */
const MAX_KNOWN_FLOATS = 4;

export interface TensorRecord {
  readonly name: string;
  readonly shape: readonly number[];
  /** Open axes null. */
  readonly openShape: readonly (number | null)[];
  readonly dtype: DType;
  readonly isVariable: boolean;
  readonly buffer: number;
}

export interface OperatorRecord {
  /** `CONV_2D`, or the name of a custom operator. */
  readonly type: string;
  readonly isCustom: boolean;
  readonly attributes: Attributes;
  /** Indices of tensors; negative where an optional one is left out. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

export interface SubgraphRecord {
  readonly tensors: readonly TensorRecord[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly operators: readonly OperatorRecord[];
}

export interface ModelRecord {
  readonly description: string | undefined;
  readonly subgraphs: readonly SubgraphRecord[];
  /** Names that the author gave to inputs of the main subgraph, by tensor. */
  readonly inputNames: ReadonlyMap<number, string>;
}

interface OperatorCode {
  readonly type: string;
  readonly isCustom: boolean;
}

/** Decodes the structure of the file; contents of tensors are not touched. */
export async function decodeModel(buffer: PagedBuffer): Promise<ModelRecord> {
  const model = await buffer.read(() => Table.root(buffer));
  const codes = await entries(model, MODEL.operatorCodes, operatorCode);
  const subgraphs = await buffer.read(() => model.tables(MODEL.subgraphs));
  if (subgraphs.length === 0) throw buffer.damaged('the model has no subgraph', model.position);
  const records: SubgraphRecord[] = [];
  for (let i = 0; i < subgraphs.length; i++) {
    records.push(await decodeSubgraph(await buffer.read(() => model.entry(subgraphs, i)), codes));
  }
  const names = await entries(model, MODEL.signatures, signatureNames);
  return {
    description: await buffer.read(() => model.text(MODEL.description)),
    subgraphs: records,
    inputNames: new Map(names.flat()),
  };
}

async function entries<T>(table: Table, field: number, decode: (entry: Table) => T): Promise<T[]> {
  const vector = await table.buffer.read(() => table.tables(field));
  const result: T[] = [];
  for (let i = 0; i < vector.length; i++) {
    result.push(await table.buffer.read(() => decode(table.entry(vector, i))));
  }
  return result;
}

/** Codes up to 126 are in the old field of one byte as well, larger ones in the new one alone. */
function operatorCode(table: Table): OperatorCode {
  const code = Math.max(table.int8(OPERATOR_CODE.deprecatedCode), table.int32(OPERATOR_CODE.code));
  const builtin = BUILTIN_OPERATORS[code];
  if (builtin === 'CUSTOM') return { type: table.text(OPERATOR_CODE.customCode) ?? 'custom operator', isCustom: true };
  return { type: builtin ?? `builtin operator ${code}`, isCustom: false };
}

async function decodeSubgraph(table: Table, codes: readonly OperatorCode[]): Promise<SubgraphRecord> {
  const tensors = await entries(table, SUBGRAPH.tensors, tensorRecord);
  const operators = await entries(table, SUBGRAPH.operators, (entry) => operatorRecord(entry, codes));
  const [inputs, outputs] = await table.buffer.read(() => [
    table.integers(SUBGRAPH.inputs) ?? [],
    table.integers(SUBGRAPH.outputs) ?? [],
  ]);
  return { tensors, operators, inputs: inputs as number[], outputs: outputs as number[] };
}

function tensorRecord(table: Table): TensorRecord {
  const shape = table.integers(TENSOR.shape) ?? [];
  const signature = table.integers(TENSOR.shapeSignature) ?? [];
  const name = table.text(TENSOR.name) ?? '';
  const dtype = TENSOR_TYPES[table.int8(TENSOR.type)];
  if (dtype === undefined || shape.some((size) => size < 0)) {
    throw table.buffer.damaged(`tensor '${name}' has an impossible type or shape`, table.position);
  }
  const open = signature.length === shape.length ? signature : shape;
  return {
    name,
    shape,
    openShape: open.map((size) => (size < 0 ? null : size)),
    dtype,
    isVariable: table.boolean(TENSOR.isVariable),
    buffer: table.uint32(TENSOR.buffer),
  };
}

function operatorRecord(table: Table, codes: readonly OperatorCode[]): OperatorRecord {
  const index = table.uint32(OPERATOR.code);
  const code = codes[index];
  if (code === undefined)
    throw table.buffer.damaged(`an operator has the code ${index} of ${codes.length}`, table.position);
  const options = table.table(OPERATOR.options) ?? table.table(OPERATOR.options2);
  const fields = code.isCustom ? [] : (OPTION_FIELDS[code.type] ?? []);
  return {
    ...code,
    attributes: new Attributes(Object.fromEntries(fields.map((field) => [field.attribute, option(options, field)]))),
    inputs: table.integers(OPERATOR.inputs) ?? [],
    outputs: table.integers(OPERATOR.outputs) ?? [],
  };
}

/** Options may be left out altogether: every field has its default then. */
function option(options: Table | undefined, { place, kind, fallback = 0 }: OptionField): AttributeValue {
  switch (kind) {
    case 'int32':
      return options?.int32(place, fallback) ?? fallback;
    case 'int8':
      return options?.int8(place, fallback) ?? fallback;
    case 'flag':
      return options?.boolean(place) ?? false;
    case 'float':
      return options?.float(place) ?? 0;
    case 'integers':
      return options?.integers(place);
    case 'padding':
      return options?.int8(place) === 1 ? 'VALID' : 'SAME';
    case 'activation':
      return FUSED_ACTIVATIONS[options?.int8(place) ?? 0];
    case 'mirror':
      return options?.int8(place) === 1 ? 'SYMMETRIC' : 'REFLECT';
    case 'text':
      return options?.text(place);
    case 'subgraph':
      return { function: options?.int32(place) ?? -1 };
  }
}

function signatureNames(table: Table): [tensor: number, name: string][] {
  if (table.uint32(SIGNATURE.subgraph) !== 0) return [];
  const inputs = table.tables(SIGNATURE.inputs);
  return Array.from({ length: inputs.length }, (_, i) => {
    const entry = table.entry(inputs, i);
    return [entry.uint32(TENSOR_MAP.tensor), entry.text(TENSOR_MAP.name) ?? ''];
  });
}

/** Contents of a stored tensor that shapes may depend on; undefined for others. */
export async function smallContents(buffer: PagedBuffer, tensor: TensorRecord): Promise<number[] | undefined> {
  const count = elementCount(tensor.shape);
  const most = isFloat(tensor.dtype) ? MAX_KNOWN_FLOATS : FOLD_LIMIT;
  const read = READERS[tensor.dtype];
  if (count > most || count === 0 || read === undefined) return count === 0 ? [] : undefined;
  const bytes = await contentsOf(buffer, tensor.buffer, byteCount(count, tensor.dtype));
  if (bytes === undefined) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const width = byteCount(1, tensor.dtype);
  return Array.from({ length: count }, (_, i) => read(view, i * width));
}

const READERS: Readonly<Partial<Record<DType, (view: DataView, at: number) => number>>> = {
  int32: (view, at) => view.getInt32(at, true),
  int64: (view, at) => Number(view.getBigInt64(at, true)),
  uint8: (view, at) => view.getUint8(at),
  bool: (view, at) => view.getUint8(at),
  float32: (view, at) => view.getFloat32(at, true),
};

/** The first bytes of a buffer: in the flatbuffer, or behind it (files over 2 GB). */
async function contentsOf(buffer: PagedBuffer, index: number, length: number): Promise<Uint8Array | undefined> {
  const place = await buffer.read(() => {
    const model = Table.root(buffer);
    const buffers = model.tables(MODEL.buffers);
    if (index >= buffers.length) return undefined;
    const entry = model.entry(buffers, index);
    const data = entry.vector(BUFFER.data, 1);
    if (data !== undefined && data.length > 0) return data;
    const offset = entry.uint64(BUFFER.offset);
    return offset > 1 ? { start: offset, length: entry.uint64(BUFFER.size) } : undefined;
  });
  if (place === undefined || place.length < length) return undefined;
  buffer.check(place.start, length);
  return buffer.source.read(place.start, length);
}

/** Throws where the file is no TensorFlow Lite flatbuffer. */
export async function checkIdentifier(buffer: PagedBuffer): Promise<void> {
  const bytes = await buffer.read(() => buffer.bytesAt(4, 4));
  const found = new TextDecoder('latin1').decode(bytes);
  if (found === 'TFL3') return;
  throw new ArchmeterError(
    `it is no TensorFlow Lite model: its identifier is '${found.replaceAll(/[^\x20-\x7e]/g, '?')}', not 'TFL3'`,
    'Download or export it again.',
    { file: buffer.source.name, byte: 4 },
  );
}
