import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { normalizeAxis } from '../../../core/ops/axis.js';
import { type Call, type Form, type Lowering, type Lowerings, shapeIn } from '../call.js';
import { castTo, transposed } from '../kernels.js';
import type { Register, Tfjs } from '../program.js';
import { formOf } from './elementwise.js';
import { axisIn } from './movement.js';

/** Batch norm that no convolution took in: one multiplication and one addition with factors computed once. */
const batchNorm: Lowering<'batchNorm'> = (call) => {
  const { tf } = call;
  const { shape } = call.type(0);
  const last = call.attributes.layout === 'channelsLast';
  const form: Form = !last && call.isChannelsLast(0) ? 'channelsLast' : 'logical';
  const axis = last || form === 'channelsLast' ? shape.length - 1 : 1;
  const channels = shapeIn(form, shape)[axis] as number;
  const [scale, shift, mean, variance] = [1, 2, 3, 4].map((slot) => (call.has(slot) ? call.contents(slot) : undefined));
  const epsilon = call.attributes.epsilon;
  const factor = new Float32Array(channels);
  const offset = new Float32Array(channels);
  for (let c = 0; c < channels; c++) {
    const s = (scale?.[c] ?? 1) / Math.sqrt((variance?.[c] ?? 1) + epsilon);
    factor[c] = s;
    offset[c] = (shift?.[c] ?? 0) - (mean?.[c] ?? 0) * s;
  }
  const vector = [channels, ...new Array<number>(shape.length - 1 - axis).fill(1)];
  const [factors, offsets] = [factor, offset].map((values) => call.resident(() => tf.tensor(values, vector))) as [
    Register,
    Register,
  ];
  call.emit(
    [call.input(0, form), factors, offsets],
    ([x, f, o]) => tf.add(tf.mul(x as Tensor, f as Tensor), o as Tensor),
    form,
  );
};

/** Mean 0 and variance 1 over the given axes. */
function standardize(tf: Tfjs, x: Tensor, axes: number[], epsilon: number): Tensor {
  const centered = tf.sub(x, tf.mean(x, axes, true));
  const variance = tf.mean(tf.square(centered), axes, true);
  return tf.mul(centered, tf.rsqrt(tf.add(variance, epsilon)));
}

function scaled(tf: Tfjs, x: Tensor, scale: Tensor | undefined, shift: Tensor | undefined): Tensor {
  const y = scale === undefined ? x : tf.mul(x, scale);
  return shift === undefined ? y : tf.add(y, shift);
}

/** Registers of scale and shift that are there, and how to find them among a step's inputs. */
function affine(call: Call, transform: (x: Tensor) => Tensor) {
  const slots = [1, 2].filter((slot) => call.has(slot));
  return {
    registers: slots.map((slot) => call.prepared(slot, transform)),
    of: (rest: readonly Tensor[], slot: number) => (slots.includes(slot) ? rest[slots.indexOf(slot)] : undefined),
  };
}

const layerNorm: Lowering<'layerNorm'> = (call) => {
  const { tf } = call;
  const rank = call.type(0).shape.length;
  const axes = Array.from({ length: call.attributes.axes }, (_, i) => rank - 1 - i);
  const epsilon = call.attributes.epsilon;
  const weights = affine(call, (x) => x);
  call.emit([call.input(0, 'logical'), ...weights.registers], ([x, ...rest]) =>
    scaled(tf, standardize(tf, x as Tensor, axes, epsilon), weights.of(rest, 1), weights.of(rest, 2)),
  );
};

const rmsNorm: Lowering<'rmsNorm'> = (call) => {
  const { tf } = call;
  const rank = call.type(0).shape.length;
  const axes = Array.from({ length: call.attributes.axes }, (_, i) => rank - 1 - i);
  const epsilon = call.attributes.epsilon;
  const weights = affine(call, (x) => x);
  call.emit([call.input(0, 'logical'), ...weights.registers], ([x, ...rest]) => {
    const factor = tf.rsqrt(tf.add(tf.mean(tf.square(x as Tensor), axes, true), epsilon));
    return scaled(tf, tf.mul(x as Tensor, factor), weights.of(rest, 1), undefined);
  });
};

