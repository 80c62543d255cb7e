import type { Tensor } from '@tensorflow/tfjs-core';
import { normalizeAxes, normalizeAxis } from '../../../core/ops/axis.js';
import { perAxis, resolvePadding } from '../../../core/ops/convolution/window.js';
import { type Call, channelsLastOrder, type Form, type Lowering, type Lowerings, reorder } from '../call.js';
import { padded, transposed } from '../kernels.js';
import type { Tfjs } from '../program.js';
import { shuffles } from './pixel-shuffle.js';

/** Position of a graph axis in a tensor that lies in `form`. */
export function axisIn(form: Form, axis: number, rank: number): number {
  return form === 'logical' ? axis : channelsLastOrder(rank).indexOf(axis);
}

const formOf = (call: Call): Form => (call.isChannelsLast(0) ? 'channelsLast' : 'logical');
const rankOf = (call: Call) => call.type(0).shape.length;
const indices = (count: number) => Array.from({ length: count }, (_, i) => i);

const concat: Lowering<'concat'> = (call) => {
  const slots = call.node.inputs.map((_, slot) => slot);
  const rank = rankOf(call);
  const form: Form = slots.some((slot) => call.isChannelsLast(slot)) ? 'channelsLast' : 'logical';
  const axis = axisIn(form, normalizeAxis(call.attributes.axis, rank), rank);
  call.emit(
    slots.map((slot) => call.input(slot, form)),
    (inputs) => (inputs.length === 1 ? (inputs[0] as Tensor).clone() : call.tf.concat([...inputs], axis)),
    form,
  );
};

const stack: Lowering<'stack'> = (call) => {
  const axis = normalizeAxis(call.attributes.axis, rankOf(call) + 1);
  const registers = call.node.inputs.map((_, slot) => call.input(slot, 'logical'));
  call.emit(registers, (inputs) => call.tf.stack([...inputs], axis));
};

/** A new shape for the same elements. An image of one pixel has the same order in either form. */
const reshape: Lowering = (call) => {
  const { shape } = call.outputType();
  const onePixel =
    call.isChannelsLast(0) &&
    call
      .type(0)
      .shape.slice(2)
      .every((size) => size === 1);
  call.emit([call.input(0, onePixel ? 'channelsLast' : 'logical')], ([x]) => call.tf.reshape(x as Tensor, [...shape]));
};

/** Turning NCHW into NHWC, or back, costs nothing where the tensor lies that way already. */
const transpose: Lowering<'transpose'> = (call) => {
  const { tf } = call;
  const rank = rankOf(call);
  const given = call.attributes.permutation;
  const permutation = given === undefined ? indices(rank).reverse() : normalizeAxes(given, rank);
  const toLast = channelsLastOrder(rank);
  if (rank > 2 && call.isChannelsLast(0) && equal(permutation, toLast)) {
    call.alias(call.input(0, 'channelsLast'), 'logical');
  } else if (
    rank > 2 &&
    equal(
      permutation,
      toLast.map((_, axis) => toLast.indexOf(axis)),
    )
  ) {
    call.alias(call.input(0, 'logical'), 'channelsLast');
  } else call.emit([call.input(0, 'logical')], ([x]) => reorder(tf, x as Tensor, permutation));
};

const equal = (left: readonly number[], right: readonly number[]) => left.every((x, i) => x === right[i]);

const expand: Lowering<'expand'> = (call) => {
  const { shape } = call.outputType();
  call.emit([call.input(0, 'logical')], ([x]) => call.tf.broadcastTo(x as Tensor, [...shape]));
};

const split: Lowering<'split'> = (call) => {
  const form = formOf(call);
  const axis = axisIn(form, normalizeAxis(call.attributes.axis, rankOf(call)), rankOf(call));
  const sizes = call.attributes.sizes;
  call.emit([call.input(0, form)], ([x]) => call.tf.split(x as Tensor, [...sizes], axis), form);
};

/** Where a slice begins and how far it steps along each axis, in the form that the input has. */
const slice: Lowering<'slice'> = (call) => {
  const { tf } = call;
  const a = call.attributes;
  const { shape } = call.type(0);
  const output = call.outputType().shape;
  const form = formOf(call);
  const starts = shape.map(() => 0);
  const steps = shape.map(() => 1);
  normalizeAxes(a.axes ?? indices(a.starts?.length ?? 0), shape.length).forEach((axis, i) => {
    const size = shape[axis] as number;
    const step = a.steps?.[i] ?? 1;
    const start = a.starts?.[i] as number;
    starts[axis] = Math.min(Math.max(start < 0 ? start + size : start, 0), step > 0 ? size : size - 1);
    steps[axis] = step;
  });
  const order = form === 'logical' ? indices(shape.length) : channelsLastOrder(shape.length);
  const [begin, size, step, whole] = [starts, output, steps, shape].map((list) =>
    order.map((axis) => list[axis] as number),
  ) as [number[], number[], number[], number[]];
  call.emit([call.input(0, form)], ([x]) => stepped(tf, x as Tensor, begin, size, step, whole), form);
};

