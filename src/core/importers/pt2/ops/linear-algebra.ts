import { ArchmeterError } from '../../../errors.js';
import type { Value } from '../../../ir/graph.js';
import { axisOf, range } from '../lower/axes.js';
import type { Lowering, NodeContext } from '../lower/node-context.js';
import { reshaped } from './views.js';

/** Products and arrangements of matrices that come down to others. */

/** The cheapest order of a chain of products, as torch finds it: costs by length of the chain. */
function chain(n: NodeContext) {
  const matrices = n.tensors('tensors');
  const count = matrices.length;
  if (count === 0) throw new ArchmeterError(`${n.node.target} multiplies nothing`);
  const sizes = [
    rows(matrices[0] as Value),
    ...matrices.map((m, i) => (i === count - 1 && m.shape.length === 1 ? 1 : (m.shape.at(-1) as number))),
  ];
  const cost = range(count).map(() => new Array<number>(count).fill(0));
  const cut = range(count).map(() => new Array<number>(count).fill(0));
  for (let length = 1; length < count; length++) {
    for (let from = 0; from + length < count; from++) {
      const to = from + length;
      const options = range(length).map((i) => {
        const at = from + i;
        const product = (sizes[from] as number) * (sizes[at + 1] as number) * (sizes[to + 1] as number);
        return (cost[from]?.[at] as number) + (cost[at + 1]?.[to] as number) + product;
      });
      const least = Math.min(...options);
      (cost[from] as number[])[to] = least;
      (cut[from] as number[])[to] = from + options.indexOf(least);
    }
  }
  const multiply = (from: number, to: number): Value => {
    if (from === to) return matrices[from] as Value;
    const at = cut[from]?.[to] as number;
    return n.add('matmul', [multiply(from, at), multiply(at + 1, to)]);
  };
  return multiply(0, count - 1);
}

function rows({ shape }: Value): number {
  return shape.length === 1 ? 1 : (shape[0] as number);
}

/** By repeated squaring. */
function power(n: NodeContext) {
  const x = n.tensor('self');
  const exponent = n.integer('n');
  if (exponent < 1 || exponent > 2 ** 30) return n.opaque('only positive powers are products');
  if (exponent === 1) return x;
  let square = x;
  let result: Value | undefined;
  for (let rest = exponent; ; square = n.add('matmul', [square, square])) {
    if (rest % 2 === 1) result = result === undefined ? square : n.add('matmul', [result, square]);
    rest = Math.floor(rest / 2);
    if (rest === 0) return result as Value;
  }
}

/** Each element of the first times the whole second. */
function kronecker(n: NodeContext) {
  const [x, y] = [n.tensor('self'), n.tensor('other')];
  const rank = Math.max(x.shape.length, y.shape.length);
  const filled = ({ shape }: Value) => [...new Array<number>(rank - shape.length).fill(1), ...shape];
  const [left, right] = [filled(x), filled(y)];
  const outer = reshaped(
    n,
    x,
    left.flatMap((size) => [size, 1]),
  );
  const inner = reshaped(
    n,
    y,
    right.flatMap((size) => [1, size]),
  );
  return reshaped(
    n,
    n.add('mul', [outer, inner]),
    left.map((size, axis) => size * (right[axis] as number)),
  );
}

/** x₁y₂ - x₂y₁ and so on: two products and a difference of shifted vectors. */
function cross(n: NodeContext) {
  const [x, y] = [n.tensor('self'), n.tensor('other')];
  const axis = axisOf(n.integer('dim', -1), x.shape.length);
  const turned = (value: Value, by: number) => n.add('roll', [value], { shifts: [by], axes: [axis] });
  const term = (by: number) => n.add('mul', [turned(x, by), turned(y, 3 - by)]);
  return n.add('sub', [term(2), term(1)]);
}

/** Contraction of named axes: both are turned and flattened to matrices. */
function tensordot(n: NodeContext) {
  const [x, y] = [n.tensor('self'), n.tensor('other')];
  const left = n.integers('dims_self').map((axis) => axisOf(axis, x.shape.length));
  const right = n.integers('dims_other').map((axis) => axisOf(axis, y.shape.length));
  const label = (index: number) => String.fromCharCode(index < 26 ? 97 + index : 39 + index);
  const leftLabels = x.shape.map((_, axis) => label(axis));
  const rightLabels = y.shape.map((_, axis) => {
    const place = right.indexOf(axis);
    return place < 0 ? label(x.shape.length + axis) : (leftLabels[left[place] as number] as string);
  });
  const result = [
    ...leftLabels.filter((_, axis) => !left.includes(axis)),
    ...rightLabels.filter((_, axis) => !right.includes(axis)),
  ];
  return n.add('einsum', [x, y], { equation: `${leftLabels.join('')},${rightLabels.join('')}->${result.join('')}` });
}

/** Values put on a diagonal of zeros. */
function onDiagonal(n: NodeContext) {
  const shape = n.statedShape();
  const zeros = n.add('fill', [], { shape: [...shape], dtype: n.tensor('self').dtype, value: 0 });
  return n.add('overwrite', [zeros, n.tensor('self')]);
}

/** Blocks along the diagonal of zeros. */
function blocks(n: NodeContext) {
  const shape = n.statedShape();
  const inputs = n.tensors('tensors');
  const zeros = n.add('fill', [], { shape: [...shape], dtype: inputs[0]?.dtype ?? 'float32', value: 0 });
  return inputs.reduce((whole, block) => n.add('overwrite', [whole, block]), zeros);
}

/** A quarter turn: two axes exchanged, one of them reversed; half a turn reverses both. */
function turned(n: NodeContext) {
  const x = n.tensor('self');
  const [first = 0, second = 1] = n.integers('dims', [0, 1]).map((axis) => axisOf(axis, x.shape.length));
  const quarters = ((n.integer('k', 1) % 4) + 4) % 4;
  if (quarters === 0) return x;
  if (quarters === 2) return n.add('flip', [x], { axes: [first, second] });
  const permutation = range(x.shape.length);
  [permutation[first], permutation[second]] = [second, first];
  const exchanged = n.add('transpose', [x], { permutation });
  return n.add('flip', [exchanged], { axes: [quarters === 1 ? first : second] });
}

export const LINEAR_ALGEBRA: Readonly<Record<string, Lowering>> = {
  linalg_multi_dot: chain,
  linalg_matrix_power: power,
  matrix_power: power,
  kron: kronecker,
  linalg_cross: cross,
  cross,
  tensordot,
  diag_embed: onDiagonal,
  block_diag: blocks,
  rot90: turned,
};
