import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { elementCount, type Shape } from '../../../core/ir/tensor.js';
import type { Call, Lowering, Lowerings } from '../call.js';
import type { Tfjs } from '../program.js';
import { activationOf } from './convolution.js';
import { einsum } from './einsum.js';

/** The weight [out, in] is transposed once, to the order in which tfjs's product reads it. */
const linear: Lowering<'linear'> = (call) => {
  const { tf } = call;
  const shape = call.type(0).shape;
  const [out = 1, features = 1] = call.type(1).shape;
  const rows = elementCount(shape) / features;
  const weight = call.prepared(1, (w) => tf.transpose(w));
  const bias = call.has(2) ? [call.prepared(2, (b) => b)] : [];
  const activation = activationOf(call);
  call.emit([call.input(0, 'logical'), weight, ...bias], ([x, w, b]) => {
    const y = tf.fused.matMul({
      a: tf.reshape(x as Tensor, [rows, features]) as Tensor2D,
      b: w as Tensor2D,
      ...(b && { bias: b }),
      ...(activation && { activation }),
    });
    return tf.reshape(y, [...shape.slice(0, -1), out]);
  });
};

/** […, m, k] as [batch, m, k], stretched to the leading axes of the result where they differ. */
function asBatch(tf: Tfjs, x: Tensor, lead: Shape): Tensor {
  const own = x.shape.slice(0, -2);
  const [m = 1, k = 1] = x.shape.slice(-2);
  const same = own.length === lead.length && own.every((size, i) => size === lead[i]);
  const wide = same || elementCount(own) === 1 ? x : tf.broadcastTo(x, [...lead, m, k]);
  return tf.reshape(wide, [same ? elementCount(lead) : elementCount(wide.shape.slice(0, -2)), m, k]);
}

const matmul: Lowering<'matmul'> = (call) => {
  const { tf } = call;
  const { transposeLeft, transposeRight } = call.attributes;
  const left = call.type(0).shape;
  const right = call.type(1).shape;
  const { shape } = call.outputType();
  const lead = shape.slice(0, shape.length - (left.length > 1 ? 1 : 0) - (right.length > 1 ? 1 : 0));
  const swapLeft = transposeLeft === true && left.length > 1;
  const swapRight = transposeRight === true && right.length > 1;
  call.emit([call.input(0, 'logical'), call.input(1, 'logical')], ([x, y]) => {
    const a = left.length === 1 ? tf.reshape(x as Tensor, [1, -1]) : (x as Tensor);
    const b = right.length === 1 ? tf.reshape(y as Tensor, [-1, 1]) : (y as Tensor);
    return tf.reshape(tf.matMul(asBatch(tf, a, lead), asBatch(tf, b, lead), swapLeft, swapRight), [...shape]);
  });
};

/** Key and value heads repeated to match the query's. */
function repeatHeads(tf: Tfjs, x: Tensor, lead: Shape): Tensor {
  const head = lead.length - 1;
  const given = x.shape[head] as number;
  const count = lead[head] as number;
  if (lead.length < 2 || given === count || given === 1) return x;
  const grouped = tf.reshape(x, [-1, 1, elementCount(x.shape.slice(-2))]);
  const repeated = tf.tile(grouped, [1, count / given, 1]);
  return tf.reshape(repeated, [...x.shape.slice(0, head), count, ...x.shape.slice(-2)]);
}

const LOWEST = -3e38;

/** softmax(scale·Q·Kᵀ + mask)·V: tfjs has no op for it. */
const attention: Lowering<'attention'> = (call) => {
  const { tf } = call;
  const { causal, scale, softCap, cacheLength } = call.attributes;
  if (cacheLength) call.refuse('cached keys come from outside the graph');
  const query = call.type(0).shape;
  const lead = query.slice(0, -2);
  const [rows = 1, features = 1] = query.slice(-2);
  const keys = call.type(1).shape.at(-2) as number;
  const factor = scale ?? 1 / Math.sqrt(features);
  const unseen = causal ? [call.resident(() => causalMask(tf, rows, keys))] : [];
  const masks = call.has(3) ? [call.prepared(3, (m) => addedMask(tf, call, m))] : [];
  const { shape } = call.outputType();
  call.emit([...[0, 1, 2].map((slot) => call.input(slot, 'logical')), ...unseen, ...masks], ([q, k, v, ...added]) => {
    const batch = (x: Tensor | undefined) => asBatch(tf, repeatHeads(tf, x as Tensor, lead), lead);
    let scores = tf.mul(tf.matMul(batch(q), batch(k), false, true), factor);
    if (softCap) scores = tf.mul(tf.tanh(tf.div(scores, softCap)), softCap);
    if (added.length > 0) {
      const apart = tf.reshape(scores, [...lead, rows, keys]);
      scores = tf.reshape(
        added.reduce((sum, mask) => tf.add(sum, mask), apart as Tensor),
        [-1, rows, keys],
      );
    }
    return tf.reshape(tf.matMul(tf.softmax(scores), batch(v)), [...shape]);
  });
};

function causalMask(tf: Tfjs, rows: number, keys: number): Tensor {
  const values = Array.from({ length: rows * keys }, (_, i) => (i % keys <= Math.floor(i / keys) ? 0 : LOWEST));
  return tf.tensor2d(values, [rows, keys]);
}

/** A boolean mask marks what is seen; any other is added as it is. */
function addedMask(tf: Tfjs, call: Call, mask: Tensor): Tensor {
  if (call.type(3).dtype !== 'bool') return mask;
  return tf.mul(tf.sub(1, tf.cast(mask, 'float32')), LOWEST);
}

export const matrix: Lowerings = { linear, matmul, attention, einsum };
