import type { Value } from '../../../ir/graph.js';
import type { OpName } from '../../../ops/op-attributes.js';
import type { Lowering, NodeContext } from '../lower/node-context.js';

const unary =
  (op: OpName): Lowering =>
  (n) =>
    n.add(op, [n.tensor('self')]);

const binary =
  (op: OpName): Lowering =>
  (n) =>
    n.add(op, [n.operand('self'), n.operand('other')]);

/** self + alpha·other; the factor is an operation of its own. */
const scaled =
  (op: OpName): Lowering =>
  (n) => {
    const alpha = n.number('alpha', 1);
    const other = n.operand('other');
    return n.add(op, [n.operand('self'), alpha === 1 ? other : times(n, other, alpha)]);
  };

function times(n: NodeContext, x: Value, factor: number): Value {
  return factor === 1 ? x : n.add('mul', [x, n.constant(factor)]);
}

function divide(n: NodeContext) {
  const mode = n.word('rounding_mode', '');
  const operands = [n.operand('self'), n.operand('other')];
  if (mode === 'floor') return n.add('floorDiv', operands);
  return n.add('div', operands, mode === 'trunc' ? { rounding: 'trunc' } : {});
}

const POWERS: ReadonlyMap<number, OpName> = new Map<number, OpName>([
  [2, 'square'],
  [0.5, 'sqrt'],
  [-0.5, 'rsqrt'],
  [-1, 'reciprocal'],
]);

function power(n: NodeContext) {
  if (n.isNumber('exponent')) {
    const exponent = n.number('exponent');
    if (exponent === 1) return n.tensor('self');
    const op = POWERS.get(exponent);
    if (op !== undefined) return n.add(op, [n.tensor('self')]);
  }
  return n.add('pow', [n.operand('self'), n.operand('exponent')]);
}

function clamp(n: NodeContext) {
  let x = n.tensor('self');
  const numbers = (!n.has('min') || n.isNumber('min')) && (!n.has('max') || n.isNumber('max'));
  if (numbers) {
    return n.add('clip', [x], {
      ...(n.has('min') ? { min: n.number('min') } : {}),
      ...(n.has('max') ? { max: n.number('max') } : {}),
    });
  }
  if (n.has('min')) x = n.add('max', [x, n.operand('min')]);
  return n.has('max') ? n.add('min', [x, n.operand('max')]) : x;
}

/** self + value·(tensor1 op tensor2) */
const fused =
  (op: OpName): Lowering =>
  (n) =>
    n.add('add', [
      n.tensor('self'),
      times(n, n.add(op, [n.tensor('tensor1'), n.tensor('tensor2')]), n.number('value', 1)),
    ]);

const UNARY = [
  'abs',
  'acos',
  'acosh',
  'asin',
  'asinh',
  'atan',
  'atanh',
  'ceil',
  'cos',
  'cosh',
  'digamma',
  'erf',
  'erfinv',
  'exp',
  'expm1',
  'floor',
  'lgamma',
  'log',
  'log1p',
  'log2',
  'neg',
  'reciprocal',
  'round',
  'rsqrt',
  'sign',
  'sin',
  'sinh',
  'sqrt',
  'square',
  'tan',
  'trunc',
] as const satisfies readonly OpName[];

