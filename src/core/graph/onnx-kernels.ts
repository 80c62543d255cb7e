import { consumersOf, type Graph, type Node, producersOf } from '../ir/graph.js';
import { elementCount } from '../ir/tensor.js';
import { CONTRACTION_KINDS, type OpKind } from '../ops/define-op.js';
import { opOf } from '../ops/index.js';

/** A kernel of ONNX Runtime as its profile names it (`…_kernel_time` left out), and the ONNX operator that it runs. */
export interface OnnxKernel {
  readonly name: string;
  readonly operator?: string | undefined;
  /** TensorFlow names it: `model_1/conv_a_2/Relu` ran in the layer `conv_a`. */
  readonly isScoped?: boolean | undefined;
  /** Of its first input, where the profile tells. */
  readonly elements?: number | undefined;
  /** Names of the values that it reads and writes, where the model is known as ONNX Runtime rewrote it. */
  readonly inputs?: readonly string[] | undefined;
  readonly outputs?: readonly string[] | undefined;
}

/**
 * The layer that each kernel of one run belongs to; undefined where ONNX Runtime added the kernel by itself.
 *
 * A kernel is named after an ONNX node or, where its layout was blocked, after its output; rewriting adds a suffix. A
 * convolution or product that took in what follows it is put under the layer that multiplies, as everywhere. Kernels
 * that rewriting left without a name are matched in order, those of one size where there are as many as layers of that
 * kind and size without a kernel: fused ones, what a function was expanded to, transposes that were moved.
 *
 * @param graph as it was exported, or as it was read from the file that ran (`Node.origin`)
 * @param kernels of one run, in the order run
 */
export function layersOfKernels(graph: Graph, kernels: readonly OnnxKernel[]): (Node | undefined)[] {
  const named = namesOf(graph);
  const contraction = contractionsBefore(graph);
  const joined = kernels.map(({ name, operator = '', isScoped = false, outputs = [] }) => {
    const writes = CONVERTS.test(operator) ? [] : outputs;
    const node =
      nodeNamed(named, name) ??
      (isScoped ? nodeScoped(named, name) : undefined) ??
      writes.map((output) => named.get(output)).find((one) => one !== undefined);
    return node !== undefined && MULTIPLIES.test(operator) ? (contraction(node) ?? node) : node;
  });
  const taken = new Set(joined);
  const sizeOf = (node: Node) => elementCount(graph.values[node.inputs[0] ?? -1]?.shape ?? []);
  const hasSizes = kernels.every(({ elements }) => elements !== undefined);
  for (const [operator, op] of NAMELESS) {
    const open = kernels.flatMap((kernel, i) =>
      joined[i] === undefined && operator.test(kernel.operator ?? '') ? [i] : [],
    );
    const layers = graph.nodes.filter((node) => node.op === op && !taken.has(node));
    const sizes = hasSizes ? [...new Set(layers.map(sizeOf))] : [undefined];
    for (const size of sizes) {
      const kernelsOf = open.filter((at) => size === undefined || kernels[at]?.elements === size);
      const layersOf = layers.filter((node) => size === undefined || sizeOf(node) === size);
      if (kernelsOf.length !== layersOf.length) continue;
      kernelsOf.forEach((at, i) => {
        joined[at] = layersOf[i];
      });
    }
  }
  return joined;
}

/** Operators that change how values lie or are stored, and nothing else. */
const CONVERTS =
  /^(Reorder(In|Out)put|Transpose|Reshape|Squeeze|Unsqueeze|Flatten|Identity|Cast|(Dynamic)?QuantizeLinear|DequantizeLinear|Memcpy\w+)$/;

/**
 * The layer that each conversion which ONNX Runtime added serves: the first that reads what it wrote, over further
 * conversions; of an output of the model the layer that computed it. Undefined for all other kernels.
 *
 * @param kernels of one run, in the order run, with the values that they read and write
 * @param layers of each kernel, as `layersOfKernels` gives them
 */
