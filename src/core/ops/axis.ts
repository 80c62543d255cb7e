import { ArchmeterError } from '../errors.js';

/** An axis counted from the end when negative; throws outside the rank. */
export function normalizeAxis(axis: number, rank: number): number {
  const normal = axis < 0 ? axis + rank : axis;
  if (normal < 0 || normal >= rank) {
    throw new ArchmeterError(`axis ${axis} is outside a tensor of ${rank} axes`, `Give ${-rank} to ${rank - 1}.`);
  }
  return normal;
}

export function normalizeAxes(axes: readonly number[], rank: number): number[] {
  return axes.map((axis) => normalizeAxis(axis, rank));
}
