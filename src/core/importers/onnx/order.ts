import { ArchmeterError } from '../../errors.js';
import type { GraphProto, NodeProto } from './protobuf/messages.js';

/**
 * The nodes that lead to the outputs, each after those it reads from: in the file's order where that is one, else
 * depth first.
 *
 * @param isGiven whether a name stands for something from outside: an input, a stored tensor, an outer graph's tensor
 * @throws ArchmeterError for a name that nothing produces or two nodes do, and for cycles
 */
export function orderNodes(
  nodes: readonly NodeProto[],
  outputs: readonly string[],
  isGiven: (name: string) => boolean,
): NodeProto[] {
  const producers = producersOf(nodes);
  const visited = new Int8Array(nodes.length);
  const order: number[] = [];
  const stack: { readonly node: number; readonly reads: readonly string[]; next: number }[] = [];

  const visit = (name: string, reader: string): void => {
    const producer = producers.get(name);
    if (producer === undefined) {
      if (isGiven(name)) return;
      throw new ArchmeterError(`${reader} '${name}', which nothing produces`, DAMAGED);
    }
    if (visited[producer] === DONE) return;
    const node = nodes[producer] as NodeProto;
    if (visited[producer] === OPEN) {
      throw new ArchmeterError(`${labelOf(node)} depends on its own output '${name}'`, DAMAGED);
    }
    visited[producer] = OPEN;
    stack.push({ node: producer, reads: readsOf(node), next: 0 });
  };

  const targets = outputs.length > 0 ? outputs : [...producers.keys()];
  for (const target of targets) {
    visit(target, 'the graph gives out');
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const name = top.reads[top.next++];
      if (name !== undefined) visit(name, `${labelOf(nodes[top.node] as NodeProto)} reads`);
      else {
        visited[top.node] = DONE;
        order.push(top.node);
        stack.pop();
      }
    }
  }
  const inFile = order.toSorted((a, b) => a - b);
  return (runsInOrder(inFile, nodes, producers) ? inFile : order).map((i) => nodes[i] as NodeProto);
}

const OPEN = 1;
const DONE = 2;
const DAMAGED = 'The file is damaged, or was cut out of a larger model wrongly; export it again.';

function producersOf(nodes: readonly NodeProto[]): Map<string, number> {
  const producers = new Map<string, number>();
  nodes.forEach((node, i) => {
    for (const name of node.outputs) {
      if (name === '') continue;
      const other = producers.get(name);
      if (other !== undefined) {
        const [first, second] = [nodes[other] as NodeProto, node].map(labelOf);
        throw new ArchmeterError(`'${name}' is produced twice: by ${first} and by ${second}`, DAMAGED);
      }
      producers.set(name, i);
    }
  });
  return producers;
}

function runsInOrder(
  order: readonly number[],
  nodes: readonly NodeProto[],
  producers: ReadonlyMap<string, number>,
): boolean {
  return order.every((i) => readsOf(nodes[i] as NodeProto).every((name) => (producers.get(name) ?? -1) < i));
}

/** Names that a node reads: its inputs, and what its branches and loop bodies take from around it. */
function readsOf(node: NodeProto): string[] {
  const reads = node.inputs.filter((name) => name !== '');
  for (const { graph } of node.attributes) if (graph !== undefined) reads.push(...capturedBy(graph));
  return reads;
}

const captured = new WeakMap<GraphProto, readonly string[]>();

/** Names that a graph inside a node takes from the graphs around it. */
export function capturedBy(graph: GraphProto): readonly string[] {
  const known = captured.get(graph);
  if (known !== undefined) return known;
  const own = new Set<string>();
  for (const { name } of [...graph.inputs, ...graph.initializers]) own.add(name);
  for (const { values } of graph.sparseInitializers) own.add(values?.name ?? '');
  for (const { outputs } of graph.nodes) for (const name of outputs) own.add(name);
  const outside = new Set<string>();
  for (const node of graph.nodes) for (const name of readsOf(node)) if (!own.has(name)) outside.add(name);
  for (const { name } of graph.outputs) if (!own.has(name) && name !== '') outside.add(name);
  const names = [...outside];
  captured.set(graph, names);
  return names;
}

export function labelOf({ name, type, outputs }: NodeProto): string {
  return name === '' ? `${type} node of '${outputs.find((output) => output !== '') ?? ''}'` : `${type} '${name}'`;
}
