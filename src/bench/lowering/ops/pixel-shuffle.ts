import type { Tensor } from '@tensorflow/tfjs-core';
import { imageForm, type Lowering, type Lowerings, shapeIn } from '../call.js';
import { transposed } from '../kernels.js';

/** [n, h, w, c] channels last; c is (depth, r, r) or (r, r, depth). */
const pixelShuffle: Lowering<'pixelShuffle'> = (call) => {
  const { tf } = call;
  const { factor: r, order } = call.attributes;
  const form = imageForm(call);
  const [n = 1, h = 1, w = 1, c = 1] = shapeIn(form, call.type(0).shape);
  const depth = c / (r * r);
  const run = (x: Tensor) => {
    if (order === 'depthColumnRow') return tf.depthToSpace(x as never, r, 'NHWC');
    const blocks = transposed(tf, tf.reshape(x, [n, h, w, depth, r, r]), [0, 1, 4, 2, 5, 3]);
    return tf.reshape(blocks, [n, h * r, w * r, depth]);
  };
  call.emit([call.input(0, form)], ([x]) => run(x as Tensor), form);
};

const pixelUnshuffle: Lowering<'pixelUnshuffle'> = (call) => {
  const { tf } = call;
  const { factor: r, order } = call.attributes;
  const form = imageForm(call);
  const [n = 1, h = 1, w = 1, c = 1] = shapeIn(form, call.type(0).shape);
  const permutation = order === 'depthColumnRow' ? [0, 1, 3, 2, 4, 5] : [0, 1, 3, 5, 2, 4];
  call.emit(
    [call.input(0, form)],
    ([x]) => {
      const blocks = transposed(tf, tf.reshape(x as Tensor, [n, h / r, r, w / r, r, c]), permutation);
      return tf.reshape(blocks, [n, h / r, w / r, c * r * r]);
    },
    form,
  );
};

export const shuffles: Lowerings = { pixelShuffle, pixelUnshuffle };
