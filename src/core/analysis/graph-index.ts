import { consumersOf, type Graph, producersOf } from '../ir/graph.js';
import { elementCount } from '../ir/tensor.js';
import type { OpDefinition } from '../ops/define-op.js';
import { opOf } from '../ops/index.js';

/** What every analysis asks of a graph, computed once. */
export interface GraphIndex {
  /** Op of each node. */
  readonly ops: readonly OpDefinition[];
  /** Node that computes each value; -1 for none. */
  readonly producers: Int32Array;
  /** Nodes that read each value, in order. */
  readonly consumers: readonly (readonly number[])[];
  /** Elements of each value. */
  readonly elements: Float64Array;
  /** By value: 1 for a parameter, buffer or constant. */
  readonly stored: Uint8Array;
  /** By value: 1 for an output of the graph. */
  readonly outputs: Uint8Array;
  /** The value whose memory each value uses: itself, or what it is a view of. */
  readonly roots: Int32Array;
}

export function indexGraph(graph: Graph): GraphIndex {
  const { values, nodes } = graph;
  const elements = new Float64Array(values.length);
  const stored = new Uint8Array(values.length);
  const roots = new Int32Array(values.length);
  for (let id = 0; id < values.length; id++) {
    const { shape, kind } = values[id] as (typeof values)[number];
    elements[id] = elementCount(shape);
    stored[id] = kind === 'parameter' || kind === 'buffer' || kind === 'constant' ? 1 : 0;
    roots[id] = id;
  }
  const ops = nodes.map(({ op }) => opOf(op));
  nodes.forEach((node, index) => {
    if ((ops[index] as OpDefinition).kind !== 'view') return;
    const source = node.inputs[0];
    if (source === undefined || source < 0) return;
    for (const output of node.outputs) roots[output] = roots[source] as number;
  });
  const outputs = new Uint8Array(values.length);
  for (const output of graph.outputs) outputs[output] = 1;
  return { ops, producers: producersOf(graph), consumers: consumersOf(graph), elements, stored, outputs, roots };
}
