import { ArchmeterError } from '../../errors.js';
import { elementCount, type Shape } from '../../ir/tensor.js';
import { broadcast } from '../../ops/elementwise/broadcast.js';

/** A small array of numbers with its shape, row-major: what shapes are computed with. */
export interface SmallArray {
  readonly shape: Shape;
  readonly data: readonly number[];
}

/** Elements skipped by one step along each axis. */
function strides(shape: Shape): number[] {
  const result = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    result[axis] = step;
    step *= shape[axis] as number;
  }
  return result;
}

/** An array whose element at each place is found at `locate(place)` in the source. */
function gathered(source: SmallArray, shape: Shape, locate: (place: readonly number[]) => number): SmallArray {
  const count = elementCount(shape);
  const data = new Array<number>(count);
  const place = new Array<number>(shape.length).fill(0);
  for (let i = 0; i < count; i++) {
    data[i] = source.data[locate(place)] ?? 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      place[axis] = (place[axis] as number) + 1;
      if ((place[axis] as number) < (shape[axis] as number)) break;
      place[axis] = 0;
    }
  }
  return { shape, data };
}

const dot = (x: readonly number[], y: readonly number[]) =>
  x.reduce((sum, value, i) => sum + value * (y[i] as number), 0);

export function combine(x: SmallArray, y: SmallArray, evaluate: (x: number, y: number) => number): SmallArray {
  const shape = broadcast(x.shape, y.shape);
  const left = expandTo(x, shape);
  const right = expandTo(y, shape);
  return { shape, data: left.data.map((value, i) => evaluate(value, right.data[i] as number)) };
}

export function expandTo(x: SmallArray, shape: Shape): SmallArray {
  const steps = strides(x.shape);
  const extra = shape.length - x.shape.length;
  const used = shape.map((_, axis) =>
    axis < extra || x.shape[axis - extra] === 1 ? 0 : (steps[axis - extra] as number),
  );
  return gathered(x, shape, (place) => dot(place, used));
}

export function transpose(x: SmallArray, permutation: readonly number[]): SmallArray {
  const steps = strides(x.shape);
  const used = permutation.map((axis) => steps[axis] as number);
  return gathered(
    x,
    permutation.map((axis) => x.shape[axis] as number),
    (place) => dot(place, used),
  );
}

/** One slice of one axis; all arrays of the parts lie at the same places of the other axes. */
export interface AxisSlice {
  readonly start: number;
  readonly step: number;
  readonly size: number;
}

export function slice(x: SmallArray, axes: readonly AxisSlice[]): SmallArray {
  const steps = strides(x.shape);
  const offset = axes.reduce((sum, { start }, axis) => sum + start * (steps[axis] as number), 0);
  const used = axes.map(({ step }, axis) => step * (steps[axis] as number));
  return gathered(
    x,
    axes.map(({ size }) => size),
    (place) => offset + dot(place, used),
  );
}

export function concatenate(parts: readonly SmallArray[], axis: number): SmallArray {
  const first = parts[0];
  if (first === undefined) throw new ArchmeterError('nothing is joined');
  const outer = elementCount(first.shape.slice(0, axis));
  const data: number[] = [];
  for (let i = 0; i < outer; i++) {
    for (const part of parts) {
      const run = part.data.length / outer;
      data.push(...part.data.slice(i * run, (i + 1) * run));
    }
  }
  const joined = parts.reduce((sum, part) => sum + (part.shape[axis] as number), 0);
  return { shape: first.shape.map((size, i) => (i === axis ? joined : size)), data };
}

export function gather(x: SmallArray, indices: SmallArray, axis: number): SmallArray {
  const steps = strides(x.shape);
  const rank = indices.shape.length;
  const indexSteps = strides(indices.shape);
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  const size = x.shape[axis] as number;
  return gathered(x, shape, (place) => {
    const index = indices.data[dot(place.slice(axis, axis + rank), indexSteps)] ?? 0;
    const full = [...place.slice(0, axis), index < 0 ? index + size : index, ...place.slice(axis + rank)];
    return dot(full, steps);
  });
}

export function reduce(
  x: SmallArray,
  axes: readonly number[],
  keepDims: boolean,
  evaluate: (values: readonly number[]) => number,
): SmallArray {
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const moved = transpose(x, [...kept, ...axes]);
  const outer = kept.map((axis) => x.shape[axis] as number);
  const count = elementCount(outer);
  const run = count === 0 ? 0 : moved.data.length / count;
  const data = Array.from({ length: count }, (_, i) => evaluate(moved.data.slice(i * run, (i + 1) * run)));
  return { shape: keepDims ? x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size)) : outer, data };
}

export function tile(x: SmallArray, repeats: readonly number[]): SmallArray {
  const steps = strides(x.shape);
  const shape = x.shape.map((size, axis) => size * (repeats[axis] as number));
  return gathered(x, shape, (place) =>
    place.reduce((sum, at, axis) => sum + (at % (x.shape[axis] as number)) * (steps[axis] as number), 0),
  );
}
