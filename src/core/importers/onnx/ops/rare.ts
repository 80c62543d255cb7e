import { type DType, elementCount, type Shape } from '../../../ir/tensor.js';
import { broadcast } from '../../../ops/elementwise/broadcast.js';
import type { Call } from '../call.js';
import { dtypeOf } from '../dtype.js';
import type { Tensor } from '../tensor.js';
import type { OnnxOp, OnnxOps } from './define-onnx-op.js';
import { filled } from './generate.js';

/** Ops of texts, classical models and optimizers: shapes are known, work is not counted. */

function uncounted(shapeOf: (call: Call) => Shape, dtype?: DType): OnnxOp {
  return {
    lower(call) {
      const type = { shape: shapeOf(call), dtype: dtype ?? call.input(0).dtype };
      return call.opaque([type], `${call.type} is not counted`);
    },
  };
}

const same = (call: Call) => call.input(0).shape;

function dropout(call: Call): Tensor[] {
  const x = call.input(0);
  const y = x.value === undefined ? x : call.emit('dropout', [x]);
  if (!call.gives(1)) return [y];
  const mask = { shape: x.shape, dtype: call.opset < 10 ? x.dtype : ('bool' as const) };
  const trains = call.inputs[2] !== undefined;
  return [y, trains ? call.emit('random', [], mask) : filled(call, mask.shape, 1, mask.dtype)];
}

/** Parameters, their gradients and states: all but the gradients come out new. */
function optimizer(groups: number): OnnxOp {
  return {
    lower(call) {
      const count = (call.inputs.length - 2) / groups;
      const kept = [0, ...Array.from({ length: groups - 2 }, (_, i) => i + 2)];
      const types = kept.flatMap((group) => Array.from({ length: count }, (_, i) => call.input(2 + group * count + i)));
      return call.opaque(
        types.map(({ shape, dtype }) => ({ shape, dtype })),
        `${call.type} is not counted`,
      );
    },
  };
}

function tfIdf(call: Call): Shape {
  const columns = Math.max(...(call.ints('ngram_indexes') ?? [0])) + 1;
  const { shape } = call.input(0);
  return [...shape.slice(0, -1), columns];
}

/** Each key's value, of the type of the values. */
function labelEncoder(call: Call): Tensor[] {
  const types: readonly [string, DType][] = [
    ['values_int64s', 'int64'],
    ['values_floats', 'float32'],
    ['values_strings', 'string'],
  ];
  const tensor = call.tensorAttribute('values_tensor');
  const listed = types.find(([name]) => call.has(name))?.[1];
  const dtype = tensor === undefined ? (listed ?? 'string') : dtypeOf(tensor.dataType, 'the values');
  return call.opaque([{ shape: call.input(0).shape, dtype }], 'LabelEncoder is not counted');
}

export const RARE: OnnxOps = {
  Affine: {
    lower(call) {
      const scale = call.constant([call.float('alpha', 1)], [], call.input(0).dtype);
      return call.emit('add', [call.emit('mul', [call.input(0), scale]), scale]);
    },
  },
  Dropout: { lower: dropout },
  ImageScaler: {
    lower(call) {
      const x = call.input(0);
      const channels = x.shape[1] as number;
      const bias = call.constant([...(call.floats('bias') ?? [])], [channels, 1, 1], x.dtype);
      return call.emit('add', [call.emit('mul', [x, call.constant([call.float('scale', 1)], [], x.dtype)]), bias]);
    },
  },
  RegexFullMatch: uncounted(same, 'bool'),
  StringConcat: uncounted((call) => broadcast(call.input(0).shape, call.input(1).shape)),
  TfIdfVectorizer: uncounted(tfIdf, 'float32'),
};

/** ai.onnx.ml */
export const CLASSICAL: OnnxOps = {
  ArrayFeatureExtractor: uncounted((call) => {
    const { shape } = call.input(0);
    return [...(shape.length < 2 ? [1] : shape.slice(0, -1)), elementCount(call.input(1).shape)];
  }),
  Binarizer: uncounted(same),
  CategoryMapper: uncounted(same),
  Imputer: uncounted(same),
  LabelEncoder: { lower: labelEncoder },
  Normalizer: uncounted(same, 'float32'),
  Scaler: uncounted(same, 'float32'),
};

/** ai.onnx.preview.training */
export const OPTIMIZERS: OnnxOps = {
  Adagrad: optimizer(3),
  Adam: optimizer(4),
  Momentum: optimizer(3),
};
