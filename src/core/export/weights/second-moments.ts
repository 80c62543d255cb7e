import { consumersOf, type Graph, type Node, type Value } from '../../ir/graph.js';
import { callOf, slotOf } from '../../ops/execution.js';
import { opOf } from '../../ops/index.js';
import { type Moments, SHIFT } from '../../ops/moments.js';

const UNKNOWN: Moments = { mean: 0, second: 1 };

/**
 * An estimate of E[x²] for every value of a graph, layer by layer, before any number is computed. Random weights are
 * scaled by it, and running variances are set to it as training would have set them, so that activations neither die
 * nor overflow float16 in a deep graph. A stored tensor's moment is what `weights/index.ts` draws it with.
 */
export function secondMoments(graph: Graph): Float64Array {
  const moments: Moments[] = graph.values.map(({ data }) => {
    if (!data?.length) return { mean: 0, second: 1 };
    return { mean: average(data), second: average(data.map((x) => x * x)) };
  });
  const drawn = new Set<number>();
  for (const node of graph.nodes) {
    const weight = graph.values[node.inputs[1] ?? -1];
    const fanIn = weight === undefined ? undefined : fanInOf(node, weight);
    // A stored weight of a contraction is drawn for an output moment of 1 where it is first used; one that is computed
    // has the moment it has.
    if (
      weight !== undefined &&
      fanIn !== undefined &&
      isStored(weight) &&
      weight.data === undefined &&
      !drawn.has(weight.id)
    ) {
      drawn.add(weight.id);
      const input = moments[node.inputs[0] as number]?.second ?? 1;
      moments[weight.id] = { mean: 0, second: 1 / (fanIn * input) };
    }
    const output = bounded(outputMoments(graph, node, moments));
    for (const id of node.outputs) moments[id] = output;
  }
  return Float64Array.from(moments, ({ second }) => second);
}

const isStored = ({ kind }: Value) => kind === 'parameter' || kind === 'buffer' || kind === 'constant';

/** Products summed into one output element, where a weight in slot 1 is a factor. */
function fanInOf({ op, attributes }: Node, weight: Value): number | undefined {
  const fanIn = slotOf(opOf(op), 'fanIn');
  return typeof fanIn === 'function' ? fanIn(weight.shape, attributes) : undefined;
}

function outputMoments(graph: Graph, node: Node, moments: readonly Moments[]): Moments {
  const inputs = node.inputs.map((id) => moments[id] ?? UNKNOWN);
  const rule = slotOf(opOf(node.op), 'moments') ?? 'kept';
  const [x = UNKNOWN, y = UNKNOWN] = inputs;
  if (rule === 'kept') return x;
  if (rule !== 'product') return rule([x, y, ...inputs.slice(2)], callOf(graph, node));
  const weight = graph.values[node.inputs[1] ?? -1];
  const bias = (node.inputs[2] ?? -1) >= 0 ? SHIFT : 0;
  const factor = weight === undefined ? undefined : fanInOf(node, weight);
  return { mean: 0, second: factor === undefined ? 1 : factor * x.second * y.second + bias };
}

function bounded({ mean, second }: Moments): Moments {
  if (!Number.isFinite(mean) || !Number.isFinite(second)) return { mean: 0, second: 1 };
  const most = Math.min(Math.max(second, 1e-8), 1e8);
  return { mean: Math.sign(mean) * Math.min(Math.abs(mean), Math.sqrt(most)), second: most };
}

const average = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

/** How each stored tensor is used: the first node that reads it, and the slot. */
export function firstUse(graph: Graph): (id: number) => { readonly node: Node; readonly slot: number } | undefined {
  const consumers = consumersOf(graph);
  return (id) => {
    const node = graph.nodes[consumers[id]?.[0] ?? -1];
    return node === undefined ? undefined : { node, slot: node.inputs.indexOf(id) };
  };
}
