import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tfjs } from './program.js';

/** tfjs ops whose kernels have gaps on one backend or another. */

/**
 * Converts. tfjs-wasm's own cast to booleans cuts fractions down to false; tfjs-webgpu's from integers to floats leaves
 * the integers as they are until something is computed with them.
 */
export function castTo(tf: Tfjs, x: Tensor, type: 'float32' | 'int32' | 'bool'): Tensor {
  if (type === 'bool' && x.dtype !== 'bool') return tf.notEqual(x, tf.zerosLike(x));
  const converted = tf.cast(x, type);
  return type === 'float32' && x.dtype !== type && tf.getBackend() === 'webgpu' ? tf.mul(converted, 1) : converted;
}

/** Axes in another order; tfjs-webgpu's shader transposes floats only. */
export function transposed(tf: Tfjs, x: Tensor, order: readonly number[]): Tensor {
  if (x.dtype === 'float32' || tf.getBackend() !== 'webgpu') return tf.transpose(x, [...order]);
  return castTo(tf, tf.transpose(castTo(tf, x, 'float32'), [...order]), x.dtype as 'int32' | 'bool');
}

/** Padding of any axis; tfjs-webgpu pads four axes at most, so more are padded one at a time. */
export function padded(tf: Tfjs, x: Tensor, pads: readonly (readonly [number, number])[], value = 0): Tensor {
  if (pads.every(([begin, end]) => begin === 0 && end === 0)) return x;
  if (x.rank <= 4)
    return tf.pad(
      x,
      pads.map(([begin, end]): [number, number] => [begin, end]),
      value,
    );
  return pads.reduce((y, [begin, end], axis) => {
    if (begin === 0 && end === 0) return y;
    const size = y.shape[axis] as number;
    const inner = y.shape.slice(axis + 1).reduce((product, s) => product * s, 1);
    const rows = tf.pad(
      tf.reshape(y, [-1, size, inner]),
      [
        [0, 0],
        [begin, end],
        [0, 0],
      ],
      value,
    );
    return tf.reshape(rows, y.shape.with(axis, size + begin + end));
  }, x);
}
