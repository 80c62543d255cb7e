import type { Graph, Node, Value } from '../../../core/ir/graph.js';
import { byteCount, elementCount, isFloat } from '../../../core/ir/tensor.js';
import { opOf } from '../../../core/ops/index.js';
import { resolveAttributes } from '../../../core/ops/resolve.js';

/** Outputs up to this size are downloaded as fast as a single number. */
const SMALL_BYTES = 65_536;

export interface ReducedOutputs {
  /** With the maxima of large outputs as further outputs, behind its own. */
  readonly graph: Graph;
  /** Places of the outputs to fetch in a timing: the maximum in place of what is large. */
  readonly fetches: readonly number[];
}

/** Where a runtime copies every fetched output to the host: a whole feature map would be timed with the copy of it. */
export function withReducedOutputs(graph: Graph): ReducedOutputs {
  const op = opOf('reduceMax');
  const attributes = resolveAttributes(op, {});
  const values: Value[] = [...graph.values];
  const nodes: Node[] = [...graph.nodes];
  const outputs = [...graph.outputs];
  const fetches = graph.outputs.map((id, place) => {
    const output = graph.values[id] as Value;
    if (!isFloat(output.dtype) || byteCount(elementCount(output.shape), output.dtype) <= SMALL_BYTES) return place;
    const name = `archmeter-maximum-${place}`;
    const [type] = op.infer([output], attributes);
    const maximum: Value = { ...type, id: values.length, name, kind: 'activation' } as Value;
    values.push(maximum);
    nodes.push({ name, op: op.name, scope: '', attributes, inputs: [id], outputs: [maximum.id] });
    return outputs.push(maximum.id) - 1;
  });
  return { graph: { ...graph, values, nodes, outputs }, fetches };
}
