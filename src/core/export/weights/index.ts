import type { Graph, Value } from '../../ir/graph.js';
import { consumersOf } from '../../ir/graph.js';
import { elementCount, isFloat } from '../../ir/tensor.js';
import { callOf, slotOf } from '../../ops/execution.js';
import { opOf } from '../../ops/index.js';
import { integers, stream, uniform } from './random.js';
import { firstUse, secondMoments } from './second-moments.js';

/** Contents of a stored tensor (parameter, buffer, constant) by value id, row-major, rounded to float32. */
export type Weights = (id: number) => Float32Array;

/**
 * Random weights of a graph, the same in every runtime: each depends on the seed, the value's id and its use only.
 * Weights of contractions are drawn evenly with variance 1/(fan-in · E[x²]) (He et al., arXiv 1502.01852), running
 * variances around the variance that their input has, so that activations stay near 1. Known contents are kept.
 */
export function randomWeights(graph: Graph, seed: number): Weights {
  const moments = secondMoments(graph);
  const use = firstUse(graph);
  const bound = integerBounds(graph);
  return (id) => {
    const value = graph.values[id] as Value;
    const count = elementCount(value.shape);
    if (value.data !== undefined) return fill(value.data, count);
    const next = stream(seed, id, count);
    if (!isFloat(value.dtype)) return integers(count, bound(id), next);
    const { low, high } = range(use(id), moments, id);
    return uniform(count, low, high, next);
  };
}

/** Random inputs of a graph, in the order of `graph.inputs`: even with variance 1; indices within their table. */
export function randomInputs(graph: Graph, seed: number): Float32Array[] {
  const bound = integerBounds(graph);
  return graph.inputs.map((id) => {
    const value = graph.values[id] as Value;
    const count = elementCount(value.shape);
    const next = stream(seed, id, count, 1);
    return isFloat(value.dtype) ? uniform(count, -Math.sqrt(3), Math.sqrt(3), next) : integers(count, bound(id), next);
  });
}

/** A tensor of one repeated value may be stored as that one value. */
function fill(data: readonly number[], count: number): Float32Array {
  return data.length === 1 && count > 1 ? new Float32Array(count).fill(data[0] as number) : Float32Array.from(data);
}

interface Range {
  readonly low: number;
  readonly high: number;
}

const around = (center: number, spread: number): Range => ({ low: center - spread, high: center + spread });

function range(use: ReturnType<ReturnType<typeof firstUse>>, moments: Float64Array, id: number): Range {
  if (use === undefined) return around(0, Math.sqrt(3));
  const { node, slot } = use;
  const input = moments[node.inputs[0] as number] ?? 1;
  if (slot === 1 && slotOf(opOf(node.op), 'fanIn') !== 'none') return around(0, Math.sqrt(3 * (moments[id] as number)));
  const slots = opOf(node.op).inputs;
  const { name, drawn } = slots[Math.min(slot, slots.length - 1)] ?? {};
  if (drawn !== undefined) {
    const { center, spread } = typeof drawn === 'function' ? drawn(node.attributes) : drawn;
    return around(center, spread);
  }
  switch (name) {
    case 'scale':
      return around(1, 0.5);
    case 'shift':
    case 'bias':
      return around(0, 0.2);
    case 'mean':
      return around(0, 0.3 * Math.sqrt(input));
    case 'variance':
      return around(input, 0.5 * input);
  }
  return around(0, Math.sqrt(3));
}

/**
 * Whole numbers that an integer value may hold, from what it is used for, followed through ops that only move it:
 * rows of the table it indexes; else 2, which is right for masks and segment ids.
 */
function integerBounds(graph: Graph): (id: number) => number {
  const consumers = consumersOf(graph);
  const known = new Map<number, number>();
  const bound = (id: number): number => {
    const before = known.get(id);
    if (before !== undefined) return before;
    let least = Number.POSITIVE_INFINITY;
    for (const index of consumers[id] as number[]) {
      const node = graph.nodes[index];
      if (node === undefined) continue;
      const slot = node.inputs.indexOf(id);
      const op = opOf(node.op);
      const limit = op.inputs[Math.min(slot, op.inputs.length - 1)]?.bound;
      if (limit !== undefined) {
        least = Math.min(least, limit(callOf(graph, node)));
      } else if (FOLLOWED.has(op.kind)) {
        for (const output of node.outputs) least = Math.min(least, bound(output));
      }
    }
    known.set(id, least);
    return least;
  };
  return (id) => {
    const found = bound(id);
    return Number.isFinite(found) ? Math.max(found, 1) : 2;
  };
}

const FOLLOWED = new Set(['view', 'movement', 'elementwise']);
