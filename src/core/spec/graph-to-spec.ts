import { ArchmeterError } from '../errors.js';
import type { Graph, Node, Value } from '../ir/graph.js';
import { opOf } from '../ops/index.js';
import { SPEC_SCHEMA } from './read-spec.js';

/**
 * A graph as the contents of a layer-spec file, every layer written out: the way back from a model of the zoo.
 *
 * @throws ArchmeterError where a layer takes a stored tensor that its op does not make, or is unknown
 */
export function graphToSpec(graph: Graph): Record<string, unknown> {
  const inputs = Object.fromEntries(graph.inputs.map((id) => [tensorOf(graph, id).name, tensorOf(graph, id).shape]));
  return {
    schema: SPEC_SCHEMA,
    name: graph.name,
    inputs,
    layers: graph.nodes.map((node) => layerOf(graph, node)),
    outputs: graph.outputs.map((id) => tensorOf(graph, id).name),
  };
}

function layerOf(graph: Graph, node: Node): Record<string, unknown> {
  const slots = opOf(node.op).inputs;
  const data = node.inputs.filter((id, i) => {
    if (id < 0) return false;
    const { kind } = tensorOf(graph, id);
    const made = slots[Math.min(i, slots.length - 1)]?.weight !== undefined;
    if (kind === 'input' || kind === 'activation') return true;
    if (made) return false;
    throw new ArchmeterError('a layer takes a tensor that spec files cannot name', undefined, { layer: node.name });
  });
  if (opOf(node.op).kind === 'opaque')
    throw new ArchmeterError('an unknown op has no place in a spec file', undefined, { layer: node.name });
  return {
    op: node.op,
    name: node.name,
    inputs: data.map((id) => tensorOf(graph, id).name),
    ...(node.outputs.length > 1 ? { as: node.outputs.map((id) => tensorOf(graph, id).name) } : {}),
    ...node.attributes,
  };
}

function tensorOf(graph: Graph, id: number): Value {
  return graph.values[id] as Value;
}
