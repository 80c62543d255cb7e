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
  /** How much it counts that the layer finds its partner: products decide, views hardly matter. */
  readonly weight: number;
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
  return { name: node.name, kind, madds, weight: weightOf(kind), key: `${what} ${madds} ${outputs[0] ?? 0}` };
}

const ANCHORS: ReadonlySet<OpKind> = new Set<OpKind>(['normalization', 'pooling', 'embedding']);

function weightOf(kind: OpKind): number {
  if (CONTRACTION_KINDS.has(kind)) return 100;
  if (ANCHORS.has(kind)) return 20;
  return kind === 'view' ? 0.5 : 4;
}

export function isAnchor({ kind }: Work): boolean {
  return CONTRACTION_KINDS.has(kind) || ANCHORS.has(kind);
}
