import { opOf } from '../../../ops/index.js';
import type { OpName } from '../../../ops/op-attributes.js';
import { dtypeOf } from '../config.js';
import type { Argument, Result } from '../layer.js';
import { isPlain, type Operation, type OperationLowering } from './operation.js';

/** Functions of two tensors, by their names in keras.ops and tensorflow (lower case, without underscores). */
const BINARY: Readonly<Record<string, OpName>> = {
  add: 'add',
  addv2: 'add',
  subtract: 'sub',
  sub: 'sub',
  multiply: 'mul',
  mul: 'mul',
  divide: 'div',
  dividenonan: 'div',
  divnonan: 'div',
  truedivide: 'div',
  truediv: 'div',
  realdiv: 'div',
  div: 'div',
  floordivide: 'floorDiv',
  floordiv: 'floorDiv',
  mod: 'mod',
  floormod: 'mod',
  remainder: 'mod',
  power: 'pow',
  pow: 'pow',
  maximum: 'max',
  minimum: 'min',
  fmax: 'max',
  fmin: 'min',
  fmod: 'mod',
  arctan2: 'atan2',
  atan2: 'atan2',
  equal: 'equal',
  eq: 'equal',
  notequal: 'notEqual',
  ne: 'notEqual',
  less: 'less',
  lt: 'less',
  lessequal: 'lessEqual',
  le: 'lessEqual',
  greater: 'greater',
  gt: 'greater',
  greaterequal: 'greaterEqual',
  ge: 'greaterEqual',
  logicaland: 'and',
  logicalor: 'or',
  logicalxor: 'xor',
  bitwiseand: 'bitAnd',
  bitwiseor: 'bitOr',
  bitwisexor: 'bitXor',
  leftshift: 'bitShiftLeft',
  bitwiseleftshift: 'bitShiftLeft',
  rightshift: 'bitShiftRight',
  bitwiserightshift: 'bitShiftRight',
};

const UNARY: Readonly<Record<string, OpName>> = {
  exp: 'exp',
  expm1: 'expm1',
  log: 'log',
  log1p: 'log1p',
  log2: 'log2',
  sqrt: 'sqrt',
  rsqrt: 'rsqrt',
  square: 'square',
  absolute: 'abs',
  abs: 'abs',
  fabs: 'abs',
  negative: 'neg',
  neg: 'neg',
  reciprocal: 'reciprocal',
  erf: 'erf',
  floor: 'floor',
  ceil: 'ceil',
  round: 'round',
  rint: 'round',
  trunc: 'trunc',
  fix: 'trunc',
  sign: 'sign',
  sin: 'sin',
  cos: 'cos',
  tan: 'tan',
  arcsin: 'asin',
  asin: 'asin',
  arccos: 'acos',
  acos: 'acos',
  arctan: 'atan',
  atan: 'atan',
  sinh: 'sinh',
  cosh: 'cosh',
  arcsinh: 'asinh',
  asinh: 'asinh',
  arccosh: 'acosh',
  acosh: 'acosh',
  arctanh: 'atanh',
  atanh: 'atanh',
  logicalnot: 'not',
  bitwisenot: 'bitNot',
  bitwiseinvert: 'bitNot',
  isnan: 'isNaN',
  isinf: 'isInf',
  isposinf: 'isInf',
  isneginf: 'isInf',
  relu: 'relu',
  relu6: 'relu6',
  elu: 'elu',
  selu: 'selu',
  celu: 'celu',
  sigmoid: 'sigmoid',
  hardsigmoid: 'hardSigmoid',
  hardsilu: 'hardSwish',
  hardswish: 'hardSwish',
  hardtanh: 'hardTanh',
  hardshrink: 'hardShrink',
  softshrink: 'softShrink',
  tanhshrink: 'tanhShrink',
  softplus: 'softplus',
  softsign: 'softsign',
  logsigmoid: 'logSigmoid',
  silu: 'silu',
  swish: 'silu',
  mish: 'mish',
  tanh: 'tanh',
  squareplus: 'squarePlus',
  sparseplus: 'sparsePlus',
  sparsesigmoid: 'sparseSigmoid',
  identity: 'identity',
  copy: 'identity',
  real: 'identity',
  conj: 'identity',
  conjugate: 'identity',
  stopgradient: 'identity',
  ensureshape: 'identity',
  checknumerics: 'identity',
};

const binary =
  (op: OpName): OperationLowering =>
  (operation) => {
    const left = operation.argument(0, 'x1', 'x', 'a');
    const right = operation.argument(1, 'x2', 'y', 'b', 'other');
    if (isPlain(left) && isPlain(right)) return evaluate(op, operation, left, right);
    return operation.add(op, [operation.operand(0, 'x1', 'x', 'a'), operation.operand(1, 'x2', 'y', 'b', 'other')]);
  };