function stepped(tf: Tfjs, x: Tensor, begin: number[], size: number[], step: number[], whole: number[]): Tensor {
  if (step.every((s) => s === 1)) return tf.slice(x, begin, size);
  const backwards = indices(step.length).filter((axis) => (step[axis] as number) < 0);
  const source = backwards.length === 0 ? x : tf.reverse(x, backwards);
  const start = begin.map((b, axis) => (backwards.includes(axis) ? (whole[axis] as number) - 1 - b : b));
  const strides = step.map(Math.abs);
  const end = start.map((s, axis) =>
    Math.min(s + ((size[axis] as number) - 1) * (strides[axis] as number) + 1, whole[axis] as number),
  );
  return tf.stridedSlice(source, start, end, strides);
}

const modulo = (i: number, n: number) => ((i % n) + n) % n;

/** Input index of each output index along an axis, for padding that repeats the input. */
function paddedIndices(mode: string, size: number, begin: number, end: number): number[] {
  return indices(size + begin + end).map((i) => {
    const at = i - begin;
    if (mode === 'edge') return Math.min(Math.max(at, 0), size - 1);
    if (mode === 'wrap') return modulo(at, size);
    return at < 0 ? -at : at >= size ? 2 * (size - 1) - at : at;
  });
}

const pad: Lowering<'pad'> = (call) => {
  const { tf } = call;
  const { pads, mode, value } = call.attributes;
  const { shape } = call.type(0);
  const form = formOf(call);
  const order = form === 'logical' ? indices(shape.length) : channelsLastOrder(shape.length);
  const lying = order.map((axis) => pads[axis] as [number, number]);
  const sizes = order.map((axis) => shape[axis] as number);
  call.emit(
    [call.input(0, form)],
    ([input]) => {
      const x = input as Tensor;
      if (mode !== undefined && mode !== 'constant') {
        return lying.reduce((y, [begin, end], axis) => {
          if (begin === 0 && end === 0) return y;
          return tf.gather(y, tf.tensor1d(paddedIndices(mode, sizes[axis] as number, begin, end), 'int32'), axis);
        }, x);
      }
      const cut = lying.map(([begin]) => Math.max(-begin, 0));
      const left = lying.map(([begin, end], axis) => (sizes[axis] as number) + Math.min(begin, 0) + Math.min(end, 0));
      const kept = left.every((size, axis) => size === sizes[axis]) ? x : tf.slice(x, cut, left);
      return padded(
        tf,
        kept,
        lying.map(([begin, end]) => [Math.max(begin, 0), Math.max(end, 0)]),
        value ?? 0,
      );
    },
    form,
  );
};

const tile: Lowering<'tile'> = (call) => {
  const { tf } = call;
  const { repeats } = call.attributes;
  const { shape } = call.type(0);
  const wide = [...new Array<number>(repeats.length - shape.length).fill(1), ...shape];
  call.emit([call.input(0, 'logical')], ([x]) => tf.tile(tf.reshape(x as Tensor, wide), [...repeats]));
};

/** Entries of one axis picked by fixed indices. */
function picked(call: Call, axis: number, list: readonly number[], after: (y: Tensor) => Tensor = (y) => y): void {
  const { tf } = call;
  const index = call.resident(() => tf.tensor1d([...list], 'int32'));
  call.emit([call.input(0, 'logical'), index], ([x, i]) => after(tf.gather(x as Tensor, i as Tensor, axis)));
}

const repeatInterleave: Lowering<'repeatInterleave'> = (call) => {
  const axis = normalizeAxis(call.attributes.axis, rankOf(call));
  const repeats = call.attributes.repeats;
  const size = call.outputType().shape[axis] as number;
  picked(
    call,
    axis,
    indices(size).map((i) => Math.floor(i / repeats)),
  );
};

