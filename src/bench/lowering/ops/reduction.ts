import type { Tensor } from '@tensorflow/tfjs-core';
import { normalizeAxes, normalizeAxis } from '../../../core/ops/axis.js';
import type { Call, Lowering, Lowerings } from '../call.js';
import { castTo, transposed } from '../kernels.js';
import type { Tfjs } from '../program.js';
import { formOf } from './elementwise.js';
import { axisIn } from './movement.js';

type Reduce = (tf: Tfjs, x: Tensor, axes: number[], keepDims: boolean) => Tensor;

const variance: Reduce = (tf, x, axes, keepDims) =>
  tf.mean(tf.square(tf.sub(x, tf.mean(x, axes, true))), axes, keepDims);

const truth = (tf: Tfjs, x: Tensor) => castTo(tf, x, 'bool');
const zeroOne = (tf: Tfjs, x: Tensor) => castTo(tf, truth(tf, x), 'float32');

const REDUCTIONS: Readonly<Record<string, Reduce>> = {
  reduceSum: (tf, x, axes, keep) => tf.sum(x, axes, keep),
  reduceMean: (tf, x, axes, keep) => tf.mean(x, axes, keep),
  reduceMax: (tf, x, axes, keep) => tf.max(x, axes, keep),
  reduceMin: (tf, x, axes, keep) => tf.min(x, axes, keep),
  reduceProd: (tf, x, axes, keep) => tf.prod(x, axes, keep),
  reduceAny: (tf, x, axes, keep) => truth(tf, tf.max(zeroOne(tf, x), axes, keep)),
  reduceAll: (tf, x, axes, keep) => truth(tf, tf.min(zeroOne(tf, x), axes, keep)),
  reduceL1: (tf, x, axes, keep) => tf.sum(tf.abs(x), axes, keep),
  reduceL2: (tf, x, axes, keep) => tf.sqrt(tf.sum(tf.square(x), axes, keep)),
  reduceSumSquare: (tf, x, axes, keep) => tf.sum(tf.square(x), axes, keep),
  reduceLogSum: (tf, x, axes, keep) => tf.log(tf.sum(x, axes, keep)),
  reduceLogSumExp: (tf, x, axes, keep) => tf.logSumExp(x, axes, keep),
  reduceVariance: variance,
  reduceStd: (tf, x, axes, keep) => tf.sqrt(variance(tf, x, axes, keep)),
};

/** An image reduced to its channels, or with its axes kept, needs no transposition. */
function reduction(reduce: Reduce): Lowering<'reduceSum'> {
  return (call) => {
    const { tf } = call;
    const rank = call.type(0).shape.length;
    const given = call.attributes.axes;
    const all = Array.from({ length: rank }, (_, i) => i);
    const axes = given === undefined || given.length === 0 ? all : normalizeAxes(given, rank);
    const keepDims = call.attributes.keepDims;
    const ordered = keepDims || axes.includes(1) || all.slice(2).every((axis) => axes.includes(axis));
    const form = ordered ? formOf(call) : 'logical';
    const lying = axes.map((axis) => axisIn(form, axis, rank));
    const run = ([x]: readonly Tensor[]) => reduce(tf, x as Tensor, lying, keepDims);
    call.emit([call.input(0, form)], run, keepDims ? form : 'logical');
  };
}

function argument(find: (tf: Tfjs, x: Tensor, axis: number) => Tensor): Lowering<'argMax' | 'argMin'> {
  return (call) => {
    const { tf } = call;
    const { axis } = call.attributes;
    const { shape } = call.outputType();
    call.emit([call.input(0, 'logical')], ([x]) => {
      const flat = axis === undefined ? tf.reshape(x as Tensor, [-1]) : (x as Tensor);
      const along = axis === undefined ? 0 : normalizeAxis(axis, flat.rank);
      return tf.reshape(find(tf, flat, along), [...shape]);
    });
  };
}

function cumulative(
  run: (tf: Tfjs, x: Tensor, axis: number, exclusive: boolean, reverse: boolean) => Tensor,
): Lowering<'cumSum' | 'cumProd'> {
  return (call) => {
    const { exclusive, reverse } = call.attributes;
    const axis = normalizeAxis(call.attributes.axis, call.type(0).shape.length);
    call.emit([call.input(0, 'logical')], ([x]) => run(call.tf, x as Tensor, axis, exclusive, reverse));
  };
}

/** tfjs finds the largest along the last axis: other axes are brought there, the least are the largest of -x. */
function largest<N extends 'topK' | 'sort'>(
  count: (size: number, a: Call<N>['attributes']) => number,
  descends: (a: Call<N>['attributes']) => boolean,
): Lowering<N> {
  return (call) => {
    const { tf } = call;
    const rank = call.type(0).shape.length;
    const axis = normalizeAxis(call.attributes.axis, rank);
    const k = count(call.type(0).shape[axis] as number, call.attributes);
    const descending = descends(call.attributes);
    const swap = Array.from({ length: rank }, (_, i) => (i === axis ? rank - 1 : i === rank - 1 ? axis : i));
    call.emit([call.input(0, 'logical')], ([x]) => {
      const moved = transposed(tf, x as Tensor, swap);
      const { values, indices } = tf.topk(descending ? moved : tf.neg(moved), k, true);
      return [transposed(tf, descending ? values : tf.neg(values), swap), transposed(tf, indices, swap)];
    });
  };
}

export const reductions: Lowerings = {
  ...Object.fromEntries(Object.entries(REDUCTIONS).map(([name, reduce]) => [name, reduction(reduce)])),
  argMax: argument((tf, x, axis) => tf.argMax(x, axis)),
  argMin: argument((tf, x, axis) => tf.argMin(x, axis)),
  cumSum: cumulative((tf, x, axis, exclusive, reverse) => tf.cumsum(x, axis, exclusive, reverse)),
  cumProd: cumulative((tf, x, axis, exclusive, reverse) => tf.cumprod(x, axis, exclusive, reverse)),
  topK: largest<'topK'>(
    (_, a) => a.k,
    (a) => a.largest,
  ),
  sort: largest<'sort'>(
    (size) => size,
    (a) => a.descending,
  ),
};
