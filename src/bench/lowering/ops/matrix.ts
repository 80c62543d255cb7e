import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { elementCount } from '../../../core/ir/tensor.js';
import type { Lowering } from '../call.js';
import { activationOf } from './convolution.js';

/** The weight [out, in] is transposed once, to the order in which tfjs's product reads it. */
const linear: Lowering = (call) => {
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

export const matrix: Readonly<Record<string, Lowering>> = { linear };
