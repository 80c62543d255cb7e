import { ArchmeterError } from '../../../errors.js';
import { isSmall } from '../../../evaluate/evaluate.js';
import { rounded } from '../../../evaluate/rounded.js';
import { type DType, elementCount, isFloat, type Shape } from '../../../ir/tensor.js';
import { normalizeAxis } from '../../../ops/axis.js';
import type { OpAttributes } from '../../../ops/op-attributes.js';
import type { Call } from '../call.js';
import { dtypeOf, FLOAT32 } from '../dtype.js';
import { storedTensor } from '../stored-tensor.js';
import { type Tensor, unread } from '../tensor.js';
import type { OnnxOp, OnnxOps } from './define-onnx-op.js';

/** Constants, sizes, and tensors made from sizes. */

function constant(call: Call): Tensor {
  const name = call.node.outputs[0] ?? '';
  const proto = call.tensorAttribute('value');
  if (proto !== undefined) {
    const tensor = storedTensor(proto, name);
    return { kind: 'tensor', name, shape: tensor.shape, dtype: tensor.dtype, stored: { tensor } };
  }
  const sparse = call.attribute('sparse_value')?.sparseTensor;
  if (sparse !== undefined) {
    const dtype = dtypeOf(sparse.values?.dataType ?? 0, `tensor '${name}'`);
    const tensor = { name, shape: sparse.dims, dtype, proto: sparse.values };
    return { kind: 'tensor', name, shape: sparse.dims, dtype, stored: { tensor } };
  }
  const int = call.int('value_int');
  if (int !== undefined) return call.constant([int], [], 'int64');
  const float = call.float('value_float');
  if (float !== undefined) return call.constant([float], [], 'float32');
  if (call.has('value_ints')) return listed(call, call.ints('value_ints') ?? [], 'int64');
  if (call.has('value_floats')) return listed(call, call.floats('value_floats') ?? [], 'float32');
  if (call.has('value_string')) return { kind: 'tensor', name, shape: [], dtype: 'string' };
  if (call.has('value_strings')) {
    return { kind: 'tensor', name, shape: [call.texts('value_strings')?.length ?? 0], dtype: 'string' };
  }
  throw new ArchmeterError('Constant has no value');
}

function listed(call: Call, data: readonly number[], dtype: DType): Tensor {
  return call.constant(data, [data.length], dtype);
}

function shapeOf(call: Call): Tensor {
  const { shape } = call.input(0);
  const data = shape.slice(call.int('start', 0), call.int('end'));
  return listed(call, data, 'int64');
}

/** One value in a shape that is known: a constant, of which contents are kept where they are few. */
export function filled(call: Call, shape: Shape, value: number, dtype: DType): Tensor {
  if (isSmall(shape)) return call.constant(new Array<number>(elementCount(shape)).fill(value), shape, dtype);
  const tensor = { name: call.node.outputs[0] ?? '', shape, dtype, proto: undefined };
  return { kind: 'tensor', name: tensor.name, shape, dtype, stored: { tensor } };
}

function constantOfShape(call: Call): Tensor {
  const shape = call.contents(0);
  if (shape.some((size) => size < 0)) throw new ArchmeterError(`a size of [${shape.join(', ')}] is negative`);
  const proto = call.tensorAttribute('value');
  const dtype = dtypeOf(proto?.dataType ?? FLOAT32, 'the value of ConstantOfShape');
  const value = proto === undefined ? 0 : call.attributeContents?.[0];
  if (value !== undefined) return filled(call, shape, value, dtype);
  const tensor = { name: call.node.outputs[0] ?? '', shape, dtype, proto: undefined };
  return { kind: 'tensor', name: tensor.name, shape, dtype, stored: { tensor } };
}

function range(call: Call): Tensor {
  const { dtype } = call.input(0);
  const [start, limit, step] = [0, 1, 2].map((i) => call.contents(i)[0]) as [number, number, number];
  if (step === 0) throw new ArchmeterError('Range has step 0');
  const count = Math.max(Math.ceil((limit - start) / step), 0);
  if (!Number.isSafeInteger(count)) throw new ArchmeterError(`Range from ${start} to ${limit} is endless`);
  if (!isSmall([count])) return call.emit('range', [], { start, limit, step, dtype });
  return listed(
    call,
    Array.from({ length: count }, (_, i) => rounded(start + i * step, dtype)),
    dtype,
  );
}

