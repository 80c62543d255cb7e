import { consumersOf, type Graph, type Node, producersOf } from '../ir/graph.js';
import { elementCount } from '../ir/tensor.js';
import type { OpKind } from '../ops/define-op.js';
import { opOf } from '../ops/index.js';

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

export function isPointwise(node: Node): boolean {
  if (node.op === 'batchNorm') return true;
  const { kind } = opOf(node.op);
  return kind === 'activation' || kind === 'elementwise';
}

/** Kernel of each node, by node index, numbered from 0 in order; -1 for views. */
export function fuse(graph: Graph): Int32Array {
  const { nodes, values } = graph;
  const producers = producersOf(graph);
  const consumers = consumersOf(graph);
  const kernels = new Int32Array(nodes.length).fill(-1);
  const pointwise = nodes.map(isPointwise);
  const outputs = new Set(graph.outputs);
  const size = (value: number) => elementCount((values[value] as { shape: readonly number[] }).shape);

  /** Whether all readers of a value lie on one chain of pointwise ops that starts at its first reader. */
  const staysInside = (value: number): boolean => {
    if (outputs.has(value)) return false;
    const readers = consumers[value] as number[];
    const last = readers[readers.length - 1] as number;
    let at = readers[0] as number;
    let met = 1;
    while (at !== last) {
      if (!pointwise[at]) return false;
      const output = (nodes[at] as Node).outputs[0] as number;
      const next = consumers[output] as number[];
      if (next.length !== 1 || outputs.has(output)) return false;
      at = next[0] as number;
      if (readers.includes(at)) met++;
    }
    return met === readers.length;
  };

  let count = 0;
  for (let index = 0; index < nodes.length; index++) {
    const node = nodes[index] as Node;
    const { kind } = opOf(node.op);
    if (kind === 'view') continue;
    if (pointwise[index]) {
      let latest = -1;
      let between = -1;
      for (const input of node.inputs) {
        const producer = input < 0 ? -1 : (producers[input] as number);
        if (producer > latest) {
          latest = producer;
          between = input;
        }
      }
      if (latest >= 0) {
        const head = nodes[latest] as Node;
        const fits = HEADS.has(opOf(head.op).kind) || pointwise[latest];
        if (fits && size(between) === size(node.outputs[0] as number) && staysInside(between)) {
          kernels[index] = kernels[latest] as number;
          continue;
        }
      }
    }
    kernels[index] = count++;
  }
  return kernels;
}
