import { consumersOf, type Graph, type Node, type Value } from '../../ir/graph.js';
import { elementCount } from '../../ir/tensor.js';

/**
 * An estimate of E[x²] for every value of a graph, layer by layer, before any number is computed. Random weights are
 * scaled by it, and running variances are set to it as training would have set them, so that activations neither die
 * nor overflow float16 in a deep graph. Residual sums grow by one per block, not by a factor.
 *
 * A stored tensor's moment is what `weights.ts` draws it with.
 */
export function secondMoments(graph: Graph): Float64Array {
  const moments = new Float64Array(graph.values.length).fill(1);
  for (const value of graph.values) {
    if (value.data?.length) moments[value.id] = mean(value.data.map((x) => x * x));
  }
  const stored = (id: number | undefined) => {
    const kind = id === undefined || id < 0 ? undefined : graph.values[id]?.kind;
    return kind === 'parameter' || kind === 'buffer' || kind === 'constant';
  };
  for (const node of graph.nodes) {
    const [first = -1, second] = node.inputs;
    const input = first < 0 ? 1 : (moments[first] as number);
    // A weight of a contraction is drawn for an output moment of 1; one that is computed has the moment it has.
    if (second !== undefined && second >= 0 && FAN_IN[node.op] && stored(second)) {
      const value = graph.values[second] as Value;
      if (value.data === undefined) moments[second] = 1 / ((FAN_IN[node.op] as FanIn)(value, node.attributes) * input);
    }
    const output = clamp(outputMoment(graph, node, moments));
    for (const id of node.outputs) moments[id] = output;
  }
  return moments;
}

type FanIn = (weight: Value, attributes: Node['attributes']) => number;

/** Products summed into one output element, by op, from the weight's shape. */
export const FAN_IN: Readonly<Record<string, FanIn>> = {
  conv: ({ shape }) => elementCount(shape.slice(1)),
  linear: ({ shape }) => shape[1] as number,
  convTranspose: ({ shape }) => shape[0] as number,
  matmul: ({ shape }, { transposeRight }) => (transposeRight ? shape.at(-1) : shape.at(-2)) ?? 1,
};

const UNIT = new Set(['batchNorm', 'layerNorm', 'groupNorm', 'instanceNorm', 'rmsNorm']);
const HALVED = new Set([
  'relu',
  'relu6',
  'leakyRelu',
  'prelu',
  'gelu',
  'quickGelu',
  'silu',
  'hardSwish',
  'mish',
  'elu',
]);
const BOUNDED = new Set(['sigmoid', 'hardSigmoid', 'tanh', 'hardTanh', 'softsign', 'clip', 'exp', 'erf', 'sin', 'cos']);

function outputMoment(graph: Graph, node: Node, moments: Float64Array): number {
  const of = (slot: number) => {
    const id = node.inputs[slot];
    return id === undefined || id < 0 ? 1 : (moments[id] as number);
  };
  const shape = (slot: number) => graph.values[node.inputs[slot] ?? -1]?.shape ?? [];
  if (UNIT.has(node.op)) return 1;
  if (HALVED.has(node.op)) return of(0) / 2;
  if (BOUNDED.has(node.op)) return Math.min(of(0), 0.5);
  const fanIn = FAN_IN[node.op];
  if (fanIn !== undefined) {
    const weight = graph.values[node.inputs[1] ?? -1];
    return weight === undefined ? 1 : fanIn(weight, node.attributes) * of(0) * of(1);
  }
  switch (node.op) {
    case 'add':
    case 'sub':
      return of(0) + of(1);
    case 'mul':
      return of(0) * of(1);
    case 'div':
      return of(0) / of(1);
    case 'square':
      return 3 * of(0) ** 2;
    case 'sqrt':
      return Math.sqrt(of(0));
    case 'rsqrt':
      return 1 / Math.sqrt(of(0));
    case 'attention':
      return of(2);
    case 'softmax':
      return (2 / ((shape(0).at(-1) as number) || 1)) ** 2;
    case 'embedding':
      return of(1);
    case 'concat': {
      const counts = node.inputs.map((_, slot) => elementCount(shape(slot)));
      const total = counts.reduce((sum, count) => sum + count, 0);
      return total === 0 ? 1 : counts.reduce((sum, count, slot) => sum + count * of(slot), 0) / total;
    }
    default:
      return of(0);
  }
}

const clamp = (moment: number) => (Number.isFinite(moment) ? Math.min(Math.max(moment, 1e-8), 1e8) : 1);
const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

/** How each stored tensor is used: the first node that reads it, and the slot. */
export function firstUse(graph: Graph): (id: number) => { readonly node: Node; readonly slot: number } | undefined {
  const consumers = consumersOf(graph);
  return (id) => {
    const node = graph.nodes[consumers[id]?.[0] ?? -1];
    return node === undefined ? undefined : { node, slot: node.inputs.indexOf(id) };
  };
}
