import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tfjs } from './program.js';

/** Reads one element of each tensor: a value cannot be read before the work that makes it is done. */
export async function readBack(tf: Tfjs, tensors: readonly Tensor[]): Promise<void> {
  for (const tensor of tensors) {
    if (tensor.size === 0) continue;
    const element = tf.tidy(() => tf.slice(tf.reshape(tensor, [tensor.size]), 0, 1));
    await element.data();
    element.dispose();
  }
}
