import { many, one, type Schema, type Span } from './schema.js';

/** The messages of onnx.proto3 (github.com/onnx/onnx, onnx/onnx.proto3) that a graph's costs depend on. */

export interface ModelProto {
  irVersion: number;
  producerName: string;
  producerVersion: string;
  graph?: GraphProto;
  opsets: OperatorSetIdProto[];
  functions: FunctionProto[];
}

export interface OperatorSetIdProto {
  domain: string;
  version: number;
}

export interface GraphProto {
  name: string;
  nodes: NodeProto[];
  initializers: TensorProto[];
  sparseInitializers: SparseTensorProto[];
  inputs: ValueInfoProto[];
  outputs: ValueInfoProto[];
  valueInfos: ValueInfoProto[];
}

export interface FunctionProto {
  name: string;
  domain: string;
  overload: string;
  inputs: string[];
  outputs: string[];
  /** Names of attributes without a default. */
  attributeNames: string[];
  attributeDefaults: AttributeProto[];
  nodes: NodeProto[];
  opsets: OperatorSetIdProto[];
}

export interface NodeProto {
  name: string;
  type: string;
  domain: string;
  overload: string;
  inputs: string[];
  outputs: string[];
  attributes: AttributeProto[];
  metadata: StringStringEntryProto[];
}

export interface AttributeProto {
  name: string;
  /** Inside a function: the attribute of the function that gives the value. */
  reference: string;
  int?: number;
  float?: number;
  text?: string;
  tensor?: TensorProto;
  sparseTensor?: SparseTensorProto;
  graph?: GraphProto;
  ints?: number[];
  floats?: number[];
  texts?: string[];
}

export interface TensorProto {
  name: string;
  dims: number[];
  dataType: number;
  /** 1: the contents lie in another file. */
  dataLocation: number;
  externalData?: StringStringEntryProto[];
  rawData?: Span[];
  floatData?: Span[];
  int32Data?: Span[];
  int64Data?: Span[];
  doubleData?: Span[];
  uint64Data?: Span[];
}

export interface SparseTensorProto {
  values?: TensorProto;
  dims: number[];
}

export interface StringStringEntryProto {
  key: string;
  value: string;
}

export interface ValueInfoProto {
  name: string;
  type?: TypeProto;
}

export interface TypeProto {
  tensor?: TensorTypeProto;
  sparseTensor?: TensorTypeProto;
  sequence?: { element?: TypeProto };
  optional?: { element?: TypeProto };
}

export interface TensorTypeProto {
  elementType: number;
  shape?: { dims: DimensionProto[] };
}

/** One of value and parameter, or neither where the size is unknown. */
export interface DimensionProto {
  value?: number;
  parameter?: string;
}

const opset: Schema<OperatorSetIdProto> = {
  name: 'OperatorSetIdProto',
  create: () => ({ domain: '', version: 0 }),
  fields: { 1: { name: 'domain', kind: 'text' }, 2: { name: 'version', kind: 'int' } },
};

const entry: Schema<StringStringEntryProto> = {
  name: 'StringStringEntryProto',
  create: () => ({ key: '', value: '' }),
  fields: { 1: { name: 'key', kind: 'text' }, 2: { name: 'value', kind: 'text' } },
};

const dimension: Schema<DimensionProto> = {
  name: 'Dimension',
  create: () => ({}),
  fields: { 1: { name: 'value', kind: 'int' }, 2: { name: 'parameter', kind: 'text' } },
};

const shape: Schema<{ dims: DimensionProto[] }> = {
  name: 'TensorShapeProto',
  create: () => ({ dims: [] }),
  fields: { 1: { name: 'dims', kind: many(() => dimension) } },
};

const tensorType: Schema<TensorTypeProto> = {
  name: 'TypeProto.Tensor',
  create: () => ({ elementType: 0 }),
  fields: { 1: { name: 'elementType', kind: 'int' }, 2: { name: 'shape', kind: one(() => shape) } },
};

const elementOnly: Schema<{ element?: TypeProto }> = {
  name: 'TypeProto.Sequence',
  create: () => ({}),
  fields: { 1: { name: 'element', kind: one(() => type) } },
};

const type: Schema<TypeProto> = {
  name: 'TypeProto',
  create: () => ({}),
  fields: {
    1: { name: 'tensor', kind: one(() => tensorType) },
    4: { name: 'sequence', kind: one(() => elementOnly) },
    8: { name: 'sparseTensor', kind: one(() => tensorType) },
    9: { name: 'optional', kind: one(() => elementOnly) },
  },
};

const valueInfo: Schema<ValueInfoProto> = {
  name: 'ValueInfoProto',
  create: () => ({ name: '' }),
  fields: { 1: { name: 'name', kind: 'text' }, 2: { name: 'type', kind: one(() => type) } },
};

