import type { Tensor } from '@tensorflow/tfjs-core';
import { normalizeAxis } from '../../../core/ops/axis.js';
import { type Call, channelsLastOrder, type Form, type Lowering, reorder } from '../call.js';

/** Position of a graph axis in a tensor that lies in `form`. */
export function axisIn(form: Form, axis: number, rank: number): number {
  return form === 'logical' ? axis : channelsLastOrder(rank).indexOf(axis);
}

const concat: Lowering = (call) => {
  const slots = call.node.inputs.map((_, slot) => slot);
  const rank = call.outputType().shape.length;
  const form: Form = slots.some((slot) => call.isChannelsLast(slot)) ? 'channelsLast' : 'logical';
  const axis = axisIn(form, normalizeAxis(Number(call.attributes.axis ?? 1), rank), rank);
  call.emit(
    slots.map((slot) => call.input(slot, form)),
    (inputs) => (inputs.length === 1 ? (inputs[0] as Tensor).clone() : call.tf.concat([...inputs], axis)),
    form,
  );
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
const transpose: Lowering = (call) => {
  const { tf } = call;
  const rank = call.type(0).shape.length;
  const permutation = permutationOf(call, rank);
  const toLast = channelsLastOrder(rank);
  if (rank > 2 && call.isChannelsLast(0) && equal(permutation, toLast)) {
    call.alias(call.input(0, 'channelsLast'), 'logical');
    return;
  }
  if (rank > 2 && equal(permutation, inverse(toLast))) {
    call.alias(call.input(0, 'logical'), 'channelsLast');
    return;
  }
  call.emit([call.input(0, 'logical')], ([x]) => reorder(tf, x as Tensor, permutation));
};

function permutationOf(call: Call, rank: number): number[] {
  const { permutation } = call.attributes as { permutation?: readonly number[] };
  if (permutation === undefined) return Array.from({ length: rank }, (_, i) => rank - 1 - i);
  return permutation.map((axis) => normalizeAxis(axis, rank));
}

const equal = (left: readonly number[], right: readonly number[]) => left.every((x, i) => x === right[i]);
const inverse = (order: readonly number[]) => order.map((_, axis) => order.indexOf(axis));

export const movement: Readonly<Record<string, Lowering>> = {
  concat,
  reshape,
  flatten: reshape,
  squeeze: reshape,
  unsqueeze: reshape,
  transpose,
};
