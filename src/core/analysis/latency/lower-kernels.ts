import type { Graph, Node, Value } from '../../ir/graph.js';
import { elementCount } from '../../ir/tensor.js';
import type { OpDefinition } from '../../ops/define-op.js';
import { callOf, type KernelClass, kernelOf, slotOf } from '../../ops/execution.js';
import { fuse } from '../fuse.js';
import { type GraphIndex, indexGraph } from '../graph-index.js';
import type { ExecutionModel } from '../result.js';
import { Traffic } from '../traffic.js';
import { isComputeClass, type Kernel } from './kernel.js';
import { type AttentionStyle, attentionSizes, eagerAttention, flashWork } from './lower-attention.js';
import { arithmeticOf, type Precision, runTypes } from './precision.js';
import { StridedValues } from './strided-values.js';

export interface LoweringOptions {
  readonly execution: ExecutionModel;
  readonly precision: Precision;
  /** Whether images are fed with their channels last in memory (torch.channels_last). */
  readonly channelsLast?: boolean | undefined;
  /** How attention layers run. Default: `flash`. */
  readonly attention?: AttentionStyle | undefined;
}

/**
 * Kernels of one forward pass. `eager` follows torch: transpositions, slices and parts are views until something needs
 * their elements in order; autocast adds kernels that cast. `fused` follows `fuse.ts`: what joins a kernel adds its
 * traffic to the kernel that computes.
 */
export function lowerKernels(
  graph: Graph,
  { execution, precision, channelsLast = false, attention = 'flash' }: LoweringOptions,
): readonly Kernel[] {
  const known = lowered.get(graph) ?? new Map<string, readonly Kernel[]>();
  lowered.set(graph, known);
  const key = [execution, precision, channelsLast, attention].join();
  let kernels = known.get(key);
  if (kernels === undefined) {
    kernels = lower(graph, { execution, precision, channelsLast, attention });
    known.set(key, kernels);
  }
  return kernels;
}

/** Kernels depend on no device: a graph that is estimated on many is lowered once. */
const lowered = new WeakMap<Graph, Map<string, readonly Kernel[]>>();

function lower(
  graph: Graph,
  {
    execution,
    precision,
    channelsLast,
    attention,
  }: Required<{ [K in keyof LoweringOptions]: NonNullable<LoweringOptions[K]> }>,
): Kernel[] {
  const index = indexGraph(graph);
  const { bits, casts } = runTypes(graph, index, precision);
  const fused = fuse(graph, index);
  const own = Int32Array.from(graph.nodes, (_, at) => at);
  const read = { ...index, elements: elementsInMemory(graph, index) };
  const traffic = new Traffic(graph, read, execution === 'fused' ? fused : own, bits);
  const strided = new StridedValues(graph, execution, channelsLast);
  const batched = dependsOnInput(graph);
  const bytesOf = (id: number) => ((index.elements[id] as number) * (bits[id] as number)) / 8;
  const kernels: Kernel[] = [];
  const heads = new Map<number, number>();

  /** How an elementwise op walks its operands: in another order than its result, repeated or of another width, or alike. */
  const elementwiseClass = ({ inputs, outputs }: Node): KernelClass => {
    if (execution === 'fused') return 'elementwise';
    const result = graph.values[outputs[0] as number] as Value;
    const large = inputs.filter((id) => elementCount((graph.values[id] as Value).shape) > 1);
    const alike = (id: number) => (graph.values[id] as Value).shape.join() === result.shape.join();
    if (large.some((id) => alike(id) && strided.transposed(id) !== strided.transposed(result.id)))
      return 'transposition';
    return large.every((id) => alike(id) && bits[id] === bits[result.id] && strided.sameOrder(id, result.id))
      ? 'elementwise'
      : 'broadcast';
  };

  graph.nodes.forEach((node, at) => {
    const op = index.ops[at] as OpDefinition;
    const first = graph.values[node.outputs[0] ?? -1];
    // An op that is not known, whose result has no shape: it is listed, and not counted.
    if (first === undefined) return;
    const grows = node.outputs.some((id) => batched[id]);
    const copied = strided.visit(node, op);
    const plain = {
      node: at,
      madds: 0,
      weightBytes: 0,
      ...NO_PRODUCT,
      ...NOT_SERIAL,
      steps: 1,
      arithmetic: arithmeticOf(precision, bits[first.id] as number),
      channelsLast: strided.channelsLast(node.inputs[0] ?? -1),
      batched: grows,
    };
    if (execution === 'eager') {
      for (const id of casts[at] as readonly number[]) {
        const count = index.elements[id] as number;
        kernels.push({
          ...plain,
          class: 'cast',
          readBytes: (count * (bits[id] as number)) / 8,
          writeBytes: (count * (bits[id] as number)) / 16,
          batched: batched[id] as boolean,
        });
      }
    }
    for (const id of copied) {
      const bytes = bytesOf(id);
      kernels.push({
        ...plain,
        class: strided.transposed(id) ? 'transposition' : 'copy',
        readBytes: bytes,
        writeBytes: bytes,
        batched: batched[id] as boolean,
      });
    }
    const call = callOf(graph, node);
    const plainClass = kernelOf(op, call);
    if (execution === 'eager' && joinsAffine(graph, index, at, batched)) return;
    const name = plainClass === 'elementwise' ? elementwiseClass(node) : plainClass;
    if (name === 'none') return;
    const moved = traffic.of(at, op, call);
    const [readBytes, written] =
      execution === 'fused'
        ? [moved.fusedReadBytes, moved.fusedWriteBytes]
        : [moved.eagerReadBytes, moved.eagerWriteBytes];
    let weightBytes = 0;
    let storedBytes = 0;
    for (const id of new Set(node.inputs)) {
      // Weights, and what is computed of weights alone: the same for all images.
      if (id < 0 || batched[id]) continue;
      const bytes = bytesOf(id);
      storedBytes += bytes;
      // A weight of a lookup is not read as a whole.
      if (name !== 'gather') weightBytes += bytes;
    }
    const head = execution === 'fused' ? heads.get(fused[at] as number) : undefined;
    if (head !== undefined) {
      const kernel = kernels[head] as Kernel;
      kernels[head] = {
        ...kernel,
        readBytes: kernel.readBytes + Math.max(0, readBytes - storedBytes),
        writeBytes: kernel.writeBytes + written,
        weightBytes: kernel.weightBytes + weightBytes,
      };
      return;
    }
    heads.set(fused[at] as number, kernels.length);
    const madds = isComputeClass(name) ? op.arithmetic(call).madds : 0;
    const contraction = op.kind === 'attention' ? flashWork(attentionSizes(call)) : slotOf(op, 'contraction')?.(call);
    const shape = madds > 0 ? contraction : rowsOf(graph, node, name);
    if (op.kind === 'attention' && attention === 'eager') {
      const kernel: Kernel = { ...plain, class: name, readBytes: 0, writeBytes: 0 };
      kernels.push(...eagerAttention(attentionSizes(call), kernel, (bits[first.id] as number) / 8));
      return;
    }
    kernels.push({
      ...plain,
      class: name,
      madds,
      readBytes: name === 'gather' ? readBytes : Math.max(0, readBytes - storedBytes),
      writeBytes: written,
      weightBytes,
      ...shape,
      ...(plain.channelsLast ? undefined : slotOf(op, 'serialLoads')?.(call)),
      steps: slotOf(op, 'steps')?.(call) ?? 1,
    });
    // torch adds a convolution's bias in a kernel of its own (aten/src/ATen/native/cudnn/ConvShared.cpp), and that of
    // a linear layer whose input it had to copy (Linear.cpp: matmul, then add).
    const addsBias = op.kind === 'convolution' || (op.kind === 'linear' && copied.length > 0);
    if (execution === 'eager' && addsBias && (node.inputs[2] ?? -1) >= 0) {
      const bytes = bytesOf(first.id);
      kernels.push({ ...plain, class: 'broadcast', readBytes: bytes, writeBytes: bytes });
    }
  });
  return kernels;
}

