import type { Graph, Node } from '../../ir/graph.js';
import { elementCount, type Shape } from '../../ir/tensor.js';
import { callOf, slotOf } from '../../ops/execution.js';
import { opOf } from '../../ops/index.js';

/**
 * Shapes as they would be at a batch of 2 where a graph was traced at 1: an axis of one image folds into its neighbours
 * whatever their order, which larger batches do not, so that torch copies there and not here. The image axis is followed
 * from the inputs; values that no image reaches keep their shapes.
 */
export function batchedShapes(graph: Graph): Shape[] {
  const shapes = graph.values.map(({ shape }) => shape);
  if ((shapes[graph.inputs[0] ?? -1]?.[0] ?? 0) !== 1) return shapes;
  const axes = new Map<number, number>();
  for (const id of graph.inputs) if ((shapes[id]?.length ?? 0) > 0) axes.set(id, 0);
  for (const node of graph.nodes) {
    const source = node.inputs.find((id) => axes.has(id));
    if (source === undefined) continue;
    for (const id of node.outputs) {
      const axis = movedAxis(graph, node, axes.get(source) as number, shapes[source] as Shape, shapes[id] as Shape);
      if (axis < (shapes[id]?.length ?? 0)) axes.set(id, axis);
    }
  }
  return shapes.map((shape, id) => {
    const at = axes.get(id);
    return at === undefined ? shape : shape.map((size, axis) => (axis === at ? 2 * size : size));
  });
}

function movedAxis(graph: Graph, node: Node, axis: number, from: Shape, to: Shape): number {
  const moves = slotOf(opOf(node.op), 'axis');
  if (typeof moves === 'function') return moves(axis, callOf(graph, node));
  if (moves === 'place' && from.length === to.length) return axis;
  // As many elements lie before it as before.
  const before = elementCount(from.slice(0, axis));
  for (let i = 0, count = 1; i < to.length; i++) {
    if (count >= before) return i;
    count *= to[i] as number;
  }
  return 0;
}
