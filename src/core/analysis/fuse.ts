import type { Graph, Node } from '../ir/graph.js';
import type { OpDefinition, OpKind } from '../ops/define-op.js';
import { isPointwise } from '../ops/execution.js';
import { type GraphIndex, indexGraph } from './graph-index.js';

/**
 * Kernels of the `fused` execution model.
 *
 * Rules, as TensorRT, XLA and inductor have in common:
 * 1. Views are no kernels. Every other op starts a kernel of its own, unless rule 2 applies.
 * 2. A pointwise op (batch norm with stored statistics, activation, elementwise op) joins the kernel that computes its
 *    latest input, where that kernel's last op is a convolution, linear layer, matrix product or pointwise op, the value
 *    between them has as many elements as the result, and nothing outside the kernel reads it. A residual addition
 *    so joins the convolution before it.
 * 3. A value read by several pointwise ops that meet again (x·sigmoid(x)) counts as read inside the kernel.
 */
const HEADS: ReadonlySet<OpKind> = new Set<OpKind>(['convolution', 'linear', 'matmul', 'activation', 'elementwise']);

/** Kernel of each node, by node index, numbered from 0 in order; -1 for views. */
export function fuse(graph: Graph, index: GraphIndex = indexGraph(graph)): Int32Array {
  const { nodes } = graph;
  const { ops, producers, elements } = index;
  const kernels = new Int32Array(nodes.length).fill(-1);
  let count = 0;
  for (let at = 0; at < nodes.length; at++) {
    const op = ops[at] as OpDefinition;
    if (op.kind === 'view') continue;
    if (isPointwise(op)) {
      const node = nodes[at] as Node;
      const between = latestInput(node, producers);
      const head = between < 0 ? undefined : (ops[producers[between] as number] as OpDefinition);
      if (
        head !== undefined &&
        (HEADS.has(head.kind) || isPointwise(head)) &&
        elements[between] === elements[node.outputs[0] as number] &&
        staysInside(graph, index, between)
      ) {
        kernels[at] = kernels[producers[between] as number] as number;
        continue;
      }
    }
    kernels[at] = count++;
  }
  return kernels;
}

/** The input that is computed last; -1 where none is computed. */
function latestInput({ inputs }: Node, producers: Int32Array): number {
  let latest = -1;
  let value = -1;
  for (const input of inputs) {
    const producer = input < 0 ? -1 : (producers[input] as number);
    if (producer > latest) {
      latest = producer;
      value = input;
    }
  }
  return value;
}

/** Whether all readers of a value lie on one chain of pointwise ops that starts at its first reader. */
function staysInside(graph: Graph, { ops, consumers, outputs }: GraphIndex, value: number): boolean {
  if (outputs[value] === 1) return false;
  const readers = consumers[value] as readonly number[];
  const last = readers[readers.length - 1] as number;
  let at = readers[0] as number;
  let met = 1;
  while (at !== last) {
    if (!isPointwise(ops[at] as OpDefinition)) return false;
    const output = (graph.nodes[at] as Node).outputs[0] as number;
    const next = consumers[output] as readonly number[];
    if (next.length !== 1 || outputs[output] === 1) return false;
    at = next[0] as number;
    if (readers.includes(at)) met++;
  }
  return met === readers.length;
}
