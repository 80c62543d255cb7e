import { isFloat } from '../../../ir/tensor.js';
import type { OpName } from '../../../ops/op-attributes.js';
import type { Lowering, NodeCall } from '../call.js';
import type { Tensor } from '../tensor.js';

/** TensorFlow's ops of two tensors, and ours. */
export const BINARY: Readonly<Record<string, OpName>> = {
  Add: 'add',
  AddV2: 'add',
  Sub: 'sub',
  Mul: 'mul',
  MulNoNan: 'mul',
  RealDiv: 'div',
  DivNoNan: 'div',
  FloorDiv: 'floorDiv',
  Mod: 'mod',
  FloorMod: 'mod',
  Pow: 'pow',
  Maximum: 'max',
  Minimum: 'min',
  Atan2: 'atan2',
  Equal: 'equal',
  NotEqual: 'notEqual',
  Less: 'less',
  LessEqual: 'lessEqual',
  Greater: 'greater',
  GreaterEqual: 'greaterEqual',
  LogicalAnd: 'and',
  LogicalOr: 'or',
  LogicalXor: 'xor',
  BitwiseAnd: 'bitAnd',
  BitwiseOr: 'bitOr',
  BitwiseXor: 'bitXor',
  LeftShift: 'bitShiftLeft',
  RightShift: 'bitShiftRight',
};

export const UNARY: Readonly<Record<string, OpName>> = {
  Abs: 'abs',
  Acos: 'acos',
  Acosh: 'acosh',
  Asin: 'asin',
  Asinh: 'asinh',
  Atan: 'atan',
  Atanh: 'atanh',
  Ceil: 'ceil',
  Cos: 'cos',
  Cosh: 'cosh',
  Erf: 'erf',
  Exp: 'exp',
  Expm1: 'expm1',
  Floor: 'floor',
  Inv: 'reciprocal',
  Invert: 'bitNot',
  IsInf: 'isInf',
  IsNan: 'isNaN',
  Log: 'log',
  Log1p: 'log1p',
  LogicalNot: 'not',
  Neg: 'neg',
  Reciprocal: 'reciprocal',
  Rint: 'round',
  Round: 'round',
  Rsqrt: 'rsqrt',
  Sign: 'sign',
  Sin: 'sin',
  Sinh: 'sinh',
  Sqrt: 'sqrt',
  Square: 'square',
  Tan: 'tan',
};

/** Activation functions, also as `fused_ops` of fused kernels and as TFLite's fused activations. */
export const ACTIVATIONS: Readonly<Record<string, OpName>> = {
  Relu: 'relu',
  Relu6: 'relu6',
  Elu: 'elu',
  Selu: 'selu',
  Sigmoid: 'sigmoid',
  Tanh: 'tanh',
  Softplus: 'softplus',
  Softsign: 'softsign',
  HardSwish: 'hardSwish',
  Swish: 'silu',
  Silu: 'silu',
  Mish: 'mish',
};

/** Slopes of each channel: the last axis (or an axis of the weight's own shape). */
export function prelu(call: NodeCall, x: Tensor, slope: Tensor, part?: string): Tensor {
  return call.add('prelu', [x, slope.value('parameter')], {}, part);
}

export function fusedActivation(call: NodeCall, x: Tensor, name: string): Tensor {
  const op = ACTIVATIONS[name];
  if (op !== undefined && Object.hasOwn(ACTIVATIONS, name)) return call.add(op, [x], {}, name);
  if (name === 'ReluN1To1') return call.add('clip', [x], { min: -1, max: 1 }, name);
  if (name === 'LeakyRelu') {
    return call.add('leakyRelu', [x], { alpha: call.attributes.number('leakyrelu_alpha', 0.2) }, name);
  }
  if (name === 'GeluApproximate' || name === 'GeluExact') {
    return call.add('gelu', [x], name === 'GeluApproximate' ? { approximate: 'tanh' } : {}, name);
  }
  if (name === 'SignBit') return call.add('sign', [x], {}, name);
  return call.fail(`its fused activation '${name}' is not known`);
}

