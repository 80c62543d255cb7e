import type { Tensor } from '@tensorflow/tfjs-core';
import { type Form, type Lowering, shapeIn } from '../call.js';

/** Batch norm that no convolution took in: one multiplication and one addition with factors computed once. */
const batchNorm: Lowering = (call) => {
  const { tf } = call;
  const { shape } = call.type(0);
  const last = call.attributes.layout === 'channelsLast';
  const form: Form = !last && call.isChannelsLast(0) ? 'channelsLast' : 'logical';
  const axis = last || form === 'channelsLast' ? shape.length - 1 : 1;
  const channels = shapeIn(form, shape)[axis] as number;
  const broadcast = shape.map((_, i) => (i === axis ? channels : 1));
  const [scale, shift, mean, variance] = [1, 2, 3, 4].map((slot) => (call.has(slot) ? call.contents(slot) : undefined));
  const epsilon = Number(call.attributes.epsilon ?? 1e-5);
  const factor = new Float32Array(channels);
  const offset = new Float32Array(channels);
  for (let c = 0; c < channels; c++) {
    const s = (scale?.[c] ?? 1) / Math.sqrt((variance?.[c] ?? 1) + epsilon);
    factor[c] = s;
    offset[c] = (shift?.[c] ?? 0) - (mean?.[c] ?? 0) * s;
  }
  const factors = call.resident(() => tf.tensor(factor, axis === shape.length - 1 ? [channels] : broadcast));
  const offsets = call.resident(() => tf.tensor(offset, axis === shape.length - 1 ? [channels] : broadcast));
  call.emit(
    [call.input(0, form), factors, offsets],
    ([x, f, o]) => tf.add(tf.mul(x as Tensor, f as Tensor), o as Tensor),
    form,
  );
};

export const normalization: Readonly<Record<string, Lowering>> = { batchNorm };
