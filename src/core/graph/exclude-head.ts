import { ArchmeterError } from '../errors.js';
import { type Graph, type Node, producersOf, type Value } from '../ir/graph.js';

/**
 * The graph without its classifier: everything after the last feature map, i.e. after the last value that still has
 * more than one position (image axes, or tokens of a sequence), on the way back from each output.
 *
 * @throws ArchmeterError where nothing would be left
 */
export function excludeHead(graph: Graph): Graph {
  const producers = producersOf(graph);
  const features = new Set<number>();
  const visit = (value: number): void => {
    const producer = producers[value] as number;
    if (producer < 0) return;
    if (hasPositions((graph.values[value] as Value).shape)) features.add(value);
    else for (const input of (graph.nodes[producer] as Node).inputs) if (input >= 0) visit(input);
  };
  for (const output of graph.outputs) visit(output);
  if (features.size === 0) {
    throw new ArchmeterError(`model '${graph.name}' has no feature map before its output`, 'Leave out --exclude-head.');
  }

  const needed = new Set<number>();
  const require = (value: number): void => {
    const producer = producers[value] as number;
    if (producer < 0 || needed.has(producer)) return;
    needed.add(producer);
    for (const input of (graph.nodes[producer] as Node).inputs) if (input >= 0) require(input);
  };
  for (const value of features) require(value);
  const nodes = graph.nodes.filter((_, index) => needed.has(index));
  return keepValues({ ...graph, nodes, outputs: [...features] });
}

/** [N, C, H, W] with H·W > 1, or [N, T, C] with T > 1. */
function hasPositions(shape: readonly number[]): boolean {
  if (shape.length >= 4) return shape.slice(2).some((size) => size > 1) && shape.slice(1, -1).some((size) => size > 1);
  return shape.length === 3 && (shape[1] as number) > 1;
}

/** Drops parameters that no node reads any more. */
function keepValues(graph: Graph): Graph {
  const used = new Set([
    ...graph.inputs,
    ...graph.outputs,
    ...graph.nodes.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]),
  ]);
  const ids = new Map<number, number>();
  const values = graph.values
    .filter(({ id }) => used.has(id))
    .map((value, id) => {
      ids.set(value.id, id);
      return { ...value, id };
    });
  const renumber = (list: readonly number[]) => list.map((id) => (id < 0 ? id : (ids.get(id) as number)));
  return {
    ...graph,
    values,
    nodes: graph.nodes.map((node) => ({ ...node, inputs: renumber(node.inputs), outputs: renumber(node.outputs) })),
    inputs: renumber(graph.inputs),
    outputs: renumber(graph.outputs),
  };
}