/** Group normalisation of an image that lies channels last: [N, pixels, groups, C/groups] over axes 1 and 3. */
function groupedNorm<N extends 'groupNorm' | 'instanceNorm'>(
  groupsOf: (call: Call<N>, channels: number) => number,
): Lowering<N> {
  return (call) => {
    const { tf } = call;
    const form: Form = call.attributes.layout === 'channelsLast' ? 'logical' : 'channelsLast';
    const shape = shapeIn(form, call.type(0).shape);
    const channels = shape.at(-1) as number;
    const groups = groupsOf(call, channels);
    const epsilon = call.attributes.epsilon;
    const weights = affine(call, (x) => x);
    const apart = [
      shape[0] as number,
      shape.slice(1, -1).reduce((product, size) => product * size, 1),
      groups,
      channels / groups,
    ];
    call.emit(
      [call.input(0, form), ...weights.registers],
      ([x, ...rest]) => {
        const normal = standardize(tf, tf.reshape(x as Tensor, apart), [1, 3], epsilon);
        return scaled(tf, tf.reshape(normal, shape), weights.of(rest, 1), weights.of(rest, 2));
      },
      form,
    );
  };
}

const localResponseNorm: Lowering<'localResponseNorm'> = (call) => {
  const { tf } = call;
  const { size, alpha, beta, k } = call.attributes;
  if (size % 2 === 0) call.refuse('its windows are odd');
  if (call.type(0).shape.length !== 4) call.refuse('it takes images with two spatial axes');
  const form: Form = call.attributes.layout === 'channelsLast' ? 'logical' : 'channelsLast';
  const radius = (size - 1) / 2;
  call.emit(
    [call.input(0, form)],
    ([x]) => tf.localResponseNormalization(x as Tensor4D, radius, k, alpha / size, beta),
    form,
  );
};

/** Runs `compute`, which works on the last axis, along any. */
function alongAxis<N extends 'softmax' | 'logSoftmax' | 'hardmax' | 'normalize'>(
  compute: (tf: Tfjs, x: Tensor, a: Call<N>['attributes']) => Tensor,
): Lowering<N> {
  return (call) => {
    const { tf } = call;
    const rank = call.type(0).shape.length;
    const form = formOf(call);
    const axis = axisIn(form, normalizeAxis(call.attributes.axis, rank), rank);
    call.emit(
      [call.input(0, form)],
      ([x]) => {
        if (axis === rank - 1) return compute(tf, x as Tensor, call.attributes);
        const swap = Array.from({ length: rank }, (_, i) => (i === axis ? rank - 1 : i === rank - 1 ? axis : i));
        return transposed(tf, compute(tf, transposed(tf, x as Tensor, swap), call.attributes), swap);
      },
      form,
    );
  };
}

function normalizeLast(tf: Tfjs, x: Tensor, a: Call<'normalize'>['attributes']): Tensor {
  const { p } = a;
  const powers = p === 2 ? tf.square(x) : p === 1 ? tf.abs(x) : tf.pow(tf.abs(x), p);
  const sum = tf.sum(powers, -1, true);
  const norm = p === 2 ? tf.sqrt(sum) : p === 1 ? sum : tf.pow(sum, 1 / p);
  return tf.div(x, tf.maximum(norm, a.epsilon));
}

function logSoftmaxLast(tf: Tfjs, x: Tensor): Tensor {
  const shifted = tf.sub(x, tf.max(x, -1, true));
  return tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), -1, true)));
}

export const normalization: Lowerings = {
  batchNorm,
  layerNorm,
  rmsNorm,
  groupNorm: groupedNorm<'groupNorm'>((call) => call.attributes.groups),
  instanceNorm: groupedNorm<'instanceNorm'>((_, channels) => channels),
  localResponseNorm,
  softmax: alongAxis((tf, x) => tf.softmax(x)),
  logSoftmax: alongAxis(logSoftmaxLast),
  hardmax: alongAxis((tf, x) =>
    castTo(tf, tf.oneHot(tf.argMax(x, -1), x.shape.at(-1) as number, 1, 0, 'int32'), 'float32'),
  ),
  normalize: alongAxis(normalizeLast),
};