function eyeLike(call: Call): Tensor {
  const x = call.input(0);
  const to = call.int('dtype');
  const dtype = to === undefined ? x.dtype : dtypeOf(to, 'the result of EyeLike');
  if (!isSmall(x.shape) || x.shape.length !== 2) return filled(call, x.shape, 0, dtype);
  const k = call.int('k', 0);
  const columns = x.shape[1] as number;
  const data = Array.from({ length: elementCount(x.shape) }, (_, i) =>
    (i % columns) - Math.floor(i / columns) === k ? 1 : 0,
  );
  return call.constant(data, x.shape, dtype);
}

function oneHot(call: Call): Tensor {
  const indices = call.input(0);
  const depth = Math.trunc(call.contents(1)[0] as number);
  const values = call.input(2);
  const axis = normalizeAxis(call.int('axis', -1), indices.shape.length + 1);
  if (values.data === undefined) return call.emit('oneHot', [unread(indices)], { depth, axis, to: values.dtype });
  const [off, on] = values.data as readonly [number, number];
  const hot = call.emit('oneHot', [indices], { depth, axis, to: values.dtype });
  if (hot.data === undefined) return hot;
  return call.constant(
    hot.data.map((flag) => (flag === 0 ? off : on)),
    hot.shape,
    hot.dtype,
  );
}

function trilu(call: Call): Tensor {
  const x = call.input(0);
  const upper = call.int('upper', 1) !== 0;
  const k = call.inputs[1] === undefined ? 0 : call.input(1).data?.[0];
  return call.emit('triangle', [k === undefined ? unread(x) : x], { upper, diagonal: k ?? 0 });
}

type Distribution = OpAttributes['random']['distribution'];

function random(call: Call, shape: Shape, fallback: DType, distribution: Distribution): Tensor {
  const to = call.int('dtype');
  const dtype = to === undefined ? fallback : dtypeOf(to, `the result of ${call.type}`);
  return call.emit('random', [], { shape, dtype, distribution });
}

function like(distribution: Distribution): OnnxOp {
  return {
    lower(call) {
      const { shape, dtype } = call.input(0);
      return random(call, shape, isFloat(dtype) ? dtype : 'float32', distribution);
    },
  };
}

const fresh = (distribution: Distribution): OnnxOp => ({
  lower: (call) => random(call, call.ints('shape') ?? [], 'float32', distribution),
});

/** Window functions of signal processing, made from a size. */
const window: OnnxOp = {
  contents: [0],
  lower(call) {
    const dtype = dtypeOf(call.int('output_datatype', FLOAT32), `the result of ${call.type}`);
    return call.emit('fill', [], { shape: [call.contents(0)[0] as number], value: 1, dtype });
  },
};

export const GENERATE: OnnxOps = {
  BlackmanWindow: window,
  Constant: { lower: constant },
  ConstantOfShape: { contents: [0], attribute: 'value', folds: true, lower: constantOfShape },
  EyeLike: { lower: eyeLike },
  HammingWindow: window,
  HannWindow: window,
  MelWeightMatrix: {
    contents: [0, 1],
    lower(call) {
      const dtype = dtypeOf(call.int('output_datatype', FLOAT32), 'the result of MelWeightMatrix');
      const bins = Math.floor((call.contents(1)[0] as number) / 2) + 1;
      return call.emit('fill', [], { shape: [bins, call.contents(0)[0] as number], value: 0, dtype });
    },
  },
  OneHot: { contents: [1], folds: true, lower: oneHot },
  RandomNormal: fresh('normal'),
  RandomNormalLike: like('normal'),
  RandomUniform: fresh('uniform'),
  RandomUniformLike: like('uniform'),
  Bernoulli: like('uniform'),
  Multinomial: {
    lower(call) {
      const [batch] = call.input(0).shape as readonly [number];
      return random(call, [batch, call.int('sample_size', 1)], 'int32', 'uniform');
    },
  },
  Range: { contents: [0, 1, 2], folds: true, lower: range },
  Shape: { lower: shapeOf },
  Size: { lower: (call) => call.constant([elementCount(call.input(0).shape)], [], 'int64') },
  Trilu: { hints: [1], folds: true, lower: trilu },
};