export const TENSOR: Schema<TensorProto> = {
  name: 'TensorProto',
  create: () => ({ name: '', dims: [], dataType: 0, dataLocation: 0 }),
  fields: {
    1: { name: 'dims', kind: 'ints' },
    2: { name: 'dataType', kind: 'int' },
    4: { name: 'floatData', kind: 'spans' },
    5: { name: 'int32Data', kind: 'spans' },
    7: { name: 'int64Data', kind: 'spans' },
    8: { name: 'name', kind: 'text' },
    9: { name: 'rawData', kind: 'spans' },
    10: { name: 'doubleData', kind: 'spans' },
    11: { name: 'uint64Data', kind: 'spans' },
    13: { name: 'externalData', kind: many(() => entry) },
    14: { name: 'dataLocation', kind: 'int' },
  },
};

const sparseTensor: Schema<SparseTensorProto> = {
  name: 'SparseTensorProto',
  create: () => ({ dims: [] }),
  fields: { 1: { name: 'values', kind: one(() => TENSOR) }, 3: { name: 'dims', kind: 'ints' } },
};

const attribute: Schema<AttributeProto> = {
  name: 'AttributeProto',
  create: () => ({ name: '', reference: '' }),
  fields: {
    1: { name: 'name', kind: 'text' },
    2: { name: 'float', kind: 'float' },
    3: { name: 'int', kind: 'int' },
    4: { name: 'text', kind: 'text' },
    5: { name: 'tensor', kind: one(() => TENSOR) },
    6: { name: 'graph', kind: one(() => graph) },
    7: { name: 'floats', kind: 'floats' },
    8: { name: 'ints', kind: 'ints' },
    9: { name: 'texts', kind: 'texts' },
    21: { name: 'reference', kind: 'text' },
    22: { name: 'sparseTensor', kind: one(() => sparseTensor) },
  },
};

const node: Schema<NodeProto> = {
  name: 'NodeProto',
  create: () => ({
    name: '',
    type: '',
    domain: '',
    overload: '',
    inputs: [],
    outputs: [],
    attributes: [],
    metadata: [],
  }),
  fields: {
    1: { name: 'inputs', kind: 'texts' },
    2: { name: 'outputs', kind: 'texts' },
    3: { name: 'name', kind: 'text' },
    4: { name: 'type', kind: 'text' },
    5: { name: 'attributes', kind: many(() => attribute) },
    7: { name: 'domain', kind: 'text' },
    8: { name: 'overload', kind: 'text' },
    9: { name: 'metadata', kind: many(() => entry) },
  },
};

const graph: Schema<GraphProto> = {
  name: 'GraphProto',
  create: () => ({
    name: '',
    nodes: [],
    initializers: [],
    sparseInitializers: [],
    inputs: [],
    outputs: [],
    valueInfos: [],
  }),
  fields: {
    1: { name: 'nodes', kind: many(() => node) },
    2: { name: 'name', kind: 'text' },
    5: { name: 'initializers', kind: many(() => TENSOR) },
    11: { name: 'inputs', kind: many(() => valueInfo) },
    12: { name: 'outputs', kind: many(() => valueInfo) },
    13: { name: 'valueInfos', kind: many(() => valueInfo) },
    15: { name: 'sparseInitializers', kind: many(() => sparseTensor) },
  },
};

const functionSchema: Schema<FunctionProto> = {
  name: 'FunctionProto',
  create: () => ({
    name: '',
    domain: '',
    overload: '',
    inputs: [],
    outputs: [],
    attributeNames: [],
    attributeDefaults: [],
    nodes: [],
    opsets: [],
  }),
  fields: {
    1: { name: 'name', kind: 'text' },
    4: { name: 'inputs', kind: 'texts' },
    5: { name: 'outputs', kind: 'texts' },
    6: { name: 'attributeNames', kind: 'texts' },
    7: { name: 'nodes', kind: many(() => node) },
    9: { name: 'opsets', kind: many(() => opset) },
    10: { name: 'domain', kind: 'text' },
    11: { name: 'attributeDefaults', kind: many(() => attribute) },
    13: { name: 'overload', kind: 'text' },
  },
};

export const MODEL: Schema<ModelProto> = {
  name: 'ModelProto',
  create: () => ({ irVersion: 0, producerName: '', producerVersion: '', opsets: [], functions: [] }),
  fields: {
    1: { name: 'irVersion', kind: 'int' },
    2: { name: 'producerName', kind: 'text' },
    3: { name: 'producerVersion', kind: 'text' },
    7: { name: 'graph', kind: one(() => graph) },
    8: { name: 'opsets', kind: many(() => opset) },
    25: { name: 'functions', kind: many(() => functionSchema) },
  },
};
