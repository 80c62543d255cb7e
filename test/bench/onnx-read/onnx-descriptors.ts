import { create, createFileRegistry, type DescMessage } from '@bufbuild/protobuf';
import {
  type DescriptorProto,
  DescriptorProtoSchema,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from '@bufbuild/protobuf/wkt';

/** Field number, name, and type: a scalar, or the name of a message. `[]` after it: repeated. */
type Fields = Readonly<Record<number, readonly [name: string, type: string]>>;

/** onnx.proto3, as far as models use it. */
const MESSAGES: Readonly<Record<string, Fields>> = {
  ModelProto: {
    1: ['ir_version', 'int64'],
    2: ['producer_name', 'string'],
    3: ['producer_version', 'string'],
    7: ['graph', 'GraphProto'],
    8: ['opset_import', 'OperatorSetIdProto[]'],
  },
  OperatorSetIdProto: { 1: ['domain', 'string'], 2: ['version', 'int64'] },
  GraphProto: {
    1: ['node', 'NodeProto[]'],
    2: ['name', 'string'],
    5: ['initializer', 'TensorProto[]'],
    11: ['input', 'ValueInfoProto[]'],
    12: ['output', 'ValueInfoProto[]'],
    13: ['value_info', 'ValueInfoProto[]'],
  },
  NodeProto: {
    1: ['input', 'string[]'],
    2: ['output', 'string[]'],
    3: ['name', 'string'],
    4: ['op_type', 'string'],
    5: ['attribute', 'AttributeProto[]'],
    7: ['domain', 'string'],
  },
  AttributeProto: {
    1: ['name', 'string'],
    2: ['f', 'float'],
    3: ['i', 'int64'],
    4: ['s', 'bytes'],
    5: ['t', 'TensorProto'],
    6: ['g', 'GraphProto'],
    7: ['floats', 'float[]'],
    8: ['ints', 'int64[]'],
    20: ['type', 'int32'],
  },
  TensorProto: {
    1: ['dims', 'int64[]'],
    2: ['data_type', 'int32'],
    4: ['float_data', 'float[]'],
    7: ['int64_data', 'int64[]'],
    8: ['name', 'string'],
    9: ['raw_data', 'bytes'],
  },
  ValueInfoProto: { 1: ['name', 'string'], 2: ['type', 'TypeProto'] },
  TypeProto: { 1: ['tensor_type', 'TensorTypeProto'] },
  TensorTypeProto: { 1: ['elem_type', 'int32'], 2: ['shape', 'TensorShapeProto'] },
  TensorShapeProto: { 1: ['dim', 'DimensionProto[]'] },
  DimensionProto: { 1: ['dim_value', 'int64'], 2: ['dim_param', 'string'] },
};

const SCALARS: Readonly<Record<string, Type>> = {
  int64: Type.INT64,
  int32: Type.INT32,
  float: Type.FLOAT,
  string: Type.STRING,
  bytes: Type.BYTES,
};

function descriptor(name: string, fields: Fields): DescriptorProto {
  return create(DescriptorProtoSchema, {
    name,
    field: Object.entries(fields).map(([number, [field, declared]]) => {
      const type = declared.replace('[]', '');
      return {
        name: field,
        number: Number(number),
        label: declared.endsWith('[]') ? Label.REPEATED : Label.OPTIONAL,
        type: SCALARS[type] ?? Type.MESSAGE,
        ...(type in SCALARS ? {} : { typeName: `.onnx.${type}` }),
      };
    }),
  });
}

/** The type of a model for `@bufbuild/protobuf`. */
export function modelType(): DescMessage {
  const file = create(FileDescriptorProtoSchema, {
    name: 'onnx.proto',
    package: 'onnx',
    syntax: 'proto3',
    messageType: Object.entries(MESSAGES).map(([name, fields]) => descriptor(name, fields)),
  });
  const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: [file] }));
  return registry.getMessage('onnx.ModelProto') as DescMessage;
}
