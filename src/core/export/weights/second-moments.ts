import { consumersOf, type Graph, type Node, type Value } from '../../ir/graph.js';
import { elementCount } from '../../ir/tensor.js';

/** Mean and E[x²] of a value's elements. */
interface Moments {
  readonly mean: number;
  readonly second: number;
}

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
    const fanIn = FAN_IN[node.op];
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
      moments[weight.id] = { mean: 0, second: 1 / (fanIn(weight, node.attributes) * input) };
    }
    const output = bounded(outputMoments(graph, node, moments));
    for (const id of node.outputs) moments[id] = output;
  }
  return Float64Array.from(moments, ({ second }) => second);
}

const isStored = ({ kind }: Value) => kind === 'parameter' || kind === 'buffer' || kind === 'constant';

type FanIn = (weight: Value, attributes: Node['attributes']) => number;

/** Products summed into one output element, by op, from the weight's shape. */
export const FAN_IN: Readonly<Record<string, FanIn>> = {
  conv: ({ shape }) => elementCount(shape.slice(1)),
  linear: ({ shape }) => shape[1] as number,
  convTranspose: ({ shape }) => shape[0] as number,
  matmul: ({ shape }, { transposeRight }) => (transposeRight ? shape.at(-1) : shape.at(-2)) ?? 1,
};

/**
 * What scales and shifts add, with the ranges of `weights/index.ts`. E[scale²] of [0.5, 1.5] is 13/12, E[shift²] of ±0.2
 * is 0.04/3. Batch norm divides by a variance drawn from [0.5, 1.5] of the estimate, E[1/v] = ln 3, and moves the mean
 * by up to ±0.3: what is left out here would grow with every layer.
 */
const SHIFT = 0.04 / 3;
const NORMALIZED = 13 / 12 + SHIFT;
const BATCH_NORMALIZED = (13 / 12) * Math.log(3) * (1 + 0.09 / 3) + SHIFT;

const NORMALIZING = new Set(['layerNorm', 'groupNorm', 'instanceNorm', 'rmsNorm']);
const RECTIFYING = new Set([
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
const GATING = new Set(['sigmoid', 'hardSigmoid']);
const BOUNDED = new Set(['tanh', 'hardTanh', 'softsign', 'clip', 'erf', 'sin', 'cos']);

function outputMoments(graph: Graph, node: Node, moments: readonly Moments[]): Moments {
  const of = (slot: number): Moments => moments[node.inputs[slot] ?? -1] ?? { mean: 0, second: 1 };
  const shape = (slot: number) => graph.values[node.inputs[slot] ?? -1]?.shape ?? [];
  const [x, y] = [of(0), of(1)];
  if (node.op === 'batchNorm') return { mean: 0, second: BATCH_NORMALIZED };
  if (NORMALIZING.has(node.op)) return { mean: 0, second: NORMALIZED };
  if (RECTIFYING.has(node.op)) return rectified(x);
  if (GATING.has(node.op)) return { mean: 0.5, second: 0.3 };
  if (BOUNDED.has(node.op)) return { mean: 0, second: Math.min(x.second, 0.5) };
  const fanIn = FAN_IN[node.op];
  if (fanIn !== undefined) {
    const weight = graph.values[node.inputs[1] ?? -1];
    const bias = node.op !== 'matmul' && (node.inputs[2] ?? -1) >= 0 ? SHIFT : 0;
    return { mean: 0, second: weight === undefined ? 1 : fanIn(weight, node.attributes) * x.second * y.second + bias };
  }
  switch (node.op) {
    case 'add':
      return { mean: x.mean + y.mean, second: x.second + y.second + 2 * x.mean * y.mean };
    case 'sub':
      return { mean: x.mean - y.mean, second: x.second + y.second - 2 * x.mean * y.mean };
    case 'mul':
      return { mean: x.mean * y.mean, second: x.second * y.second };
    case 'div':
      return { mean: x.mean / Math.sqrt(y.second), second: x.second / y.second };
    case 'square':
      return { mean: x.second, second: 3 * x.second ** 2 };
    case 'sqrt':
      return { mean: Math.sqrt(Math.abs(x.mean)), second: Math.max(x.mean, Math.sqrt(x.second) / 2) };
    case 'rsqrt':
      return { mean: x.second ** -0.25, second: x.second ** -0.5 };
    case 'exp': {
      const variance = Math.min(x.second, 1);
      return { mean: Math.exp(variance / 2), second: Math.exp(2 * variance) };
    }
    case 'maxPool': {
      const deviation = Math.sqrt(varianceOf(x));
      const mean = x.mean + deviation;
      return { mean, second: mean ** 2 + deviation ** 2 / 2 };
    }
    case 'attention':
      return of(2);
    case 'softmax': {
      const mean = 1 / (shape(0).at(-1) || 1);
      return { mean, second: 3 * mean ** 2 };
    }
    case 'embedding':
      return y;
    case 'concat': {
      const counts = node.inputs.map((_, slot) => elementCount(shape(slot)));
      const total = counts.reduce((sum, count) => sum + count, 0);
      const mix = (part: (m: Moments) => number) =>
        total === 0 ? 0 : counts.reduce((sum, count, slot) => sum + count * part(of(slot)), 0) / total;
      return { mean: mix(({ mean }) => mean), second: mix(({ second }) => second) };
    }
    default:
      return x;
  }
}

const varianceOf = ({ mean, second }: Moments) => Math.max(second - mean ** 2, 0);

/** max(x, 0) of a normal x: mean μΦ + σφ, second moment (μ² + σ²)Φ + μσφ, with Φ and φ at μ/σ. */
function rectified(x: Moments): Moments {
  const deviation = Math.sqrt(varianceOf(x)) || 1e-6;
  const z = x.mean / deviation;
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  // Logistic approximation of the normal distribution (Page 1977), within 2·10⁻⁴.
  const below = 1 / (1 + Math.exp(-1.5976 * z - 0.070566 * z ** 3));
  return {
    mean: x.mean * below + deviation * density,
    second: x.second * below + x.mean * deviation * density,
  };
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
