import { elementCount, type Shape } from './tensor.js';

/** Row-major elements of a tensor of `shape` with its axes in another order. */
export function reordered<T extends Float32Array | Float64Array>(data: T, shape: Shape, order: readonly number[]): T {
  const steps = order.map((axis) => elementCount(shape.slice(axis + 1)));
  const sizes = order.map((axis) => shape[axis] as number);
  const index = sizes.map(() => 0);
  const result = data.slice() as T;
  let from = 0;
  for (let to = 0; to < result.length; to++) {
    result[to] = data[from] as number;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] as number) + 1;
      from += steps[axis] as number;
      if ((index[axis] as number) < (sizes[axis] as number)) break;
      from -= (sizes[axis] as number) * (steps[axis] as number);
      index[axis] = 0;
    }
  }
  return result;
}
