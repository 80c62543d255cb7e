import { elementCount } from '../ir/tensor.js';
import { normalizeAxes, normalizeAxis } from '../ops/axis.js';
import type { OpName } from '../ops/op-attributes.js';
import {
  alongAxis,
  inputOf,
  type Kernel,
  type KernelCall,
  type Kernels,
  outputShape,
  permuted,
  range,
  tensor,
} from './tensor.js';

type Reduce = (row: Float64Array) => number;

const sum: Reduce = (row) => row.reduce((total, x) => total + x, 0);
const mean: Reduce = (row) => sum(row) / row.length;
const variance: Reduce = (row) => {
  const center = mean(row);
  return row.reduce((total, x) => total + (x - center) ** 2, 0) / row.length;
};
const greatest: Reduce = (row) => row.reduce((most, x) => Math.max(most, x), Number.NEGATIVE_INFINITY);

const REDUCTIONS = {
  reduceSum: sum,
  reduceMean: mean,
  reduceMax: greatest,
  reduceMin: (row) => row.reduce((least, x) => Math.min(least, x), Number.POSITIVE_INFINITY),
  reduceProd: (row) => row.reduce((product, x) => product * x, 1),
  reduceAny: (row) => (row.some((x) => x !== 0) ? 1 : 0),
  reduceAll: (row) => (row.every((x) => x !== 0) ? 1 : 0),
  reduceL1: (row) => sum(row.map(Math.abs)),
  reduceL2: (row) => Math.sqrt(sum(row.map((x) => x * x))),
  reduceSumSquare: (row) => sum(row.map((x) => x * x)),
  reduceLogSum: (row) => Math.log(sum(row)),
  reduceLogSumExp: (row) => {
    const max = greatest(row);
    return max + Math.log(sum(row.map((x) => Math.exp(x - max))));
  },
  reduceVariance: variance,
  reduceStd: (row) => Math.sqrt(variance(row)),
} satisfies { readonly [N in OpName]?: Reduce };

type ReduceName = keyof typeof REDUCTIONS;

/** Reduces the rows of all elements that fall into one output, in the order of the outputs; no axes are all of them. */
function reduceAxes(call: KernelCall, given: readonly number[], reduce: Reduce) {
  const x = inputOf(call, 0);
  const rank = x.shape.length;
  const axes = given.length === 0 ? range(0, rank) : normalizeAxes(given, rank);
  const kept = range(0, rank).filter((axis) => !axes.includes(axis));
  const rows = permuted(x, [...kept, ...axes]);
  const length = elementCount(axes.map((axis) => x.shape[axis] as number));
  const y = tensor(outputShape(call));
  for (let i = 0; i < y.data.length; i++) y.data[i] = reduce(rows.data.subarray(i * length, (i + 1) * length));
  return y;
}

function argument(better: (x: number, best: number) => boolean): Kernel<'argMax' | 'argMin'> {
  return (call) => {
    const find = (row: Float64Array) => row.reduce((best, x, i) => (better(x, row[best] as number) ? i : best), 0);
    const { axis } = call.attributes;
    return [reduceAxes(call, axis === undefined ? [] : [axis], find)];
  };
}

function cumulative(start: number, step: (total: number, x: number) => number): Kernel<'cumSum' | 'cumProd'> {
  return (call) => {
    const x = inputOf(call, 0);
    const { axis, exclusive, reverse } = call.attributes;
    const accumulate = (row: Float64Array) => {
      const result = new Float64Array(row.length);
      let total = start;
      for (let k = 0; k < row.length; k++) {
        const i = reverse ? row.length - 1 - k : k;
        const next = step(total, row[i] as number);
        result[i] = exclusive ? total : next;
        total = next;
      }
      return result;
    };
    return [alongAxis(x, normalizeAxis(axis, Math.max(x.shape.length, 1)), accumulate)];
  };
}

/** Values and places of the first `count` elements in order; equal ones stay in their order. */
function ordered(call: KernelCall<'topK' | 'sort'>, count: number | undefined, descending: boolean) {
  const x = inputOf(call, 0);
  const axis = normalizeAxis(call.attributes.axis, Math.max(x.shape.length, 1));
  const places = (row: Float64Array) => {
    const order = Array.from(row.keys()).sort((i, j) => {
      const difference = (row[i] as number) - (row[j] as number);
      return (descending ? -difference : difference) || i - j;
    });
    return Float64Array.from(order.slice(0, count ?? row.length));
  };
  return [alongAxis(x, axis, (row) => places(row).map((i) => row[i] as number)), alongAxis(x, axis, places)];
}

const reduced = Object.fromEntries(
  Object.entries(REDUCTIONS).map(([name, reduce]): [string, Kernel<ReduceName>] => [
    name,
    (call) => [reduceAxes(call, call.attributes.axes ?? [], reduce)],
  ]),
) as Record<ReduceName, Kernel<ReduceName>>;

export const reduction: Kernels = {
  ...reduced,
  argMax: argument((x, best) => x > best),
  argMin: argument((x, best) => x < best),
  cumSum: cumulative(0, (total, x) => total + x),
  cumProd: cumulative(1, (total, x) => total * x),
  topK: (call) => ordered(call, call.attributes.k, call.attributes.largest),
  sort: (call) => ordered(call, undefined, call.attributes.descending),
};
