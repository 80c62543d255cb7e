import { ArchmeterError } from '../errors.js';
import type { Graph, Value } from '../ir/graph.js';
import { elementCount, formatShape } from '../ir/tensor.js';

/** Past this, sums of counts lose their last digit; no real tensor is that large. */
const MAX_ELEMENTS = 2 ** 48;

/** Refuses graphs whose tensors have sizes that cannot be true: a damaged file must not become a wrong number. */
export function checkSizes(graph: Graph): void {
  for (const value of graph.values) {
    if (!value.shape.every((size) => Number.isSafeInteger(size) && size >= 0) || tooLarge(value)) {
      throw new ArchmeterError(
        `tensor '${value.name}' has the impossible shape ${formatShape(value.shape)}`,
        'The file is damaged; download or export it again.',
      );
    }
  }
}

function tooLarge(value: Value): boolean {
  return elementCount(value.shape) > MAX_ELEMENTS;
}
