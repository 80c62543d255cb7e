import { type DType, isFloat } from '../../../ir/tensor.js';
import { promote } from '../../../ops/elementwise/promote.js';
import type { OpName } from '../../../ops/op-attributes.js';
import type { Attributes, ExportCall, Exporter, Exporters, Name } from '../call.js';

function emit<N extends OpName>(
  type: string,
  attributes?: (attributes: ExportCall<N>['attributes']) => Attributes,
): Exporter<N> {
  return (call) => call.emit(type, [call.input(0)], attributes?.(call.attributes));
}

function clip<N extends OpName>(
  bounds: (attributes: ExportCall<N>['attributes']) => {
    readonly min?: number | undefined;
    readonly max?: number | undefined;
  },
): Exporter<N> {
  return (call) => {
    const bound = (value: number | undefined) => (value === undefined ? '' : call.scalar(value, call.type(0).dtype));
    const { min, max } = bounds(call.attributes);
    call.emit('Clip', [call.input(0), bound(min), bound(max)]);
  };
}

/** Activations that ONNX has as an op. */
const SIMPLE: Exporters = {
  relu: emit('Relu'),
  leakyRelu: emit('LeakyRelu', ({ alpha }) => ({ alpha: { float: alpha } })),
  selu: emit('Selu', ({ alpha, scale }) => ({ alpha: { float: alpha }, gamma: { float: scale } })),
  celu: emit('Celu', ({ alpha }) => ({ alpha: { float: alpha } })),
  sigmoid: emit('Sigmoid'),
  hardSigmoid: emit('HardSigmoid', ({ alpha, beta }) => ({ alpha: { float: alpha }, beta: { float: beta } })),
  tanh: emit('Tanh'),
  hardSwish: emit('HardSwish'),
  mish: emit('Mish'),
  softsign: emit('Softsign'),
  gelu: emit('Gelu', ({ approximate }) => ({ approximate })),
  softShrink: emit('Shrink', ({ lambda }) => ({ lambd: { float: lambda }, bias: { float: lambda } })),
  hardShrink: emit('Shrink', ({ lambda, bias }) => ({ lambd: { float: lambda }, bias: { float: bias } })),
  relu6: clip(() => ({ min: 0, max: 6 })),
  clip: clip((bounds) => bounds),
  hardTanh: clip((bounds) => bounds),
};

/** Activations that are several ONNX ops: all but the last, and the last with its inputs. */
type Compose<N extends OpName> = (call: ExportCall<N>, x: Name) => readonly [type: string, inputs: readonly Name[]];

const gated = (call: ExportCall, x: Name, slope: number): readonly [string, readonly Name[]] => {
  const steep = slope === 1 ? x : call.op('Mul', [x, call.scalar(slope)]);
  return ['Mul', [x, call.op('Sigmoid', [steep])]];
};