const addN: Lowering = (call) => {
  const [first, ...others] = call.inputs;
  if (first === undefined) return call.fail('AddN has no input');
  if (others.length === 0) return call.add('identity', [first]);
  return others.reduce((sum, value) => call.add('add', [sum, value]), first);
};

const clipByValue: Lowering = (call) => {
  const [min, max] = [call.input(1).data?.[0], call.input(2).data?.[0]];
  return call.add('clip', [call.x], {
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
  });
};

const select: Lowering = (call) => {
  const [condition, x, y] = [call.x, call.input(1), call.input(2)];
  // Select (not V2) aligns a vector condition at the first axis.
  if (call.op === 'Select' && condition.rank === 1 && x.rank > 1) {
    const shape = [condition.shape[0] as number, ...x.shape.slice(1).map(() => 1)];
    return call.add('where', [call.add('reshape', [condition], { shape, allowZero: true }, 'condition'), x, y]);
  }
  return call.add('where', [condition, x, y]);
};

/** Quotients of integers: without a fraction, towards zero (C). */
const divide: Lowering = (call) =>
  call.add('div', [call.x, call.input(1)], isFloat(call.x.dtype) ? {} : { rounding: 'trunc' });

const direct =
  (op: OpName): Lowering =>
  (call) =>
    call.add(op, [call.x]);

export const elementwiseOps: Readonly<Record<string, Lowering>> = {
  ...Object.fromEntries(
    Object.entries(BINARY).map(([name, op]): [string, Lowering] => [
      name,
      (call) => call.add(op, [call.x, call.input(1)]),
    ]),
  ),
  ...Object.fromEntries(Object.entries(UNARY).map(([name, op]) => [name, direct(op)])),
  ...Object.fromEntries(Object.entries(ACTIVATIONS).map(([name, op]) => [name, direct(op)])),
  Div: divide,
  TruncateDiv: divide,
  TruncateMod: (call) => call.add('mod', [call.x, call.input(1)], { truncated: true }),
  AddN: addN,
  BiasAdd: (call) => {
    const bias = call.input(1);
    const isFirst = call.layout() === 'channelsFirst' && call.x.rank > 2;
    const shape = isFirst ? [bias.elements, ...call.x.shape.slice(2).map(() => 1)] : bias.shape;
    return call.add('add', [call.x, bias.value('parameter', shape)]);
  },
  SquaredDifference: (call) => call.add('square', [call.add('sub', [call.x, call.input(1)], {}, 'difference')]),
  Erfc: (call) => call.add('sub', [call.constant([], call.x.dtype, [1]), call.add('erf', [call.x], {}, 'erf')]),
  IsFinite: (call) => call.add('not', [call.add('isInf', [call.x], {}, 'isInf')]),
  LeakyRelu: (call) => call.add('leakyRelu', [call.x], { alpha: call.attributes.number('alpha', 0.2) }),
  Gelu: (call) => call.add('gelu', [call.x], call.attributes.flag('approximate') ? { approximate: 'tanh' } : {}),
  Prelu: (call) => prelu(call, call.x, call.input(1)),
  ClipByValue: clipByValue,
  Relu1: (call) => call.add('clip', [call.x], { min: -1, max: 1 }),
  Relu01: (call) => call.add('clip', [call.x], { min: 0, max: 1 }),
  Select: select,
  SelectV2: select,
  Softmax: (call) => call.add('softmax', [call.x], { axis: -1 }),
  LogSoftmax: (call) => call.add('logSoftmax', [call.x], { axis: -1 }),
  L2Normalization: (call) => call.add('normalize', [call.x], { axis: -1 }),
  FakeQuantWithMinMaxVars: (call) => call.add('fakeQuantize', [call.x]),
  FakeQuantWithMinMaxArgs: (call) => call.add('fakeQuantize', [call.x]),
  Cast: (call) => call.add('cast', [call.x], { to: call.attributes.dtype('DstT') ?? 'float32' }),
  Bitcast: (call) => call.add('cast', [call.x], { to: call.attributes.dtype('type') ?? call.x.dtype }),
};
