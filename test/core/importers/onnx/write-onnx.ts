import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** A small writer of ONNX files (onnx.proto3), for tests. */

export type AttributeValue =
  | number
  | string
  | readonly number[]
  | TensorSpec
  | GraphSpec
  | { readonly float: number }
  | { readonly floats: readonly number[] };

export interface TensorSpec {
  readonly name?: string;
  readonly dims: readonly number[];
  /** TensorProto.DataType; default 1, float32. */
  readonly type?: number;
  readonly raw?: Uint8Array;
  readonly ints?: readonly number[];
  readonly floats?: readonly number[];
  /** Written one by one, as proto2 did. */
  readonly unpacked?: boolean;
  readonly external?: Readonly<Record<string, string>>;
}

export interface NodeSpec {
  readonly op: string;
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
  readonly name?: string;
  readonly domain?: string;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  /** Attributes that refer to those of the enclosing function. */
  readonly references?: Readonly<Record<string, string>>;
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface InputSpec {
  readonly name: string;
  /** A text is a named size, null an unknown one. */
  readonly dims?: readonly (number | string | null)[];
  readonly type?: number;
}

export interface GraphSpec {
  readonly name?: string;
  readonly nodes: readonly NodeSpec[];
  readonly initializers?: readonly TensorSpec[];
  readonly inputs?: readonly InputSpec[];
  readonly outputs?: readonly (InputSpec | string)[];
  readonly values?: readonly InputSpec[];
}

export interface FunctionSpec {
  readonly name: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: readonly string[];
  readonly defaults?: Readonly<Record<string, AttributeValue>>;
  readonly nodes: readonly NodeSpec[];
  readonly opset?: number;
}

export interface ModelSpec extends GraphSpec {
  readonly opset?: number;
  readonly functions?: readonly FunctionSpec[];
  readonly producer?: string;
}

export const FLOAT = 1;
export const UINT8 = 2;
export const INT8 = 3;
export const INT32 = 6;
export const INT64 = 7;
export const BOOL = 9;

/** An int64 tensor of one axis. */
export function ints(name: string, ...values: readonly number[]): TensorSpec {
  return { name, dims: [values.length], type: INT64, ints: values };
}

/** A float32 tensor without contents: its weights are left out. */
export function weight(name: string, ...dims: readonly number[]): TensorSpec {
  return { name, dims };
}

export function writeModel(model: ModelSpec): Uint8Array {
  const writer = new BinaryWriter();
  field(writer, 1, 10);
  text(writer, 2, model.producer ?? 'test');
  message(writer, 7, (w) => graph(w, model));
  for (const [domain, version] of [
    ['', model.opset ?? 18],
    ['com.microsoft', 1],
    ['local', 1],
  ] as const) {
    message(writer, 8, (w) => {
      text(w, 1, domain);
      field(w, 2, version);
    });
  }
  for (const f of model.functions ?? []) message(writer, 25, (w) => functionProto(w, f));
  return writer.finish();
}

function graph(writer: BinaryWriter, g: GraphSpec): void {
  for (const node of g.nodes) message(writer, 1, (w) => nodeProto(w, node));
  text(writer, 2, g.name ?? 'graph');
  for (const tensor of g.initializers ?? []) message(writer, 5, (w) => tensorProto(w, tensor));
  for (const input of g.inputs ?? []) message(writer, 11, (w) => valueInfo(w, input));
  for (const output of g.outputs ?? []) {
    message(writer, 12, (w) => valueInfo(w, typeof output === 'string' ? { name: output } : output));
  }
  for (const value of g.values ?? []) message(writer, 13, (w) => valueInfo(w, value));
}

function nodeProto(writer: BinaryWriter, node: NodeSpec): void {
  for (const name of node.inputs ?? []) text(writer, 1, name);
  for (const name of node.outputs ?? []) text(writer, 2, name);
  if (node.name !== undefined) text(writer, 3, node.name);
  text(writer, 4, node.op);
  for (const [name, value] of Object.entries(node.attributes ?? {}))
    message(writer, 5, (w) => attribute(w, name, value));
  for (const [name, reference] of Object.entries(node.references ?? {})) {
    message(writer, 5, (w) => {
      text(w, 1, name);
      text(w, 21, reference);
    });
  }
  if (node.domain !== undefined) text(writer, 7, node.domain);
  for (const [key, value] of Object.entries(node.metadata ?? {})) message(writer, 9, (w) => entry(w, key, value));
}

function attribute(writer: BinaryWriter, name: string, value: AttributeValue): void {
  text(writer, 1, name);
  if (typeof value === 'number') {
    field(writer, 3, value);
    field(writer, 20, 2);
  } else if (typeof value === 'string') {
    text(writer, 4, value);
    field(writer, 20, 3);
  } else if ('dims' in value) {
    message(writer, 5, (w) => tensorProto(w, value));
    field(writer, 20, 4);
  } else if ('float' in value) {
    writer.tag(2, WireType.Bit32).float(value.float);
    field(writer, 20, 1);
  } else if ('floats' in value) {
    packed(writer, 7, value.floats, (w, x) => w.float(x));
    field(writer, 20, 6);
  } else if ('nodes' in value) {
    message(writer, 6, (w) => graph(w, value));
    field(writer, 20, 5);
  } else {
    packed(writer, 8, value, (w, x) => w.int64(BigInt(x)));
    field(writer, 20, 7);
  }
}

export function tensorProto(writer: BinaryWriter, tensor: TensorSpec): void {
  packed(writer, 1, tensor.dims, (w, x) => w.int64(BigInt(x)));
  const type = tensor.type ?? FLOAT;
  field(writer, 2, type);
  const { ints: integers, floats, raw, unpacked } = tensor;
  if (integers !== undefined) {
    const number = type === INT64 ? 7 : 5;
    if (unpacked) for (const x of integers) writer.tag(number, WireType.Varint).int64(BigInt(x));
    else packed(writer, number, integers, (w, x) => w.int64(BigInt(x)));
  }
  if (floats !== undefined) packed(writer, 4, floats, (w, x) => w.float(x));
  text(writer, 8, tensor.name ?? '');
  if (raw !== undefined) writer.tag(9, WireType.LengthDelimited).bytes(raw);
  if (tensor.external !== undefined) {
    for (const [key, value] of Object.entries(tensor.external)) message(writer, 13, (w) => entry(w, key, value));
    field(writer, 14, 1);
  }
}

function valueInfo(writer: BinaryWriter, { name, dims, type }: InputSpec): void {
  text(writer, 1, name);
  message(writer, 2, (typeWriter) => {
    message(typeWriter, 1, (w) => {
      field(w, 1, type ?? FLOAT);
      if (dims === undefined) return;
      message(w, 2, (shape) => {
        for (const dim of dims) {
          message(shape, 1, (d) => {
            if (typeof dim === 'number') field(d, 1, dim);
            else if (dim !== null) text(d, 2, dim);
          });
        }
      });
    });
  });
}

function functionProto(writer: BinaryWriter, f: FunctionSpec): void {
  text(writer, 1, f.name);
  for (const name of f.inputs) text(writer, 4, name);
  for (const name of f.outputs) text(writer, 5, name);
  for (const name of f.attributes ?? []) text(writer, 6, name);
  for (const node of f.nodes) message(writer, 7, (w) => nodeProto(w, node));
  message(writer, 9, (w) => field(w, 2, f.opset ?? 18));
  text(writer, 10, f.domain);
  for (const [name, value] of Object.entries(f.defaults ?? {})) message(writer, 11, (w) => attribute(w, name, value));
}

function entry(writer: BinaryWriter, key: string, value: string): void {
  text(writer, 1, key);
  text(writer, 2, value);
}

function field(writer: BinaryWriter, number: number, value: number): void {
  writer.tag(number, WireType.Varint).int64(BigInt(value));
}

function text(writer: BinaryWriter, number: number, value: string): void {
  writer.tag(number, WireType.LengthDelimited).string(value);
}

function message(writer: BinaryWriter, number: number, body: (writer: BinaryWriter) => void): void {
  writer.tag(number, WireType.LengthDelimited).fork();
  body(writer);
  writer.join();
}

function packed(
  writer: BinaryWriter,
  number: number,
  values: readonly number[],
  put: (writer: BinaryWriter, value: number) => void,
): void {
  message(writer, number, (w) => {
    for (const value of values) put(w, value);
  });
}
