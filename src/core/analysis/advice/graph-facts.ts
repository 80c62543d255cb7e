import { consumersOf, type Graph, type Node } from '../../ir/graph.js';
import { CONTRACTION_KINDS, type OpKind, type ResolvedAttributes } from '../../ops/define-op.js';
import { isPointwise, slotOf } from '../../ops/execution.js';
import { opOf } from '../../ops/index.js';

const SPATIAL: ReadonlySet<OpKind> = new Set<OpKind>(['convolution', 'pooling']);

/** A convolution whose weight's first axis is its output channels: the one whose width rules change. */
export type Convolution = Node & { readonly attributes: ResolvedAttributes<'conv'> };

export function isConvolution(node: Node): node is Convolution {
  const { op } = node;
  const definition = opOf(op);
  return definition.kind === 'convolution' && slotOf(definition, 'absorbs') === true;
}

/**
 * Pixels of the map that each node works on: convolutions and pools set it, other layers take that of their inputs.
 * Shapes alone do not tell, since layers may hold channels last.
 */
export function mapAreas(graph: Graph): number[] {
  const areas = new Map<number, number>();
  return graph.nodes.map((node) => {
    const shape = graph.values[node.outputs[0] as number]?.shape ?? [];
    const inherited = Math.max(0, ...node.inputs.map((id) => areas.get(id) ?? 0));
    const own = shape.slice(2).reduce((product, side) => product * side, 1);
    const area = SPATIAL.has(opOf(node.op).kind) && shape.length === 4 ? own : inherited;
    for (const id of node.outputs) areas.set(id, area);
    return area;
  });
}

/** Convolutions whose width is not the architecture's to choose: classifiers, whose outputs are the classes. */
export function classifiers(graph: Graph): ReadonlySet<Node> {
  const producers = new Map(graph.nodes.flatMap((node) => node.outputs.map((id) => [id, node] as const)));
  const found = new Set<Node>();
  const seen = new Set<number>();
  const visit = (id: number): void => {
    const node = producers.get(id);
    if (node === undefined || seen.has(id)) return;
    seen.add(id);
    if (CONTRACTION_KINDS.has(opOf(node.op).kind)) found.add(node);
    else for (const input of node.inputs) visit(input);
  };
  for (const id of graph.outputs) if ((graph.values[id]?.shape.length ?? 0) <= 2) visit(id);
  return found;
}

/** The one layer that alone reads a value, through pointwise layers of one activation; undefined where there are more. */
export function soleReader(graph: Graph, value: number, consumers = consumersOf(graph)): Node | undefined {
  const readers = consumers[value] ?? [];
  const node = graph.nodes[readers[0] ?? -1];
  if (readers.length !== 1 || node === undefined) return undefined;
  return isPointwise(opOf(node.op)) ? soleReader(graph, node.outputs[0] as number, consumers) : node;
}