const COMPOSED: { readonly [N in OpName]?: Compose<N> } = {
  silu: (call, x) => gated(call, x, call.attributes.alpha),
  quickGelu: (call, x) => gated(call, x, 1.702),
  squaredRelu: (call, x) => {
    const positive = call.op('Relu', [x]);
    return ['Mul', [positive, positive]];
  },
  thresholdedRelu: (call, x) => {
    const above = call.op('Greater', [x, call.scalar(call.attributes.alpha)]);
    return ['Where', [above, x, call.scalar(call.attributes.value)]];
  },
  elu: (call, x) => {
    const steep = call.op('Mul', [x, call.scalar(call.attributes.inputScale)]);
    const bent = call.op('Sub', [call.op('Exp', [call.op('Min', [steep, call.scalar(0)])]), call.scalar(1)]);
    const negative = call.op('Mul', [bent, call.scalar(call.attributes.alpha)]);
    const joined = call.op('Where', [call.op('Greater', [x, call.scalar(0)]), x, negative]);
    return ['Mul', [joined, call.scalar(call.attributes.scale)]];
  },
  logSigmoid: (call, x) => ['Neg', [call.op('Softplus', [call.op('Neg', [x])])]],
  softplus: (call, x) => {
    const beta = call.attributes.beta;
    if (beta === 1) return ['Softplus', [x]];
    return ['Div', [call.op('Softplus', [call.op('Mul', [x, call.scalar(beta)])]), call.scalar(beta)]];
  },
  tanhShrink: (call, x) => ['Sub', [x, call.op('Tanh', [x])]],
  squarePlus: (call, x) => {
    const square = call.op('Add', [call.op('Mul', [x, x]), call.scalar(call.attributes.b)]);
    return ['Mul', [call.op('Add', [x, call.op('Sqrt', [square])]), call.scalar(0.5)]];
  },
  sparsePlus: (call, x) => {
    const shifted = call.op('Clip', [call.op('Add', [x, call.scalar(1)]), call.scalar(0), call.scalar(2)]);
    const bend = call.op('Mul', [call.op('Mul', [shifted, shifted]), call.scalar(0.25)]);
    return ['Where', [call.op('Less', [x, call.scalar(1)]), bend, x]];
  },
  sparseSigmoid: (call, x) => {
    const line = call.op('Mul', [call.op('Add', [x, call.scalar(1)]), call.scalar(0.5)]);
    return ['Clip', [line, call.scalar(0), call.scalar(1)]];
  },
  expm1: (call, x) => ['Sub', [call.op('Exp', [x]), call.scalar(1)]],
  log1p: (call, x) => ['Log', [call.op('Add', [x, call.scalar(1)])]],
  log2: (call, x) => ['Mul', [call.op('Log', [x]), call.scalar(Math.LOG2E)]],
  rsqrt: (call, x) => ['Reciprocal', [call.op('Sqrt', [x])]],
  square: (_, x) => ['Mul', [x, x]],
  trunc: (call, x) => ['Mul', [call.op('Sign', [x]), call.op('Floor', [call.op('Abs', [x])])]],
};

const COMPOSERS = Object.fromEntries(
  Object.entries(COMPOSED).map(([name, compose]): [string, Exporter] => [
    name,
    (call) => call.emit(...(compose as Compose<OpName>)(call, call.input(0))),
  ]),
) as Exporters;

/** Functions that bear the same name in ONNX. */
const UNARIES: { readonly [N in OpName]?: string } = {
  exp: 'Exp',
  log: 'Log',
  sqrt: 'Sqrt',
  abs: 'Abs',
  neg: 'Neg',
  reciprocal: 'Reciprocal',
  erf: 'Erf',
  floor: 'Floor',
  ceil: 'Ceil',
  round: 'Round',
  sign: 'Sign',
  sin: 'Sin',
  cos: 'Cos',
  tan: 'Tan',
  asin: 'Asin',
  acos: 'Acos',
  atan: 'Atan',
  sinh: 'Sinh',
  cosh: 'Cosh',
  asinh: 'Asinh',
  acosh: 'Acosh',
  atanh: 'Atanh',
  bitNot: 'BitwiseNot',
  isNaN: 'IsNaN',
  isInf: 'IsInf',
  identity: 'Identity',
  dropout: 'Identity',
};

const not: Exporter = (call) => call.emit('Not', [call.cast(call.input(0), call.type(0).dtype, 'bool')]);

/** One slope for each channel stands along axis 1. */
const prelu: Exporter = (call) => {
  const { shape } = call.type(0);
  const slope = call.type(1);
  const perChannel = slope.shape.length === 1 && slope.shape[0] === shape[1] && shape.length > 1;
  if (!perChannel) return call.emit('PRelu', [call.input(0), call.input(1)]);
  const wide = [shape[1] as number, ...shape.slice(2).map(() => 1)];
  const slopes = call.isStored(1)
    ? call.constant(call.contents(1), wide, slope.dtype)
    : call.op('Reshape', [call.input(1), call.integers(wide)]);
  call.emit('PRelu', [call.input(0), slopes]);
};

