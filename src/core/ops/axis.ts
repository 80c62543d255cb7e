import { ArchmeterError } from '../errors.js';

/** An axis counted from the end when negative; throws outside the rank. */
export function normalizeAxis(axis: number, rank: number): number {
  const normal = axis < 0 ? axis + rank : axis;
  if (normal < 0 || normal >= rank) {
    if (rank === 0) throw new ArchmeterError(`axis ${axis} is outside a scalar, which has no axes`);
    throw new ArchmeterError(`axis ${axis} is outside a tensor of ${rank} axes`, `Give ${-rank} to ${rank - 1}.`);
  }
  return normal;
}

/** Several axes; throws where two are the same. */
export function normalizeAxes(axes: readonly number[], rank: number): number[] {
  const normal = axes.map((axis) => normalizeAxis(axis, rank));
  if (new Set(normal).size !== normal.length) {
    throw new ArchmeterError(`axes [${axes.join(', ')}] name an axis twice`, 'Name each axis once.');
  }
  return normal;
}
