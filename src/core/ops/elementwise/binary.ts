import type { TensorType } from '../../ir/tensor.js';
import { type AttributesSchema, defineOp, type OpDefinition } from '../define-op.js';
import type { Autocast } from '../execution.js';
import { perOutputElement } from '../flops.js';
import type { Moments, Range } from '../moments.js';
import { broadcast } from './broadcast.js';
import { promote } from './promote.js';

/** Elementwise ops of two tensors with numpy broadcasting: 1 flop per output element. */
interface Binary {
  readonly summary: string;
  /** Comparisons and logic give booleans. */
  readonly truth?: boolean;
  readonly properties?: AttributesSchema['properties'];
  readonly autocast?: Autocast;
  readonly affine?: 'scale' | 'shift';
  /** Default: those of its left input. */
  readonly moments?: (inputs: readonly Moments[]) => Moments;
  /** Divisors and exponents stay away from zero. */
  readonly right?: Range;
  /** Neither operand is needed in the backward pass; nor is it by comparisons and logic. */
  readonly keepsNothing?: boolean;
  evaluate(x: number, y: number, a: Attributes): number;
}

interface Attributes {
  readonly rounding?: 'floor' | 'trunc';
  readonly truncated?: boolean;
}

const truth = (value: boolean) => (value ? 1 : 0);

/** 64-bit two's complement, beyond the 32 bits of the language's own operators. */
const bits = (x: number, y: number, apply: (x: bigint, y: bigint) => bigint) =>
  Number(BigInt.asIntN(64, apply(BigInt(Math.trunc(x)), BigInt(Math.trunc(y)))));

function greatestCommonDivisor(x: number, y: number): number {
  return y === 0 ? Math.abs(x) : greatestCommonDivisor(y, x % y);
}

function divide(x: number, y: number, { rounding }: Attributes): number {
  if (rounding === 'floor') return Math.floor(x / y);
  return rounding === 'trunc' ? Math.trunc(x / y) : x / y;
}

/** With the sign of the divisor, zeros and infinities too (numpy.mod). */
function modulo(x: number, y: number): number {
  const rest = x % y;
  if (rest === 0) return y < 0 || Object.is(y, -0) ? -0 : 0;
  return rest < 0 === y < 0 ? rest : rest + y;
}

/** Shifts by less than nothing or by all the bits leave the sign alone (ONNX BitShift). */
const shifted = (by: number) => by >= 0 && by < 64;

const AWAY_FROM_ZERO: Range = { center: 1, spread: 0.5 };

type Rule = (inputs: readonly Moments[]) => Moments;
const of =
  (rule: (x: Moments, y: Moments) => Moments): Rule =>
  ([x, y]) =>
    rule(x as Moments, y as Moments);
const sumMoments = of((x, y) => ({ mean: x.mean + y.mean, second: x.second + y.second + 2 * x.mean * y.mean }));
const differenceMoments = of((x, y) => ({ mean: x.mean - y.mean, second: x.second + y.second - 2 * x.mean * y.mean }));
const productMoments = of((x, y) => ({ mean: x.mean * y.mean, second: x.second * y.second }));
const quotientMoments = of((x, y) => ({ mean: x.mean / Math.sqrt(y.second), second: x.second / y.second }));

