import { ArchmeterError } from '../../errors.js';
import type { DType, Shape } from '../../ir/tensor.js';
import { ProtobufWriter } from './protobuf.js';
import { onnxType } from './tensor-data.js';

/** Field numbers below are those of onnx.proto3 (github.com/onnx/onnx), IR version 9 with operator set 20. */
const OPSET = 20;
const IR_VERSION = 9;

/** A whole number is an INT, an array INTS, a string STRING; a real number is wrapped to tell it apart. */
export type AttributeValue = number | string | readonly number[] | { readonly float: number };

export interface OnnxNode {
  readonly type: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

export interface OnnxInitializer {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
  readonly data: Uint8Array;
}

export interface OnnxValue {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
}

export interface OnnxModel {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxInitializer[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** Types of values inside the graph. */
  readonly values: readonly OnnxValue[];
}

/** Protocol buffers hold less than 2 GiB. */
const LARGEST = 2 ** 31 - 1;

/** ModelProto. Throws ArchmeterError where it would be too large. */
export function encodeModel(model: OnnxModel): Uint8Array {
  const bytes = model.initializers.reduce((sum, { data }) => sum + data.length, 0);
  if (bytes > LARGEST) {
    throw new ArchmeterError(
      `the weights take ${(bytes / 2 ** 30).toFixed(1)} GiB, an ONNX file holds at most 2 GiB`,
      'Export in float16, or a smaller model.',
    );
  }
  const graph = new ProtobufWriter();
  for (const node of model.nodes) graph.message(1, encodeNode(node));
  graph.string(2, model.name);
  for (const initializer of model.initializers) graph.message(5, encodeInitializer(initializer));
  for (const value of model.inputs) graph.message(11, encodeValue(value));
  for (const value of model.outputs) graph.message(12, encodeValue(value));
  for (const value of model.values) graph.message(13, encodeValue(value));
  const opset = new ProtobufWriter().string(1, '').integer(2, OPSET);
  return new ProtobufWriter()
    .integer(1, IR_VERSION)
    .string(2, 'archmeter')
    .message(7, graph)
    .message(8, opset)
    .finish();
}

function encodeNode(node: OnnxNode): ProtobufWriter {
  const writer = new ProtobufWriter();
  for (const input of node.inputs) writer.string(1, input);
  for (const output of node.outputs) writer.string(2, output);
  writer.string(3, node.name).string(4, node.type);
  for (const [name, value] of Object.entries(node.attributes)) writer.message(5, encodeAttribute(name, value));
  return writer;
}

/** AttributeProto with its type: FLOAT 1, INT 2, STRING 3, INTS 7. */
function encodeAttribute(name: string, value: AttributeValue): ProtobufWriter {
  const writer = new ProtobufWriter().string(1, name);
  if (typeof value === 'number') return writer.integer(3, value).integer(20, 2);
  if (typeof value === 'string') return writer.string(4, value).integer(20, 3);
  if ('float' in value) return writer.float(2, value.float).integer(20, 1);
  return writer.integers(8, value).integer(20, 7);
}

function encodeInitializer({ name, shape, dtype, data }: OnnxInitializer): ProtobufWriter {
  return new ProtobufWriter().integers(1, shape).integer(2, onnxType(dtype)).string(8, name).bytes(9, data);
}

function encodeValue({ name, shape, dtype }: OnnxValue): ProtobufWriter {
  const dimensions = new ProtobufWriter();
  for (const size of shape) dimensions.message(1, new ProtobufWriter().integer(1, size));
  const tensor = new ProtobufWriter().integer(1, onnxType(dtype)).message(2, dimensions);
  return new ProtobufWriter().string(1, name).message(2, new ProtobufWriter().message(1, tensor));
}
