import type { Shape } from '../../ir/tensor.js';
import type { Strides } from '../../ops/execution.js';

/** Row-major. */
export function contiguousStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= Math.max(1, shape[axis] as number);
  }
  return strides;
}

export function isContiguous(shape: Shape, strides: Strides): boolean {
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] as number;
    if (size === 1) continue;
    if (strides[axis] !== step) return false;
    step *= size;
  }
  return true;
}

/** Channels in the last place in memory, images of [N, C, …]. */
export function isChannelsLast(shape: Shape, strides: Strides): boolean {
  if (shape.length < 4) return false;
  const order = [0, ...shape.map((_, axis) => axis).slice(2), 1];
  return isContiguous(
    order.map((axis) => shape[axis] as number),
    order.map((axis) => strides[axis] as number),
  );
}

export function channelsLastStrides(shape: Shape): number[] {
  const order = [0, ...shape.map((_, axis) => axis).slice(2), 1];
  const inner = contiguousStrides(order.map((axis) => shape[axis] as number));
  const strides = new Array<number>(shape.length);
  order.forEach((axis, i) => {
    strides[axis] = inner[i] as number;
  });
  return strides;
}

/** Whether the elements lie side by side in some order of axes. */
export function isDense(shape: Shape, strides: Strides): boolean {
  const axes = shape
    .map((size, axis) => ({ size, stride: strides[axis] as number }))
    .filter(({ size }) => size !== 1)
    .sort((a, b) => a.stride - b.stride);
  let step = 1;
  for (const { size, stride } of axes) {
    if (stride !== step) return false;
    step *= size;
  }
  return true;
}

/** Strides of a view of another shape on the same memory; undefined where only a copy has that shape (torch's rule). */
export function viewStrides(shape: Shape, strides: Strides, target: Shape): number[] | undefined {
  const result = new Array<number>(target.length).fill(1);
  let to = target.length - 1;
  let chunk = strides.at(-1) ?? 1;
  let sourceElements = 1;
  let targetElements = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    sourceElements *= shape[axis] as number;
    const outer = axis === 0 ? undefined : axis - 1;
    const broken = outer === undefined || (shape[outer] !== 1 && (strides[outer] as number) !== sourceElements * chunk);
    if (!broken) continue;
    while (to >= 0 && (targetElements < sourceElements || target[to] === 1)) {
      result[to] = targetElements * chunk;
      targetElements *= target[to] as number;
      to--;
    }
    if (targetElements !== sourceElements) return undefined;
    if (outer !== undefined) {
      chunk = strides[outer] as number;
      sourceElements = 1;
      targetElements = 1;
    }
  }
  return to === -1 ? result : undefined;
}
