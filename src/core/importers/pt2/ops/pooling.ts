import type { Value } from '../../../ir/graph.js';
import type { OpAttributes } from '../../../ops/op-attributes.js';
import { each } from '../lower/axes.js';
import type { Lowering, NodeContext } from '../lower/node-context.js';

const same = (values: readonly number[], value: number) => values.every((x) => x === value);

function short(values: readonly number[]): number | readonly number[] {
  return same(values, values[0] as number) ? (values[0] as number) : values;
}

/** Runs a pooling op, giving an input without batch axis one for the while. */
function batched(n: NodeContext, rank: number, pool: (x: Value) => Value[]): Value[] {
  const x = n.tensor('self');
  if (x.shape.length !== rank + 1) return pool(x);
  return pool(n.add('unsqueeze', [x], { axes: [0] })).map((y) => n.add('squeeze', [y], { axes: [0] }));
}

function windowed<N extends 'maxPool' | 'avgPool'>(
  n: NodeContext,
  op: N,
  rank: number,
  more: Partial<OpAttributes[N]> = {},
): Value[] {
  const kernel = each(n.integers('kernel_size'), rank);
  const given = n.integers('stride', []);
  const stride = given.length === 0 ? kernel : each(given, rank);
  const padding = each(n.integers('padding', [0]), rank);
  const dilation = each(n.integers('dilation', [1]), rank);
  return batched(n, rank, (x) =>
    n.addAll<'maxPool' | 'avgPool'>(op, [x], {
      kernel: short(kernel),
      ...(stride.every((s, axis) => s === kernel[axis]) ? {} : { stride: short(stride) }),
      ...(same(padding, 0) ? {} : { padding: short(padding) }),
      ...(same(dilation, 1) ? {} : { dilation: short(dilation) }),
      ...(n.flag('ceil_mode') ? { ceilMode: true } : {}),
      ...more,
    }),
  );
}

const max =
  (rank: number): Lowering =>
  (n) =>
    windowed(n, 'maxPool', rank);

/** (output, indices) */
const maxWithIndices =
  (rank: number): Lowering =>
  (n) =>
    n.isRead(1) ? windowed(n, 'maxPool', rank, { indices: true }) : [...windowed(n, 'maxPool', rank), undefined];

/** (output, indices): windows of about that size at random places, which divide the input. */
const fractional =
  (rank: number): Lowering =>
  (n) => [adaptive(n, rank, 'Max'), undefined];

const average =
  (rank: number): Lowering =>
  (n) =>
    windowed(n, 'avgPool', rank, {
      ...(n.flag('count_include_pad', true) ? {} : { countIncludePad: false }),
      ...(n.has('divisor_override') ? { divisor: n.integer('divisor_override') } : {}),
    });

/** An output of 1 is the mean or maximum of the whole map; -1 stands for a size that stays. */
function adaptive(n: NodeContext, rank: number, op: 'Avg' | 'Max'): Value {
  const output = each(n.integers('output_size'), rank);
  const pool = (x: Value) => {
    const sizes = x.shape.slice(-rank);
    const wanted = output.map((size, axis) => (size < 0 ? (sizes[axis] as number) : size));
    return same(wanted, 1)
      ? n.add(`global${op}Pool`, [x])
      : n.add(`adaptive${op}Pool`, [x], { outputSize: short(wanted) });
  };
  return batched(n, rank, (x) => [pool(x)])[0] as Value;
}

const adaptiveAverage =
  (rank: number): Lowering =>
  (n) =>
    adaptive(n, rank, 'Avg');

const adaptiveMax =
  (rank: number): Lowering =>
  (n) => [adaptive(n, rank, 'Max'), undefined];

export const POOLING: Readonly<Record<string, Lowering>> = {
  max_pool1d: max(1),
  max_pool2d: max(2),
  max_pool3d: max(3),
  mkldnn_max_pool2d: max(2),
  max_pool1d_with_indices: maxWithIndices(1),
  max_pool2d_with_indices: maxWithIndices(2),
  max_pool3d_with_indices: maxWithIndices(3),
  avg_pool1d: average(1),
  avg_pool2d: average(2),
  avg_pool3d: average(3),
  adaptive_avg_pool1d: adaptiveAverage(1),
  adaptive_avg_pool2d: adaptiveAverage(2),
  adaptive_avg_pool3d: adaptiveAverage(3),
  _adaptive_avg_pool2d: adaptiveAverage(2),
  _adaptive_avg_pool3d: adaptiveAverage(3),
  adaptive_max_pool1d: adaptiveMax(1),
  adaptive_max_pool2d: adaptiveMax(2),
  adaptive_max_pool3d: adaptiveMax(3),
  fractional_max_pool2d: fractional(2),
  fractional_max_pool3d: fractional(3),
  max_unpool2d: (n) => maxUnpool(n, 2),
  max_unpool3d: (n) => maxUnpool(n, 3),
  im2col: (n) => n.add('unfold', [n.tensor('self')], patches(n)),
  col2im: (n) => n.add('fold', [n.tensor('self')], { outputSize: n.integers('output_size'), ...patches(n) }),
};

/** aten gives the output size alone; the window has no part in the cost. */
function maxUnpool(n: NodeContext, rank: number): Value {
  const outputSize = each(n.integers('output_size'), rank);
  return n.add('maxUnpool', [n.tensor('self'), n.tensor('indices')], { kernel: 1, outputSize });
}

function patches(n: NodeContext): OpAttributes['unfold'] {
  const [stride, padding, dilation] = [
    each(n.integers('stride', [1]), 2),
    each(n.integers('padding', [0]), 2),
    each(n.integers('dilation', [1]), 2),
  ];
  return {
    kernel: each(n.integers('kernel_size'), 2),
    ...(same(stride, 1) ? {} : { stride }),
    ...(same(padding, 0) ? {} : { padding }),
    ...(same(dilation, 1) ? {} : { dilation }),
  };
}
