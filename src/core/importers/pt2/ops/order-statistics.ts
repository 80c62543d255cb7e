import type { Value } from '../../../ir/graph.js';
import { elementCount } from '../../../ir/tensor.js';
import { axisOf } from '../lower/axes.js';
import type { Lowering, NodeContext } from '../lower/node-context.js';
import { reshaped } from './views.js';

/** What is read off the elements in order: medians, quantiles, distinct values. */

/** Element `place` of an axis, the axis kept as 1 or dropped. */
function pick(n: NodeContext, x: Value, axis: number, place: number, keep: boolean): Value {
  const cut = n.add('slice', [x], { starts: [place], ends: [place + 1], axes: [axis] });
  return keep ? cut : n.add('squeeze', [cut], { axes: [axis] });
}

function flat(n: NodeContext): Value {
  const x = n.tensor('self');
  return reshaped(n, x, [elementCount(x.shape)]);
}

/** (values, indices) along an axis, one value of all elements without. */
const ranked =
  (place: (size: number, n: NodeContext) => number): Lowering =>
  (n) => {
    const x = n.tensor('self');
    if (x.shape.length === 0) return [x, undefined];
    if (!n.has('dim') && n.stated.length === 1) {
      const all = flat(n);
      const [sorted] = n.addAll('sort', [all], { axis: 0 });
      return pick(n, sorted as Value, 0, place(all.shape[0] as number, n), false);
    }
    const axis = axisOf(n.integer('dim', -1), x.shape.length);
    const at = place(x.shape[axis] as number, n);
    return n.addAll('sort', [x], { axis }).map((sorted) => pick(n, sorted, axis, at, n.flag('keepdim')));
  };

const middle = ranked((size) => Math.max(Math.ceil(size / 2) - 1, 0));

/** Between two neighbours in order, by linear interpolation; several quantiles come first. */
function quantile(n: NodeContext) {
  const given = n.tensor('self');
  const x = n.has('dim') ? given : flat(n);
  const axis = axisOf(n.has('dim') ? n.integer('dim') : 0, x.shape.length);
  const [sorted] = n.addAll('sort', [x], { axis });
  const shape = n.statedShape();
  const neighbours = [0, 0].map(() => n.add('stridedView', [sorted], { shape: [...shape] }));
  const [low, high] = neighbours as [Value, Value];
  const step = n.add('mul', [n.add('sub', [high, low]), n.constant(0.5)]);
  return n.add('add', [low, step]);
}

/** Distinct values of the flattened input, as many as the file or its bound says; where each stood; how many of each. */
function unique(n: NodeContext) {
  const [sorted, order] = n.addAll('sort', [flat(n)], { axis: 0 }) as [Value, Value];
  const count = n.statedShape()[0] as number;
  const neighbours = n.add('notEqual', [sorted, n.add('roll', [sorted], { shifts: [1], axes: [0] })]);
  const places = n.add('reshape', [n.add('nonZero', [neighbours], { count })], { shape: [count] });
  const values = n.add('gather', [sorted, places], { axis: 0 });
  const inverse = n.flag('return_inverse') ? reshaped(n, order, n.statedShape(1)) : undefined;
  return [values, inverse, n.flag('return_counts') ? places : undefined];
}

/** How many elements fall into each bin: every element finds its bin (a difference, a quotient) and adds one. */
function histogram(n: NodeContext) {
  const x = flat(n);
  const dtype = n.stated[0]?.dtype ?? 'float32';
  const bins = n.add('fill', [], { shape: [...n.statedShape()], dtype, value: 0 });
  const [low, high] = [n.number('min', 0), n.number('max', 0)];
  // Equal bounds stand for the least and the greatest element.
  const width = (high - low) / (n.statedShape()[0] as number) || 1;
  const scaled = n.add('div', [n.add('sub', [x, n.constant(low)]), n.constant(width)]);
  const places = n.add('cast', [scaled], { to: 'int64' });
  const ones = n.add('fill', [], { shape: [...x.shape], dtype, value: 1 });
  return n.add('scatterElements', [bins, places, ones], { axis: 0, reduction: 'add' });
}

export const ORDER_STATISTICS: Readonly<Record<string, Lowering>> = {
  histc: histogram,
  median: middle,
  nanmedian: middle,
  mode: middle,
  kthvalue: ranked((_, n) => n.integer('k') - 1),
  quantile,
  nanquantile: quantile,
  unique_consecutive: unique,
  _unique: unique,
  _unique2: unique,
};
