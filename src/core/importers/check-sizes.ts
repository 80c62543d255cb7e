import { ArchmeterError } from '../errors.js';
import type { Graph } from '../ir/graph.js';
import { formatShape } from '../ir/tensor.js';

/** Refuses graphs with sizes that cannot be true: a damaged file must not become a wrong number. */
export function checkSizes(graph: Graph): void {
  for (const { name, shape } of graph.values) {
    if (shape.every((size) => Number.isSafeInteger(size) && size >= 0)) continue;
    throw new ArchmeterError(
      `tensor '${name}' has the impossible shape ${formatShape(shape)}`,
      'The file is damaged; download or export it again.',
    );
  }
}
