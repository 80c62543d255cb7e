import { ArchmeterError } from '../errors.js';
import type { Graph, Node, Value } from '../ir/graph.js';
import { DTYPE_BITS, type DType, isFloat, type Shape } from '../ir/tensor.js';
import { CONTRACTION_KINDS, type OpDefinition } from '../ops/define-op.js';
import { callOf } from '../ops/execution.js';
import { opOf } from '../ops/index.js';
import { ARCHMETER_VERSION } from '../version.js';
import { fuse } from './fuse.js';
import { indexGraph } from './graph-index.js';
import { type Liveness, liveness, savedForBackward } from './liveness.js';
import {
  ANALYSIS_SCHEMA,
  type AnalysisOptions,
  type AnalysisResult,
  type LayerAnalysis,
  type UnsupportedOp,
} from './result.js';
import { sumLayers } from './totals.js';
import { Traffic } from './traffic.js';

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
  const index = indexGraph(graph);
  const { elements, stored } = index;
  const bits = bitsOf(values, options.dtype);
  const bytes = elements.map((count, id) => Math.ceil((count * (bits[id] as number)) / 8));
  const activationBytes = bytes.map((count, id) => (stored[id] === 1 ? 0 : count));
  const live = liveness(graph, index, activationBytes);
  const kernels = fuse(graph, index);
  const traffic = new Traffic(graph, index, kernels, bits);
  const gradients = requiresGradient(graph);
  const owned = new Uint8Array(values.length);

  const layers = nodes.map((node, at): LayerAnalysis => {
    const op = index.ops[at] as OpDefinition;
    const call = callOf(graph, node);
    const { madds, flops } = op.arithmetic(call);
    const moved = traffic.of(at, op, call);
    const trainingFlops = flops + backwardFlops(op, node, madds, flops, gradients);
    if (trainingFlops > Number.MAX_SAFE_INTEGER) {
      throw new ArchmeterError('its counts exceed 2^53 and would not be exact', 'Use a smaller input.', {
        layer: node.name,
        line: node.line,
      });
    }
    let params = 0;
    let paramBytes = 0;
    const inputShapes: Shape[] = [];
    const weightShapes: Shape[] = [];
    const inputLayers: string[] = [];
    for (const id of node.inputs) {
      if (id < 0) continue;
      const value = values[id] as Value;
      if (stored[id] === 0) {
        inputShapes.push(value.shape);
        inputLayers.push(nodes[index.producers[id] as number]?.name ?? value.name);
        continue;
      }
      weightShapes.push(value.shape);
      if (value.kind !== 'parameter' || owned[id] === 1) continue;
      owned[id] = 1;
      params += elements[id] as number;
      paramBytes += bytes[id] as number;
    }
    const memoryAccessCost = op.memoryAccessCost?.(call) ?? moved.elements;
    const bound = op.memoryAccessCostLowerBound?.(call) ?? null;
    const readBytes = execution === 'eager' ? moved.eagerReadBytes : moved.fusedReadBytes;
    const writeBytes = execution === 'eager' ? moved.eagerWriteBytes : moved.fusedWriteBytes;
    const { groups } = node.attributes;
    const layer: LayerAnalysis = {
      name: node.name,
      op: op.kind === 'opaque' ? String(node.attributes['type']) : node.op,
      kind: op.kind,
      scope: node.scope,
      kernel: kernels[at] as number,
      inputShapes,
      outputShapes: node.outputs.map((id) => (values[id] as Value).shape),
      weightShapes,
      groups: op.kind === 'convolution' && typeof groups === 'number' ? groups : 1,
      inputLayers,
      params,
      paramBytes,
      madds,
      flops,
      activations:
        op.kind === 'convolution' || op.kind === 'linear' ? (elements[node.outputs[0] as number] as number) : 0,
      memoryAccessCost,
      memoryAccessCostLowerBound: bound,
      memoryAccessCostRatio: bound === null || bound === 0 ? null : memoryAccessCost / bound,
      readBytes,
      writeBytes,
      eagerReadBytes: moved.eagerReadBytes,
      eagerWriteBytes: moved.eagerWriteBytes,
      fusedReadBytes: moved.fusedReadBytes,
      fusedWriteBytes: moved.fusedWriteBytes,
      arithmeticIntensity: readBytes + writeBytes === 0 ? null : flops / (readBytes + writeBytes),
      liveActivationBytes: live.liveBytes[at] as number,
      trainingFlops,
    };
    return node.line === undefined ? layer : { ...layer, line: node.line };
  });

  let peakTrainingBytes = 0;
  for (const id of savedForBackward(graph, index)) peakTrainingBytes += activationBytes[id] as number;
  const firstInput = values[graph.inputs[0] ?? -1];
  return {
    schema: ANALYSIS_SCHEMA,
    archmeter: ARCHMETER_VERSION,
    model: {
      name: graph.name,
      source: graph.source ?? null,
      inputs: graph.inputs.map((id) => describe(values[id] as Value)),
      outputs: graph.outputs.map((id) => describe(values[id] as Value)),
    },
    options: {
      execution,
      dtype: options.dtype ?? firstInput?.dtype ?? 'float32',
      batch: firstInput?.shape[0] ?? 1,
      excludeHead: options.excludeHead ?? false,
    },
    totals: sumLayers(layers, {
      execution,
      ...storedTotals(graph, elements, bytes),
      peak: describePeak(graph, live, activationBytes),
      peakTrainingBytes,
    }),
    layers,
    unsupportedOps: unsupportedOps(nodes),
    notes: graph.notes,
  };
}

function bitsOf(values: readonly Value[], dtype: DType | undefined): Float64Array {
  return Float64Array.from(values, (value) =>
    dtype !== undefined && isFloat(value.dtype) ? DTYPE_BITS[dtype] : DTYPE_BITS[value.dtype] + (value.scaleBits ?? 0),
  );
}

function describe({ name, shape, dtype }: Value) {
  return { name, shape, dtype };
}

function storedTotals(graph: Graph, elements: Float64Array, bytes: Float64Array) {
  const sums = { params: 0, paramBytes: 0, buffers: 0 };
  for (const { id, kind } of graph.values) {
    if (kind === 'buffer') sums.buffers += elements[id] as number;
    if (kind !== 'parameter') continue;
    sums.params += elements[id] as number;
    sums.paramBytes += bytes[id] as number;
  }
  return sums;
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

function describePeak(graph: Graph, live: Liveness, bytes: Float64Array) {
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
    if (opOf(op).kind !== 'opaque') continue;
    const type = String(attributes.type);
    const entry = found.get(type) ?? { layers: [], reason: (attributes.reason as string | undefined) ?? null };
    entry.layers.push(name);
    found.set(type, entry);
  }
  return [...found].map(([type, { layers, reason }]) => ({ type, count: layers.length, layers, reason }));
}