const NO_PRODUCT = { rows: 0, depth: 0, width: 0, groups: 0 };
const NOT_SERIAL = { serialLoads: 0, threads: 0 };

/** Length of the rows that a normalisation or reduction walks, as its depth. */
function rowsOf(graph: Graph, { inputs, outputs, attributes }: Node, name: KernelClass): typeof NO_PRODUCT {
  const shape = (graph.values[inputs[0] as number] as Value).shape;
  if (name === 'softmax' || (name === 'normalization' && typeof attributes['groups'] !== 'number')) {
    return { ...NO_PRODUCT, depth: shape.at(-1) ?? 1 };
  }
  if (name !== 'reduction') return NO_PRODUCT;
  const kept = elementCount((graph.values[outputs[0] as number] as Value).shape);
  return { ...NO_PRODUCT, depth: elementCount(shape) / Math.max(1, kept) };
}

/** A product with a stored vector whose one reader adds another: torch.addcmul, one kernel, booked on the addition. */
function joinsAffine(graph: Graph, index: GraphIndex, at: number, batched: readonly boolean[]): boolean {
  const node = graph.nodes[at] as Node;
  const output = node.outputs[0] as number;
  const readers = index.consumers[output] as readonly number[];
  const part = (op: OpDefinition | undefined) => (op === undefined ? null : slotOf(op, 'affine'));
  const [readerAt = -1] = readers;
  const reader = graph.nodes[readerAt];
  if (reader === undefined || readers.length !== 1) return false;
  if (part(index.ops[at]) !== 'scale' || part(index.ops[readerAt]) !== 'shift') return false;
  const scales = (other: Node) => other.inputs.some((id) => !batched[id] && (index.elements[id] as number) > 1);
  return batched[output] === true && scales(node) && scales(reader);
}

/** By value: elements that lie in memory, fewer than it shows where it repeats them. */
function elementsInMemory(graph: Graph, index: GraphIndex): Float64Array {
  const elements = Float64Array.from(index.elements);
  graph.nodes.forEach(({ inputs, outputs }, at) => {
    if (!slotOf(index.ops[at] as OpDefinition, 'keepsRepetition')) return;
    const [source, result] = [inputs[0] as number, outputs[0] as number];
    elements[result] = Math.min(elements[result] as number, elements[source] as number);
  });
  return elements;
}

/** By value: whether it depends on an input of the graph. */
function dependsOnInput(graph: Graph): boolean[] {
  const depends = graph.values.map(({ kind }) => kind === 'input');
  for (const { inputs, outputs } of graph.nodes) {
    if (inputs.some((id) => id >= 0 && depends[id])) for (const id of outputs) depends[id] = true;
  }
  return depends;
}
