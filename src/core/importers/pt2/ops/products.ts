import { ArchmeterError } from '../../../errors.js';
import type { Value } from '../../../ir/graph.js';
import { each } from '../lower/axes.js';
import type { Lowering, Matrix, NodeContext } from '../lower/node-context.js';

/** Products of matrices and vectors. With one of the model's weights on the right it is a linear layer. */

/** x·wᵀ + b with the weight as it is stored, [out, in]. */
function linearLayer(n: NodeContext, x: Value, weight: Value, bias: Value | undefined): Value {
  const [outFeatures, features] = weight.shape;
  if (outFeatures === undefined || features === undefined) {
    throw new ArchmeterError(`${n.node.target} has a weight of ${weight.shape.length} axes, not 2`);
  }
  return bias === undefined
    ? n.add('linear', [x, weight], { outFeatures, bias: false })
    : n.add('linear', [x, weight, bias], { outFeatures });
}

function product(n: NodeContext, left: Matrix, right: Matrix): Value {
  if (right.transposed) return linearLayer(n, asSeen(n, left), right.value, undefined);
  return n.add('matmul', [asSeen(n, left), right.value]);
}

/** A stored matrix on the left, or where no linear layer takes it, is turned. */
function asSeen(n: NodeContext, { value, transposed }: Matrix): Value {
  return transposed ? n.add('transpose', [value], { permutation: [1, 0] }) : value;
}

function linear(n: NodeContext) {
  const x = n.tensor('input');
  const weight = n.tensor('weight');
  const bias = n.optional('bias');
  // A weight of one axis gives one feature, and no axis.
  if (weight.shape.length === 1) return added(n, n.add('matmul', [x, weight]), bias, 1, 1);
  return linearLayer(n, x, weight, bias);
}

/** beta·bias + alpha·product */
function added(n: NodeContext, sum: Value, bias: Value | undefined, beta: number, alpha: number): Value {
  const scaled = alpha === 1 ? sum : n.add('mul', [sum, n.constant(alpha)]);
  if (bias === undefined || beta === 0) return scaled;
  return n.add('add', [beta === 1 ? bias : n.add('mul', [bias, n.constant(beta)]), scaled]);
}

function addmm(n: NodeContext) {
  const [alpha, beta] = [n.number('alpha', 1), n.number('beta', 1)];
  const bias = n.tensor('self');
  const right = n.matrix('mat2');
  const isLayer = right.transposed && alpha === 1 && beta === 1;
  if (isLayer && bias.shape.length === 1 && bias.shape[0] === right.value.shape[0]) {
    return linearLayer(n, asSeen(n, n.matrix('mat1')), right.value, bias);
  }
  return added(n, product(n, n.matrix('mat1'), right), bias, beta, alpha);
}

const matmul =
  (left: string, right: string): Lowering =>
  (n) =>
    product(n, n.matrix(left), n.matrix(right));

const addedProduct =
  (left: string, right: string): Lowering =>
  (n) =>
    added(n, product(n, n.matrix(left), n.matrix(right)), n.tensor('self'), n.number('beta', 1), n.number('alpha', 1));

function outer(n: NodeContext, left: string, right: string): Value {
  const column = n.add('unsqueeze', [n.tensor(left)], { axes: [1] });
  return n.add('mul', [column, n.tensor(right)]);
}

/** Over the last axes of both: [M…, K], [N…, K] → [M…, N…]. */
function inner(n: NodeContext): Value {
  const [x, y] = [n.tensor('self'), n.tensor('other')];
  if (x.shape.length === 0 || y.shape.length === 0) return n.add('mul', [x, y]);
  const labels = (value: Value, first: string) =>
    value.shape
      .slice(1)
      .map((_, axis) => String.fromCharCode(first.charCodeAt(0) + axis))
      .join('');
  const [left, right] = [labels(x, 'A'), labels(y, 'a')];
  return n.add('einsum', [x, y], { equation: `${left}z,${right}z->${left}${right}` });
}

