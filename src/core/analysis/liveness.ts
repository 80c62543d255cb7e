import type { Graph, Node } from '../ir/graph.js';
import type { OpDefinition } from '../ops/define-op.js';
import type { GraphIndex } from './graph-index.js';

/** Memory of activations over execution, nothing in place, views sharing the memory of what they view. */
export interface Liveness {
  /** Bytes alive while each node runs, by node index: its inputs, its outputs and whatever is read later. */
  readonly liveBytes: Float64Array;
  readonly peakBytes: number;
  /** Node that runs at the peak; -1 for an empty graph. */
  readonly peakNode: number;
  /** Values alive at the peak. */
  readonly peakValues: readonly number[];
}

/** @param bytes bytes of each value, 0 for parameters, buffers and constants */
export function liveness(graph: Graph, { roots }: GraphIndex, bytes: Float64Array): Liveness {
  const { nodes, values } = graph;
  const lastUse = new Int32Array(values.length).fill(-1);
  const firstUse = new Int32Array(values.length).fill(-1);
  for (let at = 0; at < nodes.length; at++) {
    const { inputs, outputs } = nodes[at] as Node;
    for (const input of inputs) if (input >= 0) lastUse[roots[input] as number] = at;
    for (const output of outputs) {
      const root = roots[output] as number;
      if ((lastUse[root] as number) < at) lastUse[root] = at;
      if (root === output) firstUse[output] = at;
    }
  }
  for (const output of graph.outputs) lastUse[roots[output] as number] = nodes.length;

  /** Change of live bytes when each node starts, and after it has ended. */
  const change = new Float64Array(nodes.length + 2);
  for (let id = 0; id < values.length; id++) {
    const last = lastUse[id] as number;
    if (last < 0 || bytes[id] === 0) continue;
    const first = Math.max(firstUse[id] as number, 0);
    change[first] = (change[first] as number) + (bytes[id] as number);
    change[last + 1] = (change[last + 1] as number) - (bytes[id] as number);
  }
  const liveBytes = new Float64Array(nodes.length);
  let live = 0;
  let peakBytes = 0;
  let peakNode = -1;
  for (let at = 0; at < nodes.length; at++) {
    live += change[at] as number;
    liveBytes[at] = live;
    if (peakNode < 0 || live > peakBytes) {
      peakBytes = live;
      peakNode = at;
    }
  }
  const peakValues: number[] = [];
  for (let id = 0; id < values.length; id++) {
    if (bytes[id] === 0 || roots[id] !== id || peakNode < 0) continue;
    if ((firstUse[id] as number) <= peakNode && (lastUse[id] as number) >= peakNode) peakValues.push(id);
  }
  return { liveBytes, peakBytes, peakNode, peakValues };
}

/** Distinct memory that the backward pass reads: what each op keeps (`savedForBackward`), by root value. */
export function savedForBackward(graph: Graph, { ops, roots, stored }: GraphIndex): Set<number> {
  const saved = new Set<number>();
  for (let at = 0; at < graph.nodes.length; at++) {
    const node = graph.nodes[at] as Node;
    const op = ops[at] as OpDefinition;
    if (op.kind === 'view' || op.savedForBackward === 'none') continue;
    for (const value of op.savedForBackward === 'outputs' ? node.outputs : node.inputs) {
      if (value >= 0 && stored[value] === 0) saved.add(roots[value] as number);
    }
  }
  for (const output of graph.outputs) if (stored[output] === 0) saved.add(roots[output] as number);
  return saved;
}