/** Arithmetic on sizes alone, lists element by element. */
function evaluate(op: OpName, operation: Operation, left: Argument, right: Argument): Result {
  if (Array.isArray(left) || Array.isArray(right)) {
    const length = Array.isArray(left) ? left.length : (right as readonly Argument[]).length;
    const at = (side: Argument, i: number) =>
      Array.isArray(side) ? (side[side.length === 1 ? 0 : i] as Argument) : side;
    return Array.from({ length }, (_, i) => evaluate(op, operation, at(left, i), at(right, i)));
  }
  if (typeof left !== 'number' || typeof right !== 'number') return operation.call.fail('its operands do not fit');
  return opOf(op).evaluate?.({}, left, right) ?? operation.call.fail(`'${op}' of two sizes is not known`);
}

const unary =
  (op: OpName): OperationLowering =>
  (operation) => {
    const given = operation.argument(0, 'x', 'inputs', 'input');
    if (isPlain(given) && typeof given === 'number') {
      return op === 'identity' ? given : (opOf(op).evaluate?.({}, given) ?? given);
    }
    return isPlain(given) ? given : operation.add(op, [operation.x]);
  };

const softmax =
  (op: OpName): OperationLowering =>
  (operation) =>
    operation.add(op, [operation.x], { axis: operation.integer(-1, 1, 'axis') });

const clip: OperationLowering = (operation) => {
  const bound = (position: number, ...names: readonly string[]) => {
    const given = operation.argument(position, ...names);
    return typeof given === 'number' ? given : undefined;
  };
  const min = bound(1, 'x_min', 'clip_value_min');
  const max = bound(2, 'x_max', 'clip_value_max');
  return operation.add('clip', [operation.x], {
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
  });
};

const cast: OperationLowering = (operation) => {
  const given = operation.argument(0, 'x', 'input');
  if (isPlain(given)) return given;
  const name = operation.text(1, 'dtype', 'DstT') ?? 'float32';
  return operation.add('cast', [operation.x], { to: dtypeOf(name.replace(/^<dtype: '(.*)'>$/, '$1')) ?? 'float32' });
};

const where: OperationLowering = (operation) => {
  const [x, y] = [operation.optional(1, 'x1', 'x'), operation.optional(2, 'x2', 'y')];
  const condition = operation.operand(0, 'condition');
  return x && y ? operation.add('where', [condition, x, y]) : operation.add('nonZero', [condition]);
};

/** The first choice whose condition holds (keras.ops.select), or one of two (tensorflow). */
const select: OperationLowering = (operation) => {
  const conditions = operation.argument(0, 'condlist');
  if (!Array.isArray(conditions)) return where(operation);
  const choices = operation.argument(1, 'choicelist');
  const otherwise = operation.optional(2, 'default') ?? operation.call.constant('default', [], 'float32');
  return conditions.reduceRight(
    (rest, condition, i) => operation.add('where', [condition, Array.isArray(choices) ? choices[i] : choices, rest]),
    otherwise,
  );
};

const leakyRelu: OperationLowering = (operation) => {
  const slope = operation.argument(1, 'negative_slope', 'alpha');
  return operation.add('leakyRelu', [operation.x], { alpha: typeof slope === 'number' ? slope : 0.2 });
};

export const elementwiseOperations: Readonly<Record<string, OperationLowering>> = {
  ...Object.fromEntries(Object.entries(BINARY).map(([name, op]) => [name, binary(op)])),
  ...Object.fromEntries(Object.entries(UNARY).map(([name, op]) => [name, unary(op)])),
  gelu: (operation) =>
    operation.add('gelu', [operation.x], operation.flag(true, 1, 'approximate') ? { approximate: 'tanh' } : {}),
  leakyrelu: leakyRelu,
  threshold: (operation) => operation.add('thresholdedRelu', [operation.x]),
  glu: (operation) => operation.add('glu', [operation.x], { axis: operation.integer(-1, 1, 'axis') }),
  softmax: softmax('softmax'),
  logsoftmax: softmax('logSoftmax'),
  clip,
  clipbyvalue: clip,
  cast,
  saturatecast: cast,
  where,
  select,
  selectv2: where,
  squareddifference: (operation) => {
    const difference = operation.call.after('difference', 'sub', [operation.x, operation.operand(1, 'y', 'x2')]);
    return operation.add('square', [difference]);
  },
  isfinite: (operation) => operation.add('isInf', [operation.x]),
  biasadd: (operation) => operation.add('add', [operation.operand(0, 'value'), operation.operand(1, 'bias')]),
  zeroslike: (operation) => operation.add('fill', [], { shape: operation.x.shape, value: 0, dtype: operation.x.dtype }),
  oneslike: (operation) => operation.add('fill', [], { shape: operation.x.shape, value: 1, dtype: operation.x.dtype }),
};
