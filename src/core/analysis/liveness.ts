import type { Graph, Node } from '../ir/graph.js';
import { opOf } from '../ops/index.js';

/** Memory of activations over execution, nothing in place, views sharing the memory of what they view. */
export interface Liveness {
  /** Bytes alive while each node runs, by node index: its inputs, its outputs and whatever is read later. */
  readonly liveBytes: readonly number[];
  readonly peakBytes: number;
  /** Node that runs at the peak; -1 for an empty graph. */
  readonly peakNode: number;
  /** Values alive at the peak. */
  readonly peakValues: readonly number[];
}

/** The value whose memory each value uses: itself, or what it is a view of. */
export function memoryRoots(graph: Graph): Int32Array {
  const roots = Int32Array.from(graph.values, (value) => value.id);
  for (const node of graph.nodes) {
    if (opOf(node.op).kind !== 'view') continue;
    const source = node.inputs[0];
    if (source === undefined || source < 0) continue;
    for (const output of node.outputs) roots[output] = roots[source] as number;
  }
  return roots;
}

/** @param bytes bytes of each value, 0 for parameters, buffers and constants */
export function liveness(graph: Graph, bytes: readonly number[], roots: Int32Array): Liveness {
  const { nodes, values } = graph;
  const lastUse = new Int32Array(values.length).fill(-1);
  nodes.forEach((node, index) => {
    for (const input of node.inputs) if (input >= 0) lastUse[roots[input] as number] = index;
    for (const output of node.outputs) {
      const root = roots[output] as number;
      if ((lastUse[root] as number) < index) lastUse[root] = index;
    }
  });
  for (const output of graph.outputs) lastUse[roots[output] as number] = nodes.length;

  const endsAt: number[][] = nodes.map(() => []);
  const startsAt = new Int32Array(values.length).fill(-1);
  nodes.forEach((node, index) => {
    for (const output of node.outputs) if (roots[output] === output) startsAt[output] = index;
  });
  for (let value = 0; value < values.length; value++) {
    const end = lastUse[value] as number;
    if (end >= 0 && end < nodes.length) (endsAt[end] as number[]).push(value);
  }

  let live = 0;
  for (const input of graph.inputs) if ((lastUse[input] as number) >= 0) live += bytes[input] as number;
  let peakBytes = live;
  let peakNode = -1;
  const liveBytes = nodes.map((node, index) => {
    for (const output of node.outputs) if (roots[output] === output) live += bytes[output] as number;
    const now = live;
    if (now > peakBytes || peakNode < 0) {
      peakBytes = now;
      peakNode = index;
    }
    for (const value of endsAt[index] as number[]) live -= bytes[value] as number;
    return now;
  });

  const peakValues = values
    .filter(({ id }) => {
      if (roots[id] !== id || (bytes[id] as number) === 0) return false;
      return (startsAt[id] as number) <= peakNode && (lastUse[id] as number) >= peakNode;
    })
    .map(({ id }) => id);
  return { liveBytes, peakBytes, peakNode, peakValues };
}

/** Distinct memory that the backward pass reads: what each op keeps (`savedForBackward`), by root value. */
export function savedForBackward(graph: Graph, roots: Int32Array): Set<number> {
  const saved = new Set<number>();
  const keep = (value: number) => {
    const kind = graph.values[value]?.kind;
    if (kind === 'activation' || kind === 'input') saved.add(roots[value] as number);
  };
  for (const node of graph.nodes as readonly Node[]) {
    const op = opOf(node.op);
    if (op.kind === 'view' || op.savedForBackward === 'none') continue;
    const kept = op.savedForBackward === 'outputs' ? node.outputs : node.inputs;
    for (const value of kept) if (value >= 0) keep(value);
  }
  for (const output of graph.outputs) keep(output);
  return saved;
}
