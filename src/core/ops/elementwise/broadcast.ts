import { ArchmeterError } from '../../errors.js';
import { formatShape, type Shape } from '../../ir/tensor.js';

/** Shape of an elementwise result: numpy's rule, axes aligned at the end, 1 stretches. */
export function broadcast(left: Shape, right: Shape): number[] {
  const rank = Math.max(left.length, right.length);
  const shape = new Array<number>(rank);
  for (let i = 1; i <= rank; i++) {
    const x = left[left.length - i] ?? 1;
    const y = right[right.length - i] ?? 1;
    if (x !== y && x !== 1 && y !== 1) {
      throw new ArchmeterError(`shapes ${formatShape(left)} and ${formatShape(right)} do not broadcast`);
    }
    shape[rank - i] = x === 1 ? y : x;
  }
  return shape;
}
