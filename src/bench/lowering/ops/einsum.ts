import type { Tensor } from '@tensorflow/tfjs-core';
import { elementCount } from '../../../core/ir/tensor.js';
import { bindEinsum } from '../../../core/ops/contraction/einsum-equation.js';
import type { Lowering } from '../call.js';
import { transposed } from '../kernels.js';
import type { Tfjs } from '../program.js';

interface Named {
  readonly axes: readonly string[];
  readonly value: Tensor;
}

/** Sums over the axes that are not in `axes` and puts the rest in their order. */
function sumTo(tf: Tfjs, { axes: own, value }: Named, axes: readonly string[]): Tensor {
  const dropped = own.flatMap((axis, i) => (axes.includes(axis) ? [] : [i]));
  const left = own.filter((axis) => axes.includes(axis));
  const summed = dropped.length === 0 ? value : tf.sum(value, dropped);
  return transposed(
    tf,
    summed,
    axes.map((axis) => left.indexOf(axis)),
  );
}

/** A pair of operands as one batched matrix product; axes that nothing later needs are summed. */
function contract(tf: Tfjs, left: Named, right: Named, kept: ReadonlySet<string>): Named {
  const shared = left.axes.filter((axis) => right.axes.includes(axis));
  const batch = shared.filter((axis) => kept.has(axis));
  const summed = shared.filter((axis) => !kept.has(axis));
  const only = ({ axes }: Named) => axes.filter((axis) => !shared.includes(axis) && kept.has(axis));
  const sizes = ({ axes, value }: Named, names: readonly string[]) =>
    names.map((axis) => value.shape[axes.indexOf(axis)] as number);
  const matrices = (operand: Named) => {
    const groups = [batch, only(operand), summed];
    return tf.reshape(
      sumTo(tf, operand, groups.flat()),
      groups.map((names) => elementCount(sizes(operand, names))),
    );
  };
  const product = tf.matMul(matrices(left), matrices(right), false, true);
  const [rows, columns] = [only(left), only(right)];
  return {
    axes: [...batch, ...rows, ...columns],
    value: tf.reshape(product, [...sizes(left, batch), ...sizes(left, rows), ...sizes(right, columns)]),
  };
}

export const einsum: Lowering<'einsum'> = (call) => {
  const { tf } = call;
  const slots = call.node.inputs.map((_, slot) => slot);
  const { operands, output, sizes } = bindEinsum(
    call.attributes.equation,
    slots.map((slot) => call.type(slot).shape),
  );
  if (operands.some((axes) => new Set(axes).size !== axes.length)) call.refuse('an operand names an axis twice');
  call.emit(
    slots.map((slot) => call.input(slot, 'logical')),
    (inputs) => {
      const named = operands.map((axes, i): Named => {
        const value = inputs[i] as Tensor;
        const shape = axes.map((axis) => sizes.get(axis) as number);
        return {
          axes,
          value: shape.every((size, k) => size === value.shape[k]) ? value : tf.broadcastTo(value, shape),
        };
      });
      const result = named.reduce((left, right, i) => {
        const later = named.slice(i + 1).flatMap(({ axes }) => axes);
        return contract(tf, left, right, new Set([...output, ...later]));
      });
      return sumTo(tf, result, output);
    },
  );
};
