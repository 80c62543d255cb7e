import type { Graph, Node } from '../ir/graph.js';
import { elementCount } from '../ir/tensor.js';
import { CONTRACTION_KINDS, type OpKind } from '../ops/define-op.js';
import { callOf } from '../ops/execution.js';
import { opOf } from '../ops/index.js';

/** What a layer does, by which the layers of two graphs of one model are told to be the same. */
export interface Work {
  readonly name: string;
  readonly kind: OpKind;
  readonly madds: number;
  /** Equal for layers that do the same work on tensors of the same sizes, however they are laid out. */
  readonly key: string;
}

/** A linear layer of a sequence is a product of matrices to a runtime, and a convolution of 1×1 one or the other. */
export function workOf(graph: Graph, node: Node): Work {
  const { kind, work = node.op, arithmetic } = opOf(node.op);
  const { madds } = arithmetic(callOf(graph, node));
  const outputs = node.outputs.map((id) => elementCount(graph.values[id]?.shape ?? []));
  const isProduct = CONTRACTION_KINDS.has(kind) && kind !== 'attention' && kind !== 'recurrent';
  const what = isProduct ? 'product' : work;
  return { name: node.name, kind, madds, key: `${what} ${madds} ${outputs[0] ?? 0}` };
}

const ANCHORS: ReadonlySet<OpKind> = new Set<OpKind>(['normalization', 'pooling', 'embedding']);

/** How much it counts that a layer finds its partner: products decide, views hardly matter. */
export function weightOf(key: string): number {
  if (/^(product|attention|lstm|gru|rnn) /.test(key)) return 100;
  if (/Norm |Pool |^average |^embedding |^softmax /.test(key)) return 20;
  return /^(reshape|transpose|slice|expand|split|select|identity) /.test(key) ? 0.5 : 4;
}

export function isAnchor({ kind }: Work): boolean {
  return CONTRACTION_KINDS.has(kind) || ANCHORS.has(kind);
}
