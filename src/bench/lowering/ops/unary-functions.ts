import type { Tensor } from '@tensorflow/tfjs-core';
import { castTo } from '../kernels.js';
import type { Tfjs } from '../program.js';

type Attributes = Readonly<Record<string, unknown>>;
type UnaryFunction = (tf: Tfjs, x: Tensor, a: Attributes) => Tensor;

const number = (value: unknown, fallback: number) => (typeof value === 'number' ? value : fallback);

/** x > 0 ? x : alpha·(exp(inputScale·x) - 1), times scale. */
function elu(tf: Tfjs, x: Tensor, alpha: number, scale: number, inputScale: number): Tensor {
  if (alpha === 1 && scale === 1 && inputScale === 1) return tf.elu(x);
  const bent = tf.mul(tf.sub(tf.exp(tf.mul(tf.minimum(x, 0), inputScale)), 1), alpha);
  return tf.mul(tf.add(tf.relu(x), bent), scale);
}

function clip(tf: Tfjs, x: Tensor, min: number | undefined, max: number | undefined): Tensor {
  if (min !== undefined && max !== undefined) return tf.clipByValue(x, min, max);
  const low = min === undefined ? x : tf.maximum(x, tf.scalar(min, x.dtype as 'float32'));
  return max === undefined ? low.clone() : tf.minimum(low, tf.scalar(max, x.dtype as 'float32'));
}

const ACTIVATIONS: Readonly<Record<string, UnaryFunction>> = {
  relu: (tf, x) => tf.relu(x),
  relu6: (tf, x) => tf.relu6(x),
  squaredRelu: (tf, x) => tf.square(tf.relu(x)),
  leakyRelu: (tf, x, a) => tf.leakyRelu(x, number(a.alpha, 0.01)),
  thresholdedRelu: (tf, x, a) => tf.where(tf.greater(x, number(a.alpha, 1)), x, tf.fill(x.shape, number(a.value, 0))),
  elu: (tf, x, a) => elu(tf, x, number(a.alpha, 1), number(a.scale, 1), number(a.inputScale, 1)),
  selu: (tf, x, a) => elu(tf, x, number(a.alpha, 1.6732632423543772), number(a.scale, 1.0507009873554805), 1),
  celu: (tf, x, a) => elu(tf, x, number(a.alpha, 1), 1, 1 / number(a.alpha, 1)),
  gelu: (tf, x, a) => {
    const cubic = () => tf.mul(Math.sqrt(2 / Math.PI), tf.add(x, tf.mul(0.044715, tf.mul(tf.square(x), x))));
    const bend = a.approximate === 'tanh' ? tf.tanh(cubic()) : tf.erf(tf.mul(x, Math.SQRT1_2));
    return tf.mul(tf.mul(x, 0.5), tf.add(bend, 1));
  },
  quickGelu: (tf, x) => tf.mul(x, tf.sigmoid(tf.mul(x, 1.702))),
  sigmoid: (tf, x) => tf.sigmoid(x),
  hardSigmoid: (tf, x, a) => tf.clipByValue(tf.add(tf.mul(x, number(a.alpha, 1 / 6)), number(a.beta, 0.5)), 0, 1),
  logSigmoid: (tf, x) => tf.neg(tf.softplus(tf.neg(x))),
  tanh: (tf, x) => tf.tanh(x),
  hardTanh: (tf, x, a) => tf.clipByValue(x, number(a.min, -1), number(a.max, 1)),
  clip: (tf, x, a) => clip(tf, x, a.min as number | undefined, a.max as number | undefined),
  silu: (tf, x, a) => tf.mul(x, tf.sigmoid(number(a.alpha, 1) === 1 ? x : tf.mul(x, number(a.alpha, 1)))),
  hardSwish: (tf, x) => tf.mul(x, tf.mul(tf.relu6(tf.add(x, 3)), 1 / 6)),
  mish: (tf, x) => tf.mul(x, tf.tanh(tf.softplus(x))),
  softplus: (tf, x, a) => {
    const beta = number(a.beta, 1);
    return beta === 1 ? tf.softplus(x) : tf.div(tf.softplus(tf.mul(x, beta)), beta);
  },
  softsign: (tf, x) => tf.div(x, tf.add(tf.abs(x), 1)),
  softShrink: (tf, x, a) => tf.mul(tf.sign(x), tf.relu(tf.sub(tf.abs(x), number(a.lambda, 0.5)))),
  hardShrink: (tf, x, a) => {
    const shifted = tf.sub(x, tf.mul(tf.sign(x), number(a.bias, 0)));
    return tf.where(tf.greater(tf.abs(x), number(a.lambda, 0.5)), shifted, tf.zerosLike(x));
  },
  tanhShrink: (tf, x) => tf.sub(x, tf.tanh(x)),
  squarePlus: (tf, x, a) => tf.mul(tf.add(x, tf.sqrt(tf.add(tf.square(x), number(a.b, 4)))), 0.5),
  sparsePlus: (tf, x) => tf.where(tf.less(x, 1), tf.mul(tf.square(tf.clipByValue(tf.add(x, 1), 0, 2)), 0.25), x),
  sparseSigmoid: (tf, x) => tf.clipByValue(tf.mul(tf.add(x, 1), 0.5), 0, 1),
};

const FUNCTIONS: Readonly<Record<string, UnaryFunction>> = {
  exp: (tf, x) => tf.exp(x),
  expm1: (tf, x) => tf.expm1(x),
  log: (tf, x) => tf.log(x),
  log1p: (tf, x) => tf.log1p(x),
  log2: (tf, x) => tf.mul(tf.log(x), Math.LOG2E),
  sqrt: (tf, x) => tf.sqrt(x),
  rsqrt: (tf, x) => tf.rsqrt(x),
  square: (tf, x) => tf.square(x),
  abs: (tf, x) => tf.abs(x),
  neg: (tf, x) => tf.neg(x),
  reciprocal: (tf, x) => tf.reciprocal(x),
  erf: (tf, x) => tf.erf(x),
  floor: (tf, x) => tf.floor(x),
  ceil: (tf, x) => tf.ceil(x),
  round: (tf, x) => tf.round(x),
  trunc: (tf, x) => tf.mul(tf.sign(x), tf.floor(tf.abs(x))),
  sign: (tf, x) => tf.sign(x),
  sin: (tf, x) => tf.sin(x),
  cos: (tf, x) => tf.cos(x),
  tan: (tf, x) => tf.tan(x),
  asin: (tf, x) => tf.asin(x),
  acos: (tf, x) => tf.acos(x),
  atan: (tf, x) => tf.atan(x),
  sinh: (tf, x) => tf.sinh(x),
  cosh: (tf, x) => tf.cosh(x),
  asinh: (tf, x) => tf.asinh(x),
  acosh: (tf, x) => tf.acosh(x),
  atanh: (tf, x) => tf.atanh(x),
  not: (tf, x) => tf.logicalNot(castTo(tf, x, 'bool')),
  isNaN: (tf, x) => tf.isNaN(x),
  isInf: (tf, x) => tf.isInf(x),
};

/** Functions of one element, by op name. */
export const UNARY_FUNCTIONS: Readonly<Record<string, UnaryFunction>> = { ...ACTIVATIONS, ...FUNCTIONS };