/**
 * Rows in groups, each group by a matrix of its own (mixtures of experts): [T, K], [G, K, N] → [T, N]. Each row meets
 * one matrix, whichever it is: counted as one product with any of them.
 */
const grouped =
  (left: string, right: string): Lowering =>
  (n) => {
    const [x, matrices] = [n.tensor(left), n.tensor(right)];
    if (x.shape.length !== 2 || matrices.shape.length !== 3) return n.opaque('the sizes of its groups lie in a tensor');
    const any = n.add('slice', [matrices], { starts: [0], ends: [1], axes: [0] });
    return n.add('matmul', [x, n.add('squeeze', [any], { axes: [0] })]);
  };

/** Σ of the products of a batch. */
function addbmm(n: NodeContext) {
  const batch = n.add('matmul', [n.tensor('batch1'), n.tensor('batch2')]);
  const sum = n.add('reduceSum', [batch], { axes: [0] });
  return added(n, sum, n.tensor('self'), n.number('beta', 1), n.number('alpha', 1));
}

/** xᵀ·W·y for each output feature: [N, I], [O, I, J], [N, J] → [N, O]. */
function bilinear(n: NodeContext) {
  const equation = '...i,oij,...j->...o';
  const product = n.add('einsum', [n.tensor('input1'), n.tensor('weight'), n.tensor('input2')], { equation });
  return added(n, product, n.optional('bias'), 1, 1);
}

/**
 * Sum of i1·i2·i3, each with axes of size 1 put in where it has none (what bilinear becomes): labels by axis, an
 * operand's own axes named, summed where `sumdim` says.
 */
function trilinear(n: NodeContext) {
  const operands = ['1', '2', '3'].map((index) => ({
    value: n.tensor(`i${index}`),
    expanded: n.integers(`expand${index}`),
  }));
  const rank = operands[0] === undefined ? 0 : operands[0].value.shape.length + operands[0].expanded.length;
  const label = (axis: number) => String.fromCharCode(97 + axis);
  const axes = each([0], rank).map((_, axis) => axis);
  const terms = operands.map(({ expanded }) =>
    axes
      .filter((axis) => !expanded.includes(axis))
      .map(label)
      .join(''),
  );
  const summed = n.integers('sumdim');
  const result = axes
    .filter((axis) => !summed.includes(axis))
    .map(label)
    .join('');
  return n.add(
    'einsum',
    operands.map(({ value }) => value),
    { equation: `${terms.join(',')}->${result}` },
  );
}

/** What transformers puts in place of `_grouped_mm` where the device has none (namespace transformers). */
export const TRANSFORMERS: Readonly<Record<string, Lowering>> = {
  grouped_mm_fallback: grouped('input', 'weight'),
};

export const PRODUCTS: Readonly<Record<string, Lowering>> = {
  linear,
  mm: matmul('self', 'mat2'),
  bmm: matmul('self', 'mat2'),
  matmul: matmul('self', 'other'),
  mv: matmul('self', 'vec'),
  dot: matmul('self', 'tensor'),
  vdot: matmul('self', 'other'),
  _int_mm: matmul('self', 'mat2'),
  _grouped_mm: grouped('self', 'mat2'),
  addmm,
  addmv: addedProduct('mat', 'vec'),
  baddbmm: addedProduct('batch1', 'batch2'),
  addbmm,
  inner,
  outer: (n) => outer(n, 'self', 'vec2'),
  ger: (n) => outer(n, 'self', 'vec2'),
  addr: (n) => added(n, outer(n, 'vec1', 'vec2'), n.tensor('self'), n.number('beta', 1), n.number('alpha', 1)),
  einsum: (n) => n.add('einsum', n.tensors('tensors'), { equation: n.word('equation', '').replaceAll(' ', '') }),
  bilinear,
  _trilinear: trilinear,
};
