import { ArchmeterError } from '../../errors.js';
import { formatShape, type Shape, type TensorType } from '../../ir/tensor.js';

/** Sizes of the last `count` axes; throws where the input has fewer. */
export function trailingAxes(input: TensorType, count: number, what: string): Shape {
  if (count > input.shape.length) {
    throw new ArchmeterError(
      `${what} over ${count} trailing axes needs as many, the input has shape ${formatShape(input.shape)}`,
    );
  }
  return input.shape.slice(-count);
}
