import type { Graph, Node, Value } from '../../../../src/core/ir/graph.js';
import { elementCount } from '../../../../src/core/ir/tensor.js';
import type { Arithmetic } from '../../../../src/core/ops/define-op.js';
import { opOf } from '../../../../src/core/ops/index.js';

export function arithmeticOf(graph: Graph, node: Node): Arithmetic {
  return opOf(node.op).arithmetic({
    inputs: node.inputs.map((id) => (id < 0 ? undefined : graph.values[id])),
    outputs: node.outputs.map((id) => graph.values[id] as Value),
    attributes: node.attributes,
  });
}

/** Multiply-adds of the graph, or of the nodes of one op. */
export function maddsOf(graph: Graph, op?: string): number {
  return graph.nodes.reduce(
    (sum, node) => (op === undefined || node.op === op ? sum + arithmeticOf(graph, node).madds : sum),
    0,
  );
}

export function elementsOf(graph: Graph, kind: Value['kind']): number {
  return graph.values.reduce((sum, value) => (value.kind === kind ? sum + elementCount(value.shape) : sum), 0);
}

export function opsOf(graph: Graph): string[] {
  return graph.nodes.map(({ op }) => op);
}
