import type { DType, TensorType } from '../../ir/tensor.js';
import { defineOp, type OpDefinition } from '../define-op.js';
import type { Autocast } from '../execution.js';
import { perOutputElement } from '../flops.js';
import { type Moments, squashed } from '../moments.js';
import { erf } from './erf.js';
import { besselI0, digamma, inverseErf, logGamma } from './special-functions.js';

/** Elementwise functions of one tensor: 1 flop per element, transcendental functions too (reciprocal root: 1). */
interface Unary {
  readonly summary: string;
  readonly result?: DType;
  /** What its derivative is computed from: its input (default), its result (as in torch), or nothing. */
  readonly keeps?: 'outputs' | 'none';
  readonly autocast?: Autocast;
  /** Default: those of its input. */
  readonly moments?: (inputs: readonly Moments[]) => Moments;
  evaluate(x: number): number;
}

const sign = (x: number) => (x > 0 ? 1 : x < 0 ? -1 : x);

/** Halves to even, as torch, ONNX and TensorFlow round. */
function roundHalfToEven(x: number): number {
  const rounded = Math.round(x);
  return Math.abs(x % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

type Rule = (inputs: readonly Moments[]) => Moments;
const of =
  (rule: (x: Moments) => Moments): Rule =>
  ([x]) =>
    rule(x as Moments);
const squaredMoments = of(({ second }) => ({ mean: second, second: 3 * second ** 2 }));
const rootMoments = of(({ mean, second }) => ({
  mean: Math.sqrt(Math.abs(mean)),
  second: Math.max(mean, Math.sqrt(second) / 2),
}));
const inverseRootMoments = of(({ second }) => ({ mean: second ** -0.25, second: second ** -0.5 }));
const exponentialMoments = of(({ second }) => {
  const variance = Math.min(second, 1);
  return { mean: Math.exp(variance / 2), second: Math.exp(2 * variance) };
});

const UNARIES: Readonly<Record<string, Unary>> = {
  exp: { summary: 'exp(x)', moments: exponentialMoments, autocast: 'float32', keeps: 'outputs', evaluate: Math.exp },
  expm1: { summary: 'exp(x) - 1', autocast: 'float32', keeps: 'outputs', evaluate: Math.expm1 },
  log: { summary: 'log(x)', autocast: 'float32', evaluate: Math.log },
  log1p: { summary: 'log(1 + x)', autocast: 'float32', evaluate: Math.log1p },
  log2: { summary: 'log2(x)', autocast: 'float32', evaluate: Math.log2 },
  sqrt: { summary: '√x', moments: rootMoments, keeps: 'outputs', evaluate: Math.sqrt },
  rsqrt: {
    summary: '1/√x',
    moments: inverseRootMoments,
    autocast: 'float32',
    keeps: 'outputs',
    evaluate: (x) => 1 / Math.sqrt(x),
  },
  square: { summary: 'x²', moments: squaredMoments, evaluate: (x) => x * x },
  abs: { summary: '|x|', evaluate: Math.abs },
  neg: { summary: '-x', keeps: 'none', evaluate: (x) => -x },
  reciprocal: { summary: '1/x', autocast: 'float32', keeps: 'outputs', evaluate: (x) => 1 / x },
  erfinv: { summary: 'the x whose erf this is', keeps: 'outputs', evaluate: inverseErf },
  lgamma: { summary: 'log |Γ(x)|', evaluate: logGamma },
  digamma: { summary: "Γ'(x)/Γ(x)", evaluate: digamma },
  besselI0: { summary: 'modified Bessel function of the first kind, order 0', evaluate: besselI0 },
  erf: { summary: 'erf(x)', moments: squashed, evaluate: erf },
  floor: { summary: 'largest integer ≤ x', keeps: 'none', evaluate: Math.floor },
  ceil: { summary: 'least integer ≥ x', keeps: 'none', evaluate: Math.ceil },
  round: { summary: 'nearest integer, halves to even', keeps: 'none', evaluate: roundHalfToEven },
  trunc: { summary: 'integer part of x', keeps: 'none', evaluate: Math.trunc },
  sign: { summary: '-1, 0 or 1', keeps: 'none', evaluate: sign },
  sin: { summary: 'sin(x)', moments: squashed, evaluate: Math.sin },
  cos: { summary: 'cos(x)', moments: squashed, evaluate: Math.cos },
  tan: { summary: 'tan(x)', autocast: 'float32', keeps: 'outputs', evaluate: Math.tan },
  asin: { summary: 'asin(x)', autocast: 'float32', evaluate: Math.asin },
  acos: { summary: 'acos(x)', autocast: 'float32', evaluate: Math.acos },
  atan: { summary: 'atan(x)', evaluate: Math.atan },
  sinh: { summary: 'sinh(x)', autocast: 'float32', evaluate: Math.sinh },
  cosh: { summary: 'cosh(x)', autocast: 'float32', evaluate: Math.cosh },
  asinh: { summary: 'asinh(x)', evaluate: Math.asinh },
  acosh: { summary: 'acosh(x)', evaluate: Math.acosh },
  atanh: { summary: 'atanh(x)', evaluate: Math.atanh },
  not: { summary: 'logical not', result: 'bool', evaluate: (x) => (x === 0 ? 1 : 0) },
  bitNot: { summary: 'bitwise not', keeps: 'none', evaluate: (x) => -x - 1 },
  isNaN: { summary: 'whether x is not a number', result: 'bool', evaluate: (x) => (Number.isNaN(x) ? 1 : 0) },
  isInf: {
    summary: 'whether x is infinite',
    result: 'bool',
    evaluate: (x) => (Math.abs(x) === Number.POSITIVE_INFINITY ? 1 : 0),
  },
};

function unary(name: string, definition: Unary): OpDefinition<Readonly<Record<string, never>>> {
  return defineOp<Readonly<Record<string, never>>>({
    name,
    kind: 'elementwise',
    summary: definition.summary,
    attributes: { type: 'object', properties: {}, additionalProperties: false },
    inputs: [{ name: 'input' }],
    infer: ([input]) => {
      const x = input as TensorType;
      return [definition.result === undefined ? x : { shape: x.shape, dtype: definition.result }];
    },
    ...perOutputElement(1, '1 operation per element'),
    autocast: definition.autocast,
    moments: definition.moments,
    savedForBackward: definition.keeps ?? (definition.result === undefined ? 'inputs' : 'none'),
    evaluate: (_, x) => definition.evaluate(x as number),
  });
}

export default Object.entries(UNARIES).map(([name, definition]) => unary(name, definition));
