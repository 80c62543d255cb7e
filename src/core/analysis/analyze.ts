import { ArchmeterError } from '../errors.js';
import { consumersOf, type Graph, type Node, producersOf, type Value } from '../ir/graph.js';
import { byteCount, type DType, elementCount, isFloat, type Shape, type TensorType } from '../ir/tensor.js';
import { CONTRACTION_KINDS, type OpCall, type OpDefinition } from '../ops/define-op.js';
import { opOf } from '../ops/index.js';
import { ARCHMETER_VERSION } from '../version.js';
import { fuse } from './fuse.js';
import { type Liveness, liveness, memoryRoots, savedForBackward } from './liveness.js';
import {
  ANALYSIS_SCHEMA,
  type AnalysisOptions,
  type AnalysisResult,
  type LayerAnalysis,
  type UnsupportedOp,
} from './result.js';
import { sumLayers } from './totals.js';

export interface AnalyzeOptions {
  /** Default `eager`. */
  readonly execution?: AnalysisOptions['execution'] | undefined;
  /** Counts every floating-point tensor in this type instead of its own. */
  readonly dtype?: DType | undefined;
  /** Recorded in the result; the caller has left the head out of the graph. */
  readonly excludeHead?: boolean | undefined;
}

/**
 * Costs of every layer and of the whole model, exactly, from shapes alone.
 *
 * @param graph a complete graph, as GraphBuilder makes it
 * @returns per-layer figures in execution order and their totals; definitions in `core/units.ts`
 */
export function analyze(graph: Graph, options: AnalyzeOptions = {}): AnalysisResult {
  const execution = options.execution ?? 'eager';
  const { values, nodes } = graph;
  const dtypeOf = (value: Value): DType =>
    options.dtype !== undefined && isFloat(value.dtype) ? options.dtype : value.dtype;
  const elements = values.map((value) => elementCount(value.shape));
  const bytes = values.map((value, id) => byteCount(elements[id] as number, dtypeOf(value)));
  const isStored = values.map(({ kind }) => kind === 'parameter' || kind === 'buffer' || kind === 'constant');
  const activationBytes = bytes.map((count, id) => (isStored[id] ? 0 : count));

  const kernels = fuse(graph);
  const producers = producersOf(graph);
  const roots = memoryRoots(graph);
  const live = liveness(graph, activationBytes, roots);
  const boundary = kernelBoundary(graph, kernels, producers);
  const gradients = requiresGradient(graph);
  const owned = new Set<number>();

  const layers = nodes.map((node, index): LayerAnalysis => {
    const op = opOf(node.op);
    const call = callOf(graph, node);
    const { madds, flops } = op.arithmetic(call);
    const isView = op.kind === 'view';
    const reads = isView ? undefined : op.reads?.(call);
    const writes = isView ? undefined : op.writes?.(call);

    let params = 0;
    let paramBytes = 0;
    let readElements = 0;
    let eagerReadBytes = 0;
    let fusedReadBytes = 0;
    for (let slot = 0; slot < node.inputs.length; slot++) {
      const id = node.inputs[slot] as number;
      if (id < 0 || node.inputs.indexOf(id) !== slot) continue;
      if ((values[id] as Value).kind === 'parameter' && !owned.has(id)) {
        owned.add(id);
        params += elements[id] as number;
        paramBytes += bytes[id] as number;
      }
      if (isView) continue;
      const count = reads?.[slot] ?? (elements[id] as number);
      const size = count === elements[id] ? (bytes[id] as number) : byteCount(count, dtypeOf(values[id] as Value));
      readElements += count;
      eagerReadBytes += size;
      if (boundary.reads(index, id)) fusedReadBytes += size;
    }
    let writtenElements = 0;
    let eagerWriteBytes = 0;
    let fusedWriteBytes = 0;
    if (!isView) {
      node.outputs.forEach((id, slot) => {
        const count = writes?.[slot] ?? (elements[id] as number);
        const size = count === elements[id] ? (bytes[id] as number) : byteCount(count, dtypeOf(values[id] as Value));
        writtenElements += count;
        eagerWriteBytes += size;
        if (boundary.writes(index, id)) fusedWriteBytes += size;
      });
    }

    const trainingFlops = flops + backwardFlops(op, node, madds, flops, gradients);
    if (trainingFlops > Number.MAX_SAFE_INTEGER) {
      throw new ArchmeterError('its counts exceed 2^53 and would not be exact', 'Use a smaller input.', {
        layer: node.name,
        line: node.line,
      });
    }
    const memoryAccessCost = op.memoryAccessCost?.(call) ?? readElements + writtenElements;
    const bound = op.memoryAccessCostLowerBound?.(call) ?? null;
    const readBytes = execution === 'eager' ? eagerReadBytes : fusedReadBytes;
    const writeBytes = execution === 'eager' ? eagerWriteBytes : fusedWriteBytes;
    const data = node.inputs.filter((id) => id >= 0 && !isStored[id]);
    return {
      name: node.name,
      op: node.op === 'opaque' ? String(node.attributes.type) : node.op,
      kind: op.kind,
      scope: node.scope,
      kernel: kernels[index] as number,
      inputShapes: data.map((id) => (values[id] as Value).shape),
      outputShapes: node.outputs.map((id) => (values[id] as Value).shape),
      weightShapes: node.inputs.filter((id) => id >= 0 && isStored[id]).map((id) => (values[id] as Value).shape),
      groups: typeof node.attributes.groups === 'number' ? node.attributes.groups : 1,
      inputLayers: data.map((id) => nodes[producers[id] as number]?.name ?? (values[id] as Value).name),
      params,
      paramBytes,
      madds,
      flops,
      activations: op.kind === 'convolution' || op.kind === 'linear' ? elementCount(outputShape(call)) : 0,
      memoryAccessCost,
      memoryAccessCostLowerBound: bound,
      memoryAccessCostRatio: bound === null || bound === 0 ? null : memoryAccessCost / bound,
      readBytes,
      writeBytes,
      eagerReadBytes,
      eagerWriteBytes,
      fusedReadBytes,
      fusedWriteBytes,
      arithmeticIntensity: readBytes + writeBytes === 0 ? null : flops / (readBytes + writeBytes),
      liveActivationBytes: live.liveBytes[index] as number,
      trainingFlops,
      ...(node.line === undefined ? {} : { line: node.line }),
    };
  });

  const totals = sumLayers(layers, {
    execution,
    parameters: values
      .filter(({ kind }) => kind === 'parameter')
      .map(({ id }) => [elements[id] as number, bytes[id] as number]),
    buffers: values.reduce((sum, { id, kind }) => (kind === 'buffer' ? sum + (elements[id] as number) : sum), 0),
    peak: describePeak(graph, live, activationBytes),
    peakTrainingBytes: [...savedForBackward(graph, roots)].reduce(
      (sum, id) => sum + (activationBytes[id] as number),
      0,
    ),
  });
  const named = (id: number) => {
    const { name, shape, dtype } = values[id] as Value;
    return { name, shape, dtype };
  };
  const firstInput = values[graph.inputs[0] ?? -1];
  return {
    schema: ANALYSIS_SCHEMA,
    archmeter: ARCHMETER_VERSION,
    model: {
      name: graph.name,
      source: graph.source ?? null,
      inputs: graph.inputs.map(named),
      outputs: graph.outputs.map(named),
    },
    options: {
      execution,
      dtype: options.dtype ?? firstInput?.dtype ?? 'float32',
      batch: firstInput?.shape[0] ?? 1,
      excludeHead: options.excludeHead ?? false,
    },
    totals,
    layers,
    unsupportedOps: unsupportedOps(nodes),
    notes: graph.notes,
  };
}

