import { rounded } from '../../../evaluate/rounded.js';
import { type DType, isFloat } from '../../../ir/tensor.js';
import type { OpAttributes, OpName } from '../../../ops/op-attributes.js';
import type { Call } from '../call.js';
import { dtypeOf } from '../dtype.js';
import { type Tensor, unread } from '../tensor.js';
import type { OnnxOp, OnnxOps } from './define-onnx-op.js';

type Attributes<N extends OpName> = (call: Call) => OpAttributes[N];

function elementwise<N extends OpName>(op: N, attributes?: Attributes<N>): OnnxOp {
  return { folds: true, lower: (call) => call.emit<OpName>(op, call.tensors().slice(0, 1), attributes?.(call)) };
}

function binary<N extends OpName>(op: N, attributes?: Attributes<N>): OnnxOp {
  return {
    folds: true,
    lower: (call) => call.emit<OpName>(op, [call.input(0), alignedRight(call)], attributes?.(call)),
  };
}

/** Before opset 7 the right operand was aligned at an axis of the left one. */
function alignedRight(call: Call): Tensor {
  const right = call.input(1);
  const axis = call.int('axis');
  if (call.opset >= 7 || axis === undefined || right.shape.length === 0) return right;
  const left = call.input(0).shape.length;
  const trailing = left - (axis < 0 ? axis + left : axis) - right.shape.length;
  if (trailing <= 0) return right;
  const shape = [...right.shape, ...new Array<number>(trailing).fill(1)];
  if (right.stored !== undefined && right.value === undefined) return { ...right, shape };
  return call.emit('reshape', [right], { shape });
}

/** Any number of operands, combined from the left. */
function variadic(op: OpName): OnnxOp {
  return {
    folds: true,
    lower(call) {
      const [first, ...rest] = call.tensors() as [Tensor, ...Tensor[]];
      return rest.reduce((sum, operand) => call.emit(op, [sum, operand]), first);
    },
  };
}

const isInteger = (call: Call) => !isFloat(call.input(0).dtype);

function clip(call: Call): Tensor {
  const bound = (name: string, slot: number) =>
    call.opset < 11 ? call.float(name) : call.inputs[slot] === undefined ? undefined : call.input(slot).data?.[0];
  const min = bound('min', 1);
  const max = bound('max', 2);
  const x = call.input(0);
  if (min === 0 && max === 6) return call.emit('relu6', [x]);
  return call.emit('clip', [x], { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) });
}

function cast(call: Call, to: DType): Tensor {
  const x = call.input(0);
  if (x.dtype === to) return x;
  if (x.data === undefined && x.stored !== undefined && x.value === undefined && isFloat(x.dtype) && isFloat(to)) {
    return { ...x, dtype: to };
  }
  return call.emit('cast', [x], { to });
}

export function prelu(call: Call): Tensor {
  const x = call.input(0);
  const slope = call.input(1);
  return call.emit('prelu', [x, slope]);
}

