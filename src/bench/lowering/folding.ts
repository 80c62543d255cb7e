import { consumersOf, type Graph, type Node } from '../../core/ir/graph.js';
import { slotOf } from '../../core/ops/execution.js';
import { opOf } from '../../core/ops/index.js';
import type { Weights } from '../weights.js';
import { FUSED_ACTIVATIONS } from './ops/fused-activations.js';

/** What follows a convolution or linear layer and runs inside it: batch norm in its weights, the activation in its kernel. */
export interface Folded {
  /** Last node that runs inside: its outputs are the layer's. */
  readonly last: Node;
  readonly nodes: readonly Node[];
  readonly batchNorm?: Node;
  readonly activation?: Node;
}

/** By contraction node: what is folded into it. */
export function foldings(graph: Graph): Map<Node, Folded> {
  const consumers = consumersOf(graph);
  const isStored = (id: number | undefined) =>
    id === undefined || id < 0 || ['parameter', 'buffer', 'constant'].includes(graph.values[id]?.kind ?? '');
  const next = (node: Node): Node | undefined => {
    const output = node.outputs[0] as number;
    const [only, ...others] = consumers[output] as number[];
    if (only === undefined || others.length > 0 || graph.outputs.includes(output)) return undefined;
    const consumer = graph.nodes[only] as Node;
    return consumer.inputs[0] === output && !consumer.inputs.includes(output, 1) ? consumer : undefined;
  };
  const result = new Map<Node, Folded>();
  for (const node of graph.nodes) {
    if (!slotOf(opOf(node.op), 'absorbs')) continue;
    const nodes = [node];
    let last = node;
    let batchNorm: Node | undefined;
    let after = next(last);
    const rank = graph.values[node.outputs[0] as number]?.shape.length ?? 0;
    if (
      after !== undefined &&
      slotOf(opOf(after.op), 'affine') === 'channels' &&
      (rank === 2 || (opOf(node.op).kind === 'convolution' && after.attributes.layout === node.attributes.layout)) &&
      [...node.inputs, ...after.inputs].slice(1).every((id) => isStored(id) || id === node.outputs[0])
    ) {
      batchNorm = after;
      last = after;
      nodes.push(after);
      after = next(after);
    }
    let activation: Node | undefined;
    if (after !== undefined && Object.hasOwn(FUSED_ACTIVATIONS, after.op)) {
      activation = after;
      last = after;
      nodes.push(after);
    }
    if (nodes.length > 1) {
      result.set(node, { last, nodes, ...(batchNorm && { batchNorm }), ...(activation && { activation }) });
    }
  }
  return result;
}

/** Weight and bias of a layer with batch norm folded in: w·s and (b − mean)·s + shift, s = scale/√(variance + ε). */
export function foldBatchNorm(
  node: Node,
  batchNorm: Node,
  weights: Weights,
): { weight: Float32Array; bias: Float32Array } {
  const stored = (owner: Node, slot: number) => {
    const id = owner.inputs[slot];
    return id === undefined || id < 0 ? undefined : weights(id);
  };
  const weight = Float32Array.from(stored(node, 1) as Float32Array);
  const before = stored(node, 2);
  const [scale, shift, mean, variance] = [1, 2, 3, 4].map((slot) => stored(batchNorm, slot));
  const channels = (mean ?? variance ?? scale ?? shift)?.length ?? 1;
  const epsilon = Number(batchNorm.attributes.epsilon);
  const bias = new Float32Array(channels);
  const run = weight.length / channels;
  for (let c = 0; c < channels; c++) {
    const s = (scale?.[c] ?? 1) / Math.sqrt((variance?.[c] ?? 1) + epsilon);
    for (let i = c * run; i < (c + 1) * run; i++) weight[i] = (weight[i] as number) * s;
    bias[c] = ((before?.[c] ?? 0) - (mean?.[c] ?? 0)) * s + (shift?.[c] ?? 0);
  }
  return { weight, bias };
}