/** The call that a node stands for: types of its inputs and outputs. */
export function callOf(graph: Graph, node: Node): OpCall<Record<string, unknown>> {
  const inputs: (TensorType | undefined)[] = new Array(node.inputs.length);
  for (let i = 0; i < inputs.length; i++) inputs[i] = graph.values[node.inputs[i] as number];
  return { inputs, outputs: node.outputs.map((id) => graph.values[id] as Value), attributes: node.attributes };
}

function outputShape(call: OpCall<unknown>): Shape {
  return (call.outputs[0] as TensorType).shape;
}

/** Which values cross a kernel's boundary: each is read once by a kernel, and written only if another reads it. */
function kernelBoundary(graph: Graph, kernels: Int32Array, producers: Int32Array) {
  const consumers = consumersOf(graph);
  const outputs = new Set(graph.outputs);
  return {
    reads(index: number, value: number): boolean {
      const kernel = kernels[index] as number;
      const producer = producers[value] as number;
      if (producer >= 0 && kernels[producer] === kernel) return false;
      const first = (consumers[value] as number[]).find((reader) => kernels[reader] === kernel);
      return first === index;
    },
    writes(index: number, value: number): boolean {
      const readers = consumers[value] as number[];
      if (readers.length === 0 || outputs.has(value)) return true;
      return readers.some((reader) => kernels[reader] !== kernels[index]);
    },
  };
}

/** By value id: whether a trained parameter lies at or before it. */
function requiresGradient(graph: Graph): boolean[] {
  const gradients = graph.values.map(({ kind }) => kind === 'parameter');
  for (const node of graph.nodes) {
    if (node.inputs.some((id) => id >= 0 && gradients[id])) for (const output of node.outputs) gradients[output] = true;
  }
  return gradients;
}

/** A contraction costs its multiply-adds again for each of its two operands that needs a gradient; other work costs itself. */
function backwardFlops(op: OpDefinition, node: Node, madds: number, flops: number, gradients: boolean[]): number {
  if (!node.outputs.some((id) => gradients[id])) return 0;
  if (!CONTRACTION_KINDS.has(op.kind)) return flops;
  const twoOperands = op.kind !== 'attention' && op.kind !== 'recurrent';
  const needed = twoOperands ? node.inputs.slice(0, 2).filter((id) => id >= 0 && gradients[id]).length : 2;
  return 2 * madds * needed + (flops - 2 * madds);
}

function describePeak(graph: Graph, live: Liveness, bytes: readonly number[]) {
  return {
    bytes: live.peakBytes,
    layer: graph.nodes[live.peakNode]?.name ?? null,
    tensors: live.peakValues
      .map((id) => ({ name: (graph.values[id] as Value).name, bytes: bytes[id] as number }))
      .sort((a, b) => b.bytes - a.bytes),
  };
}

function unsupportedOps(nodes: readonly Node[]): UnsupportedOp[] {
  const found = new Map<string, { layers: string[]; reason: string | null }>();
  for (const { op, name, attributes } of nodes) {
    if (op !== 'opaque') continue;
    const type = String(attributes.type);
    const entry = found.get(type) ?? { layers: [], reason: (attributes.reason as string | undefined) ?? null };
    entry.layers.push(name);
    found.set(type, entry);
  }
  return [...found].map(([type, { layers, reason }]) => ({ type, count: layers.length, layers, reason }));
}
