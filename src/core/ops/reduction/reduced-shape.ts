import type { Shape } from '../../ir/tensor.js';
import { normalizeAxes } from '../axis.js';

/** Shape after a reduction over `axes` (all where none are given). */
export function reducedShape(
  shape: Shape,
  axes: readonly number[] | undefined,
  keepDims: boolean | undefined,
): number[] {
  if (axes === undefined || axes.length === 0) return keepDims ? shape.map(() => 1) : [];
  const reduced = new Set(normalizeAxes(axes, shape.length));
  if (keepDims) return shape.map((size, axis) => (reduced.has(axis) ? 1 : size));
  return shape.filter((_, axis) => !reduced.has(axis));
}