/** The end of each axis cut off and put in front. */
const roll: Lowering<'roll'> = (call) => {
  const { tf } = call;
  const { shifts = [], axes } = call.attributes;
  const { shape } = call.type(0);
  const flat = axes === undefined || axes.length === 0;
  const along = flat ? [0] : normalizeAxes(axes, shape.length);
  call.emit([call.input(0, 'logical')], ([input]) => {
    const x = flat ? tf.reshape(input as Tensor, [-1]) : (input as Tensor);
    const rolled = along.reduce((y, axis, i) => {
      const size = y.shape[axis] as number;
      const shift = modulo(shifts[i] as number, Math.max(size, 1));
      if (shift === 0) return y;
      const [head, tail] = tf.split(y, [size - shift, shift], axis) as [Tensor, Tensor];
      return tf.concat([tail, head], axis);
    }, x);
    return tf.reshape(rolled, [...shape]);
  });
};

const flip: Lowering<'flip'> = (call) => {
  const axes = normalizeAxes(call.attributes.axes, rankOf(call));
  call.emit([call.input(0, 'logical')], ([x]) => call.tf.reverse(x as Tensor, axes));
};

const slidingWindow: Lowering<'slidingWindow'> = (call) => {
  const { axis: given, size, step } = call.attributes;
  const rank = rankOf(call);
  const axis = normalizeAxis(given, rank);
  const { shape } = call.outputType();
  const windows = shape[axis] as number;
  const apart = call.type(0).shape.toSpliced(axis, 1, windows, size);
  const order = [...indices(rank + 1).filter((i) => i !== axis + 1), axis + 1];
  const list = indices(windows * size).map((i) => Math.floor(i / size) * (step ?? 1) + (i % size));
  picked(call, axis, list, (y) => transposed(call.tf, call.tf.reshape(y, apart), order));
};

const triangle: Lowering<'triangle'> = (call) => {
  const { tf } = call;
  const { upper, diagonal } = call.attributes;
  const [rows = 1, columns = 1] = call.type(0).shape.slice(-2);
  const kept = indices(rows * columns).map((i) => {
    const offset = (i % columns) - Math.floor(i / columns) - (diagonal ?? 0);
    return upper ? offset >= 0 : offset <= 0;
  });
  const mask = call.resident(() => tf.tensor2d(kept.map(Number), [rows, columns], 'bool'));
  call.emit([call.input(0, 'logical'), mask], ([x, m]) =>
    tf.where(tf.broadcastTo(m as Tensor, (x as Tensor).shape), x as Tensor, tf.zerosLike(x as Tensor)),
  );
};

/** Windows as columns: each spatial axis gathered, then the window axes joined to the channels. */
const unfold: Lowering<'unfold'> = (call) => {
  const { tf } = call;
  const a = call.attributes;
  const [batch = 1, channels = 1, ...sizes] = call.type(0).shape;
  const rank = sizes.length;
  const [kernel, stride, dilation] = [a.kernel, a.stride, a.dilation].map((value) =>
    perAxis(value, rank, 'window'),
  ) as [number[], number[], number[]];
  const padding = resolvePadding(a.padding, sizes, kernel, stride, dilation);
  const counts = sizes.map((size, i) => {
    const [begin, end] = padding[i] as [number, number];
    const reach = (dilation[i] as number) * ((kernel[i] as number) - 1) + 1;
    return Math.floor((size + begin + end - reach) / (stride[i] as number)) + 1;
  });
  const gathers = sizes.map((_, i) => {
    const count = counts[i] as number;
    const list = indices((kernel[i] as number) * count).map(
      (at) => Math.floor(at / count) * (dilation[i] as number) + (at % count) * (stride[i] as number),
    );
    return call.resident(() => tf.tensor1d(list, 'int32'));
  });
  const apart = [batch, channels, ...sizes.flatMap((_, i) => [kernel[i] as number, counts[i] as number])];
  const order = [0, 1, ...sizes.map((_, i) => 2 + 2 * i), ...sizes.map((_, i) => 3 + 2 * i)];
  const { shape } = call.outputType();
  call.emit([call.input(0, 'logical'), ...gathers], ([x, ...lists]) => {
    const image = padded(tf, x as Tensor, [[0, 0], [0, 0], ...padding]);
    const taken = lists.reduce((y, list, i) => tf.gather(y, list, 2 + i), image);
    return tf.reshape(transposed(tf, tf.reshape(taken, apart), order), [...shape]);
  });
};

export const movement: Lowerings = {
  concat,
  stack,
  reshape,
  flatten: reshape,
  squeeze: reshape,
  unsqueeze: reshape,
  transpose,
  expand,
  split,
  slice,
  pad,
  tile,
  repeatInterleave,
  roll,
  flip,
  slidingWindow,
  triangle,
  unfold,
  ...shuffles,
};
