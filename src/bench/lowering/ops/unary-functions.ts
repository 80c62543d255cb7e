import type { Tensor } from '@tensorflow/tfjs-core';
import type { ResolvedAttributes } from '../../../core/ops/define-op.js';
import type { OpName } from '../../../core/ops/op-attributes.js';
import { castTo } from '../kernels.js';
import type { Tfjs } from '../program.js';

/** A function of one tensor, by the name of its op. */
type UnaryFunctions = { readonly [N in OpName]?: (tf: Tfjs, x: Tensor, a: ResolvedAttributes<N>) => Tensor };

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

const ACTIVATIONS: UnaryFunctions = {
  relu: (tf, x) => tf.relu(x),
  relu6: (tf, x) => tf.relu6(x),
  squaredRelu: (tf, x) => tf.square(tf.relu(x)),
  leakyRelu: (tf, x, a) => tf.leakyRelu(x, a.alpha),
  thresholdedRelu: (tf, x, a) => tf.where(tf.greater(x, a.alpha), x, tf.fill(x.shape, a.value)),
  elu: (tf, x, a) => elu(tf, x, a.alpha, a.scale, a.inputScale),
  selu: (tf, x, a) => elu(tf, x, a.alpha, a.scale, 1),
  celu: (tf, x, a) => elu(tf, x, a.alpha, 1, 1 / a.alpha),
  gelu: (tf, x, a) => {
    const cubic = () => tf.mul(Math.sqrt(2 / Math.PI), tf.add(x, tf.mul(0.044715, tf.mul(tf.square(x), x))));
    const bend = a.approximate === 'tanh' ? tf.tanh(cubic()) : tf.erf(tf.mul(x, Math.SQRT1_2));
    return tf.mul(tf.mul(x, 0.5), tf.add(bend, 1));
  },
  quickGelu: (tf, x) => tf.mul(x, tf.sigmoid(tf.mul(x, 1.702))),
  sigmoid: (tf, x) => tf.sigmoid(x),
  hardSigmoid: (tf, x, a) => tf.clipByValue(tf.add(tf.mul(x, a.alpha), a.beta), 0, 1),
  logSigmoid: (tf, x) => tf.neg(tf.softplus(tf.neg(x))),
  tanh: (tf, x) => tf.tanh(x),
  hardTanh: (tf, x, a) => tf.clipByValue(x, a.min, a.max),
  clip: (tf, x, a) => clip(tf, x, a.min, a.max),
  silu: (tf, x, a) => tf.mul(x, tf.sigmoid(a.alpha === 1 ? x : tf.mul(x, a.alpha))),
  hardSwish: (tf, x) => tf.mul(x, tf.mul(tf.relu6(tf.add(x, 3)), 1 / 6)),
  mish: (tf, x) => tf.mul(x, tf.tanh(tf.softplus(x))),
  softplus: (tf, x, a) => {
    const beta = a.beta;
    return beta === 1 ? tf.softplus(x) : tf.div(tf.softplus(tf.mul(x, beta)), beta);
  },
  softsign: (tf, x) => tf.div(x, tf.add(tf.abs(x), 1)),
  softShrink: (tf, x, a) => tf.mul(tf.sign(x), tf.relu(tf.sub(tf.abs(x), a.lambda))),
  hardShrink: (tf, x, a) => {
    const shifted = tf.sub(x, tf.mul(tf.sign(x), a.bias));
    return tf.where(tf.greater(tf.abs(x), a.lambda), shifted, tf.zerosLike(x));
  },
  tanhShrink: (tf, x) => tf.sub(x, tf.tanh(x)),
  squarePlus: (tf, x, a) => tf.mul(tf.add(x, tf.sqrt(tf.add(tf.square(x), a.b))), 0.5),
  sparsePlus: (tf, x) => tf.where(tf.less(x, 1), tf.mul(tf.square(tf.clipByValue(tf.add(x, 1), 0, 2)), 0.25), x),
  sparseSigmoid: (tf, x) => tf.clipByValue(tf.mul(tf.add(x, 1), 0.5), 0, 1),
};

const FUNCTIONS: UnaryFunctions = {
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
export const UNARY_FUNCTIONS: UnaryFunctions = { ...ACTIVATIONS, ...FUNCTIONS };