export function layersServed(
  kernels: readonly OnnxKernel[],
  layers: readonly (Node | undefined)[],
): (Node | undefined)[] {
  const served = new Array<Node | undefined>(kernels.length);
  const isOpen = (at: number) => layers[at] === undefined && CONVERTS.test(kernels[at]?.operator ?? '');
  const readers = new Map<string, Node>();
  for (let at = kernels.length - 1; at >= 0; at--) {
    const { inputs = [], outputs = [] } = kernels[at] as OnnxKernel;
    if (isOpen(at)) served[at] = outputs.map((output) => readers.get(output)).find((node) => node !== undefined);
    const reader = layers[at] ?? served[at];
    if (reader !== undefined) for (const input of inputs) readers.set(input, reader);
  }
  const writers = new Map<string, Node>();
  kernels.forEach(({ inputs = [], outputs = [] }, at) => {
    if (isOpen(at)) served[at] ??= inputs.map((input) => writers.get(input)).find((node) => node !== undefined);
    const writer = layers[at] ?? served[at];
    if (writer !== undefined) for (const output of outputs) writers.set(output, writer);
  });
  return served;
}

/** Operators that ONNX Runtime names by themselves alone, and the op whose layer they are. */
const NAMELESS: readonly (readonly [RegExp, string])[] = [
  [/^(Skip)?(Simplified)?LayerNormalization$/, 'layerNorm'],
  [/^(Fast|Bias)?Gelu$/, 'gelu'],
  // Written out in the file, fused by ONNX Runtime.
  [/^(Fast|Bias)?Gelu$/, 'erf'],
  // The function HardSwish, expanded.
  [/^HardSigmoid$/, 'hardSwish'],
  [/^Mul$/, 'hardSwish'],
  [/^Transpose$/, 'transpose'],
];

const MULTIPLIES =
  /^(Fused|_MklNativeFused|_Fused|QLinear|Transpose)?(Conv|ConvTranspose|Conv2D|Gemm|MatMul|MatMulNBits|NhwcConv|ConvInteger)$/;

function namesOf({ nodes, values }: Graph): Map<string, Node> {
  const named = new Map<string, Node>();
  const add = (name: string | undefined, node: Node) => {
    if (name !== undefined && !named.has(name)) named.set(name, node);
  };
  // A file's own names come first: a layer may be called as another node's output is.
  for (const node of nodes) for (const name of node.origin ?? []) add(name, node);
  for (const node of nodes) {
    add(node.name, node);
    for (const output of node.outputs) add(values[output]?.name, node);
  }
  return named;
}

/** What rewriting appends: a blocked layout, a number that makes a name unique, the name of a fusion. */
const SUFFIX = /(_nchwc|_nhwc|_bn|_token_\d+|_new_reshape|_\d+|\/[\w.]*Fusion\/?|\/)$/;

function nodeNamed(named: ReadonlyMap<string, Node>, kernel: string): Node | undefined {
  let name = kernel.replace(/^fused /, '');
  for (;;) {
    const node = named.get(name);
    if (node !== undefined) return node;
    const shorter = name.replace(SUFFIX, '');
    if (shorter === name) break;
    name = shorter;
  }
  // An op that was exported as several ONNX nodes: `layer/Type`.
  for (let end = kernel.lastIndexOf('/'); end > 0; end = kernel.lastIndexOf('/', end - 1)) {
    const node = named.get(kernel.slice(0, end));
    if (node !== undefined) return node;
  }
  return undefined;
}

/** The layer whose scope it ran in, without the model's own before it and the numbers of repeated calls after it. */
function nodeScoped(named: ReadonlyMap<string, Node>, kernel: string): Node | undefined {
  const parts = kernel.split('/');
  for (let start = 0; start < parts.length; start++) {
    for (let end = parts.length; end > start; end--) {
      const name = parts.slice(start, end).join('/');
      const node = named.get(name) ?? named.get(name.replace(/_\d+$/, ''));
      if (node !== undefined) return node;
    }
  }
  return undefined;
}

/** Kinds of layers that run inside the kernel of a product before them. */
const INSIDE: ReadonlySet<OpKind> = new Set<OpKind>(['normalization', 'activation', 'elementwise', 'view']);

/** From a layer to the product whose kernel it runs in: back along values that nothing else reads. */
function contractionsBefore(graph: Graph): (node: Node) => Node | undefined {
  const producers = producersOf(graph);
  const consumers = consumersOf(graph);
  const find = (node: Node, steps: number): Node | undefined => {
    const { kind } = opOf(node.op);
    if (CONTRACTION_KINDS.has(kind)) return node;
    if (steps === 0 || !INSIDE.has(kind)) return undefined;
    for (const input of node.inputs) {
      const producer = graph.nodes[producers[input] ?? -1];
      if (producer === undefined || consumers[input]?.length !== 1) continue;
      const found = find(producer, steps - 1);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return (node) => find(node, 6);
}
