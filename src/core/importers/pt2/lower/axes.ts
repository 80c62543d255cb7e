import { ArchmeterError } from '../../../errors.js';

/** An axis counted from the end when negative; a scalar has one axis, as in torch. */
export function axisOf(axis: number, rank: number): number {
  const axes = Math.max(rank, 1);
  const normal = axis < 0 ? axis + axes : axis;
  if (normal < 0 || normal >= axes) throw new ArchmeterError(`axis ${axis} is outside a tensor of ${rank} axes`);
  return normal;
}

export function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** One value for each of `rank` axes from a list of one or of `rank`. */
export function each(values: readonly number[], rank: number): number[] {
  return values.length === 1 ? new Array<number>(rank).fill(values[0] as number) : [...values];
}

/** Moves axes to new places, the others keeping their order (torch.movedim). */
export function movedAxes(rank: number, from: readonly number[], to: readonly number[]): number[] {
  const sources = from.map((axis) => axisOf(axis, rank));
  const targets = to.map((axis) => axisOf(axis, rank));
  const rest = range(rank).filter((axis) => !sources.includes(axis));
  return range(rank).map((place) => {
    const moved = targets.indexOf(place);
    return moved < 0 ? (rest.shift() as number) : (sources[moved] as number);
  });
}