const glu: Exporter<'glu'> = (call) => {
  const { axis } = call.attributes;
  const [value = '', gate = ''] = call.ops('Split', [call.input(0)], 2, { axis, num_outputs: 2 });
  call.emit('Mul', [value, call.op('Sigmoid', [gate])]);
};

/** Both operands in the type that they promote to. */
function promoted(call: ExportCall, left = 0, right = 1): { inputs: [Name, Name]; dtype: DType } {
  const dtype = promote(call.type(left), call.type(right));
  const as = (slot: number) => call.cast(call.input(slot), call.type(slot).dtype, dtype);
  return { inputs: [as(left), as(right)], dtype };
}

const binary = (type: string): Exporter => {
  return (call) => call.emit(type, promoted(call).inputs);
};

const logical = (type: string): Exporter => {
  return (call) =>
    call.emit(
      type,
      [0, 1].map((slot) => call.cast(call.input(slot), call.type(slot).dtype, 'bool')),
    );
};

/** The part of x that y divides without rest, by y: exact for integers of either sign. */
function floorQuotient(
  call: ExportCall,
  inputs: readonly [Name, Name],
  dtype: DType,
): readonly [string, readonly Name[]] {
  if (isFloat(dtype)) return ['Floor', [call.op('Div', inputs)]];
  const rest = call.op('Mod', inputs);
  return ['Div', [call.op('Sub', [inputs[0], rest]), inputs[1]]];
}

const div: Exporter<'div'> = (call) => {
  const { inputs, dtype } = promoted(call);
  const { rounding } = call.attributes;
  if (rounding === 'floor') return call.emit(...floorQuotient(call, inputs, dtype));
  if (rounding === 'trunc' && isFloat(dtype)) {
    const quotient = call.op('Div', inputs);
    return call.emit('Mul', [call.op('Sign', [quotient]), call.op('Floor', [call.op('Abs', [quotient])])]);
  }
  call.emit('Div', inputs);
};

const floorDiv: Exporter = (call) => {
  const { inputs, dtype } = promoted(call);
  call.emit(...floorQuotient(call, inputs, dtype));
};

const mod: Exporter<'mod'> = (call) => {
  const { inputs, dtype } = promoted(call);
  if (call.attributes.truncated) return call.emit('Mod', inputs, { fmod: 1 });
  if (!isFloat(dtype)) return call.emit('Mod', inputs);
  const floor = call.op('Floor', [call.op('Div', inputs)]);
  call.emit('Sub', [inputs[0], call.op('Mul', [inputs[1], floor])]);
};

const notEqual: Exporter = (call) => call.emit('Not', [call.op('Equal', promoted(call).inputs)]);

const where: Exporter = (call) => {
  const condition = call.cast(call.input(0), call.type(0).dtype, 'bool');
  call.emit('Where', [condition, ...promoted(call, 1, 2).inputs]);
};

/** Cast at the end: booleans and integers of a `cast` may be exported as another float type. */
const cast: Exporter<'cast'> = (call) => {
  call.emit('Identity', [call.cast(call.input(0), call.type(0).dtype, call.attributes.to)]);
};

export const elementwise: Exporters = {
  ...SIMPLE,
  ...COMPOSERS,
  ...(Object.fromEntries(Object.entries(UNARIES).map(([name, type]) => [name, emit(type)])) as Exporters),
  not,
  prelu,
  glu,
  add: binary('Add'),
  sub: binary('Sub'),
  mul: binary('Mul'),
  div,
  floorDiv,
  mod,
  pow: binary('Pow'),
  min: binary('Min'),
  max: binary('Max'),
  equal: binary('Equal'),
  notEqual,
  less: binary('Less'),
  lessEqual: binary('LessOrEqual'),
  greater: binary('Greater'),
  greaterEqual: binary('GreaterOrEqual'),
  and: logical('And'),
  or: logical('Or'),
  xor: logical('Xor'),
  bitAnd: binary('BitwiseAnd'),
  bitOr: binary('BitwiseOr'),
  bitXor: binary('BitwiseXor'),
  where,
  cast,
};