const BINARIES: Readonly<Record<string, Binary>> = {
  add: { summary: 'x + y', moments: sumMoments, affine: 'shift', keepsNothing: true, evaluate: (x, y) => x + y },
  sub: { summary: 'x - y', moments: differenceMoments, keepsNothing: true, evaluate: (x, y) => x - y },
  mul: { summary: 'x · y', moments: productMoments, affine: 'scale', evaluate: (x, y) => x * y },
  div: {
    summary: 'x / y',
    moments: quotientMoments,
    right: AWAY_FROM_ZERO,
    properties: {
      rounding: { enum: ['floor', 'trunc'], description: 'Of the quotient; ONNX truncates quotients of integers.' },
    },
    evaluate: divide,
  },
  floorDiv: { summary: 'floor(x / y)', keepsNothing: true, evaluate: (x, y) => Math.floor(x / y) },
  mod: {
    summary: 'x modulo y, with the sign of y',
    right: AWAY_FROM_ZERO,
    properties: { truncated: { type: 'boolean', default: false, description: 'With the sign of x instead, as fmod.' } },
    evaluate: (x, y, { truncated }) => (truncated ? x % y : modulo(x, y)),
  },
  pow: { summary: 'x to the power y', right: AWAY_FROM_ZERO, autocast: 'float32', evaluate: (x, y) => x ** y },
  min: { summary: 'the lesser', evaluate: (x, y) => Math.min(x, y) },
  max: { summary: 'the greater', evaluate: (x, y) => Math.max(x, y) },
  gcd: { summary: 'greatest common divisor', keepsNothing: true, evaluate: greatestCommonDivisor },
  lcm: {
    summary: 'least common multiple',
    keepsNothing: true,
    evaluate: (x, y) => (x === 0 || y === 0 ? 0 : Math.abs(x * y) / greatestCommonDivisor(x, y)),
  },
  atan2: { summary: 'angle of (y, x)', evaluate: Math.atan2 },
  equal: { summary: 'x = y', truth: true, evaluate: (x, y) => truth(x === y) },
  notEqual: { summary: 'x ≠ y', truth: true, evaluate: (x, y) => truth(x !== y) },
  less: { summary: 'x < y', truth: true, evaluate: (x, y) => truth(x < y) },
  lessEqual: { summary: 'x ≤ y', truth: true, evaluate: (x, y) => truth(x <= y) },
  greater: { summary: 'x > y', truth: true, evaluate: (x, y) => truth(x > y) },
  greaterEqual: { summary: 'x ≥ y', truth: true, evaluate: (x, y) => truth(x >= y) },
  and: { summary: 'logical and', truth: true, evaluate: (x, y) => truth(x !== 0 && y !== 0) },
  or: { summary: 'logical or', truth: true, evaluate: (x, y) => truth(x !== 0 || y !== 0) },
  xor: { summary: 'logical exclusive or', truth: true, evaluate: (x, y) => truth((x !== 0) !== (y !== 0)) },
  bitAnd: { summary: 'bitwise and', keepsNothing: true, evaluate: (x, y) => bits(x, y, (p, q) => p & q) },
  bitOr: { summary: 'bitwise or', keepsNothing: true, evaluate: (x, y) => bits(x, y, (p, q) => p | q) },
  bitXor: { summary: 'bitwise exclusive or', keepsNothing: true, evaluate: (x, y) => bits(x, y, (p, q) => p ^ q) },
  bitShiftLeft: {
    summary: 'x · 2^y',
    keepsNothing: true,
    evaluate: (x, y) => (shifted(y) ? bits(x, y, (p, q) => p << q) : 0),
  },
  bitShiftRight: {
    summary: 'floor(x / 2^y)',
    keepsNothing: true,
    evaluate: (x, y) => (shifted(y) ? bits(x, y, (p, q) => p >> q) : x < 0 ? -1 : 0),
  },
};

function binary(name: string, definition: Binary): OpDefinition<Attributes> {
  return defineOp<Attributes>({
    name,
    kind: 'elementwise',
    summary: definition.summary,
    attributes: { type: 'object', properties: definition.properties ?? {}, additionalProperties: false },
    inputs: [
      { name: 'left' },
      { name: 'right', ...(definition.right === undefined ? {} : { drawn: definition.right }) },
    ],
    infer([left, right]) {
      const x = left as TensorType;
      const y = right as TensorType;
      return [{ shape: broadcast(x.shape, y.shape), dtype: definition.truth ? 'bool' : promote(x, y) }];
    },
    ...perOutputElement(1, '1 operation per output element'),
    autocast: definition.autocast,
    affine: definition.affine,
    moments: definition.moments,
    savedForBackward: definition.keepsNothing || definition.truth ? 'none' : 'inputs',
    evaluate: (a, x, y) => definition.evaluate(x as number, y as number, a),
  });
}

export default Object.entries(BINARIES).map(([name, definition]) => binary(name, definition));