export const ELEMENTWISE: OnnxOps = {
  Abs: elementwise('abs'),
  Acos: elementwise('acos'),
  Acosh: elementwise('acosh'),
  Asin: elementwise('asin'),
  Asinh: elementwise('asinh'),
  Atan: elementwise('atan'),
  Atanh: elementwise('atanh'),
  BitwiseNot: elementwise('bitNot'),
  Ceil: elementwise('ceil'),
  Celu: elementwise('celu', (call) => ({ alpha: call.float('alpha', 1) })),
  Cos: elementwise('cos'),
  Cosh: elementwise('cosh'),
  Elu: elementwise('elu', (call) => ({ alpha: call.float('alpha', 1) })),
  Erf: elementwise('erf'),
  Exp: elementwise('exp'),
  Floor: elementwise('floor'),
  Gelu: elementwise('gelu', (call) => ({ approximate: call.text('approximate', 'none') === 'tanh' ? 'tanh' : 'none' })),
  HardSigmoid: elementwise('hardSigmoid', (call) => ({
    alpha: call.float('alpha', 0.2),
    beta: call.float('beta', 0.5),
  })),
  HardSwish: elementwise('hardSwish'),
  IsInf: {
    folds: true,
    lower(call) {
      const both = call.int('detect_negative', 1) !== 0 && call.int('detect_positive', 1) !== 0;
      return call.emit('isInf', [both ? call.input(0) : unread(call.input(0))]);
    },
  },
  IsNaN: elementwise('isNaN'),
  LeakyRelu: elementwise('leakyRelu', (call) => ({ alpha: call.float('alpha', 0.01) })),
  Log: elementwise('log'),
  Mish: elementwise('mish'),
  Neg: elementwise('neg'),
  Not: elementwise('not'),
  PRelu: { lower: prelu },
  Reciprocal: elementwise('reciprocal'),
  Relu: elementwise('relu'),
  Round: elementwise('round'),
  Selu: elementwise('selu', (call) => ({
    alpha: call.float('alpha', 1.6732632423543772),
    scale: call.float('gamma', 1.0507009873554805),
  })),
  Shrink: elementwise('hardShrink', (call) => ({ lambda: call.float('lambd', 0.5), bias: call.float('bias', 0) })),
  Sigmoid: elementwise('sigmoid'),
  Sign: elementwise('sign'),
  Sin: elementwise('sin'),
  Sinh: elementwise('sinh'),
  Softplus: elementwise('softplus'),
  Softsign: elementwise('softsign'),
  Sqrt: elementwise('sqrt'),
  Swish: elementwise('silu', (call) => ({ alpha: call.float('alpha', 1) })),
  Tan: elementwise('tan'),
  Tanh: elementwise('tanh'),
  ThresholdedRelu: elementwise('thresholdedRelu', (call) => ({ alpha: call.float('alpha', 1) })),
  ScaledTanh: elementwise('tanh'),

  Add: binary('add'),
  And: binary('and'),
  BitShift: {
    folds: true,
    lower: (call) =>
      call.emit(call.text('direction') === 'LEFT' ? 'bitShiftLeft' : 'bitShiftRight', [call.input(0), call.input(1)]),
  },
  BitwiseAnd: binary('bitAnd'),
  BitwiseOr: binary('bitOr'),
  BitwiseXor: binary('bitXor'),
  Div: binary('div', (call) => (isInteger(call) ? { rounding: 'trunc' } : {})),
  Equal: binary('equal'),
  Greater: binary('greater'),
  GreaterOrEqual: binary('greaterEqual'),
  Less: binary('less'),
  LessOrEqual: binary('lessEqual'),
  Mod: binary('mod', (call) => (call.flag('fmod') ? { truncated: true } : {})),
  Mul: binary('mul'),
  Or: binary('or'),
  Pow: {
    folds: true,
    lower(call) {
      const [base, exponent] = [call.input(0), alignedRight(call)];
      const y = call.emit('pow', [base, exponent]);
      if (y.data === undefined) return call.emitter.retype(y, base.dtype);
      const data = y.data.map((value) => rounded(value, base.dtype));
      return call.constant(data, y.shape, base.dtype);
    },
  },
  Sub: binary('sub'),
  Xor: binary('xor'),
  Where: { folds: true, lower: (call) => call.emit('where', [call.input(0), call.input(1), call.input(2)]) },

  /** silu(alpha·A)·B (opset 28). */
  SwiGLU: {
    lower: (call) =>
      call.emit('mul', [call.emit('silu', [call.input(0)], { alpha: call.float('alpha', 1) }), call.input(1)]),
  },
  /** The same bits seen as another type (opset 26). */
  BitCast: {
    lower(call) {
      return call.emitter.retype(
        call.emit('identity', [unread(call.input(0))]),
        dtypeOf(call.int('to', 0), 'the result of BitCast'),
      );
    },
  },

  Max: variadic('max'),
  Min: variadic('min'),
  Sum: variadic('add'),
  Mean: {
    lower(call) {
      const [first, ...rest] = call.tensors() as [Tensor, ...Tensor[]];
      const sum = rest.reduce((total, operand) => call.emit('add', [total, operand]), first);
      if (rest.length === 0) return sum;
      return call.emit('div', [sum, call.constant([rest.length + 1], [], first.dtype)]);
    },
  },
  Clip: { folds: true, hints: [1, 2], lower: clip },
  Cast: { folds: true, lower: (call) => cast(call, dtypeOf(call.int('to', 0), 'the result of Cast')) },
  CastLike: { lower: (call) => cast(call, call.input(1).dtype) },
};