export const ELEMENTWISE: Readonly<Record<string, Lowering>> = {
  ...Object.fromEntries(UNARY.map((name) => [name, unary(name)])),
  negative: unary('neg'),
  absolute: unary('abs'),
  fix: unary('trunc'),
  sgn: unary('sign'),
  logical_not: unary('not'),
  bitwise_not: unary('bitNot'),
  isnan: unary('isNaN'),
  isinf: unary('isInf'),
  isfinite: (n) => {
    const x = n.tensor('self');
    return n.add('not', [n.add('or', [n.add('isNaN', [x]), n.add('isInf', [x])])]);
  },
  nan_to_num: (n) => {
    const x = n.tensor('self');
    return n.add('where', [n.add('isNaN', [x]), n.constant(n.number('nan', 0)), x]);
  },
  exp2: (n) => n.add('pow', [n.constant(2), n.tensor('self')]),
  log10: (n) => times(n, n.add('log', [n.tensor('self')]), Math.LOG10E),
  erfc: (n) => n.add('sub', [n.constant(1), n.add('erf', [n.tensor('self')])]),
  frac: (n) => n.add('sub', [n.tensor('self'), n.add('trunc', [n.tensor('self')])]),
  deg2rad: (n) => times(n, n.tensor('self'), Math.PI / 180),
  rad2deg: (n) => times(n, n.tensor('self'), 180 / Math.PI),
  logit: (n) => {
    const x = n.tensor('self');
    return n.add('log', [n.add('div', [x, n.add('sub', [n.constant(1), x])])]);
  },

  special_i0: unary('besselI0'),
  // The normal distribution up to x: (1 + erf(x/√2)) / 2.
  special_ndtr: (n) => {
    const e = n.add('erf', [times(n, n.tensor('self'), Math.SQRT1_2)]);
    return times(n, n.add('add', [e, n.constant(1)]), 0.5);
  },
  special_entr: (n) => {
    const x = n.tensor('self');
    return n.add('neg', [n.add('mul', [x, n.add('log', [x])])]);
  },
  sinc: (n) => {
    const x = times(n, n.tensor('self'), Math.PI);
    return n.add('div', [n.add('sin', [x]), x]);
  },
  signbit: (n) => n.add('less', [n.tensor('self'), n.constant(0)]),

  add: scaled('add'),
  sub: scaled('sub'),
  subtract: scaled('sub'),
  rsub: (n) => n.add('sub', [n.operand('other'), times(n, n.tensor('self'), n.number('alpha', 1))]),
  mul: binary('mul'),
  multiply: binary('mul'),
  div: divide,
  divide,
  true_divide: divide,
  floor_divide: binary('floorDiv'),
  remainder: binary('mod'),
  fmod: (n) => n.add('mod', [n.operand('self'), n.operand('other')], { truncated: true }),
  pow: power,
  float_power: power,
  maximum: binary('max'),
  minimum: binary('min'),
  fmax: binary('max'),
  fmin: binary('min'),
  atan2: binary('atan2'),
  arctan2: binary('atan2'),
  eq: binary('equal'),
  ne: binary('notEqual'),
  not_equal: binary('notEqual'),
  lt: binary('less'),
  less: binary('less'),
  le: binary('lessEqual'),
  less_equal: binary('lessEqual'),
  gt: binary('greater'),
  greater: binary('greater'),
  ge: binary('greaterEqual'),
  greater_equal: binary('greaterEqual'),
  logical_and: binary('and'),
  logical_or: binary('or'),
  logical_xor: binary('xor'),
  bitwise_and: binary('bitAnd'),
  bitwise_or: binary('bitOr'),
  bitwise_xor: binary('bitXor'),
  bitwise_left_shift: binary('bitShiftLeft'),
  bitwise_right_shift: binary('bitShiftRight'),
  __and__: binary('bitAnd'),
  __or__: binary('bitOr'),
  __xor__: binary('bitXor'),
  __lshift__: binary('bitShiftLeft'),
  __rshift__: binary('bitShiftRight'),
  gcd: binary('gcd'),
  lcm: binary('lcm'),
  ldexp: (n) => n.add('mul', [n.operand('self'), n.add('pow', [n.constant(2), n.operand('other')])]),
  heaviside: (n) => {
    const [x, zero] = [n.tensor('self'), n.constant(0)];
    return n.add('where', [n.add('equal', [x, zero]), n.tensor('values'), n.add('greater', [x, zero])]);
  },
  // |x - y| ≤ atol + rtol·|y|
  isclose: (n) => {
    const [x, y] = [n.tensor('self'), n.tensor('other')];
    const distance = n.add('abs', [n.add('sub', [x, y])]);
    const allowed = times(n, n.add('abs', [y]), n.number('rtol', 1e-5));
    return n.add('lessEqual', [distance, n.add('add', [allowed, n.constant(n.number('atol', 1e-8))])]);
  },
  hypot: (n) => {
    const [x, y] = [n.add('square', [n.tensor('self')]), n.add('square', [n.tensor('other')])];
    return n.add('sqrt', [n.add('add', [x, y])]);
  },
  xlogy: (n) => n.add('mul', [n.operand('self'), n.add('log', [n.operand('other')])]),
  copysign: (n) => n.add('mul', [n.add('abs', [n.tensor('self')]), n.add('sign', [n.operand('other')])]),
  logaddexp2: (n) => {
    const raised = (name: string) => n.add('pow', [n.constant(2), n.tensor(name)]);
    return n.add('log2', [n.add('add', [raised('self'), raised('other')])]);
  },
  logaddexp: (n) => n.add('log', [n.add('add', [n.add('exp', [n.tensor('self')]), n.add('exp', [n.tensor('other')])])]),

  where: (n) =>
    n.has('self')
      ? n.add('where', [n.tensor('condition'), n.operand('self'), n.operand('other')])
      : n.opaque('how much it gives depends on the data'),
  masked_fill: (n) => n.add('where', [n.tensor('mask'), n.operand('value'), n.tensor('self')]),
  clamp,
  clip: clamp,
  clamp_min: clamp,
  clamp_max: clamp,
  addcmul: fused('mul'),
  addcdiv: fused('div'),
  lerp: (n) => {
    const x = n.tensor('self');
    const step = n.add('mul', [n.add('sub', [n.tensor('end'), x]), n.operand('weight')]);
    return n.add('add', [x, step]);
  },
};
