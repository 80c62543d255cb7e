import type { GraphBuilder } from '../../graph/builder.js';
import type { Graph, Node, Value } from '../../ir/graph.js';
import { type DType, formatShape, type Shape } from '../../ir/tensor.js';
import type { Arithmetic } from '../../ops/define-op.js';
import { opOf } from '../../ops/index.js';
import type { OpAttributes, OpName } from '../../ops/op-attributes.js';
import { resolveAttributes } from '../../ops/resolve.js';
import type { ModuleNames, Place } from './names.js';
import type { NodeProto } from './protobuf/messages.js';
import type { ParameterRoles, Role } from './roles.js';
import type { StoredTensor } from './stored-tensor.js';
import type { StoredView, Tensor } from './tensor.js';

/** The node whose layers are added: the first layer has the node's place, the others are named after it. */
export interface LayerSite {
  readonly node: NodeProto;
  /** Module path around the node, where it comes from a function or a branch. */
  readonly scope: string;
  readonly names: ModuleNames;
  place?: Place;
}

/** Contents of constants up to this length go into the graph. */
const KEPT_CONTENTS = 64;

interface Materialized {
  readonly value: Value;
  readonly layout: string;
  /** Index of the node that makes it, where it is a view of the stored one. */
  readonly node?: number;
}

/** A stored tensor as a value sees it, or the contents that folding gave. */
export type Origin = Pick<Tensor, 'stored' | 'data'>;

/** Turns tensors into values of the graph, layers into nodes, and keeps count of what is added. */
export class Emitter {
  private readonly stored = new Map<StoredTensor, Materialized[]>();
  private readonly folded = new Map<Tensor, Value>();
  /** Where the contents of stored values come from, by value id. */
  origins: ReadonlyMap<number, Origin> = new Map();
  private readonly madeFrom = new Map<number, Origin>();
  private readonly kinds = new Map<number, Role>();
  private readonly dtypes = new Map<number, DType>();
  private readonly scaleBits = new Map<number, number>();
  private readonly dropped: (readonly [from: number, to: number])[] = [];
  /** Nodes whose output size depends on data and is counted at its largest. */
  readonly bounded = new Set<string>();
  /** Nodes added so far. */
  nodes = 0;
  /** Old and new batch where the caller replaces one that the file fixes. */
  rebatched?: { readonly from: number; readonly to: number };
  /** What the file calls each node and its outputs, by index of the node. */
  private readonly madeBy: (NodeProto | undefined)[] = [];
  /** Nodes of the file that became part of another's layer, by that other. */
  readonly absorbed = new Map<NodeProto, NodeProto>();
  /** Each node's cost, counted where a branch or a loop asks for it. */
  private readonly costs: (() => Arithmetic)[] = [];

  constructor(
    readonly builder: GraphBuilder,
    private readonly roles: ParameterRoles,
  ) {}

  add(site: LayerSite, op: OpName, inputs: readonly (Tensor | undefined)[], given: OpAttributes[OpName]): Tensor[] {
    const definition = opOf(op);
    const attributes = resolveAttributes(definition, given);
    const { inputs: slots } = definition;
    const values = inputs.map((tensor, i) => {
      if (tensor === undefined) return undefined;
      return this.valueOf(tensor, (slots[i] ?? slots.at(-1))?.weight ?? this.roles.ofUse(tensor, op, i));
    });
    const weight = inputs.find((tensor, i) => slots[i]?.weight === 'parameter' && tensor?.stored !== undefined);
    const first = site.place === undefined;
    site.place ??= site.names.place(site.node, definition.kind, weight?.stored?.tensor.name);
    const scope = [site.scope, site.place.scope].filter((part) => part !== '').join('.');
    const name = first ? site.place.name : `${site.place.name}.${op}`;
    const outputs = this.builder.at(scope, () => this.builder.addAll(op, values, attributes, { name }));
    this.nodes++;
    this.madeBy[this.nodes - 1] = site.node;
    this.costs[this.nodes - 1] = () => definition.arithmetic({ inputs: values, outputs, attributes });
    const isWeight = madeOfWeights(inputs);
    // A weight that is cast where it is used keeps its stored type in the graph; the layer works in the cast one.
    const isCast = inputs.some((tensor, i) => tensor !== undefined && tensor.dtype !== values[i]?.dtype);
    const types = isCast ? definition.infer(inputs, attributes) : outputs;
    return outputs.map((value, i) => {
      const { shape } = value;
      const dtype = types[i]?.dtype ?? value.dtype;
      if (dtype !== value.dtype) this.dtypes.set(value.id, dtype);
      return { kind: 'tensor', name: site.node.outputs[i] || value.name, shape, dtype, value, isWeight };
    });
  }

  /** The tensor with another element type than its layer's own inference gives: an integer product's sums. */
  retype(tensor: Tensor, dtype: DType): Tensor {
    if (tensor.value !== undefined && tensor.value.dtype !== dtype) this.dtypes.set(tensor.value.id, dtype);
    return { ...tensor, dtype };
  }

  /** The graph's value for a tensor; stored ones are made when first used. */
  valueOf(tensor: Tensor, role: Role): Value {
    if (tensor.value !== undefined) return tensor.value;
    if (tensor.stored !== undefined) return this.materialize(tensor.stored, tensor.shape, role, tensor.data);
    const known = this.folded.get(tensor);
    const { name, shape, dtype, data } = tensor;
    const value = known ?? this.builder.stored(name, 'constant', shape, dtype, kept(data));
    this.folded.set(tensor, value);
    this.madeFrom.set(value.id, tensor);
    if (role !== 'constant') this.kinds.set(value.id, role);
    return value;
  }

  /**
   * A tensor in the layout in which an op takes its weight: `permutation` gives the tensor's axis for each axis of
   * `shape`. Stored tensors are laid out so from the start; computed ones are transposed.
   */
  weight(site: LayerSite, tensor: Tensor, shape: Shape, permutation: readonly number[]): Tensor {
    const { stored } = tensor;
    if (stored === undefined || tensor.value !== undefined) {
      return this.add(site, 'transpose', [tensor], { permutation })[0] as Tensor;
    }
    const before = stored.permutation ?? tensor.shape.map((_, axis) => axis);
    const view: StoredView = { tensor: stored.tensor, permutation: permutation.map((axis) => before[axis] as number) };
    return { ...tensor, shape, stored: isOrdered(view) ? { tensor: stored.tensor } : view };
  }

  /** Cost of the layers added since `nodes` was `from`, without those that were dropped. */
  costSince(from: number): Arithmetic {
    const total = { madds: 0, flops: 0 };
    for (let i = from; i < this.nodes; i++) {
      if (this.dropped.some(([first, end]) => i >= first && i < end)) continue;
      const cost = this.costs[i]?.();
      total.madds += cost?.madds ?? 0;
      total.flops += cost?.flops ?? 0;
    }
    return total;
  }

  /** Leaves out the layers added between two counts of `nodes`: a branch that is not taken. */
  drop(from: number, to: number): void {
    if (to <= from) return;
    this.dropped.push([from, to]);
    for (const [tensor, made] of this.stored) {
      this.stored.set(
        tensor,
        made.filter(({ node }) => node === undefined || node < from || node >= to),
      );
    }
  }

  /** The graph with stored tensors' kinds settled, and without dropped layers. */
  settle(graph: Graph): Graph {
    const nodes = graph.nodes
      .map((node, i) => ({ ...node, ...this.originOf(i) }))
      .filter((_, i) => !this.dropped.some(([from, to]) => i >= from && i < to));
    const used = new Set([
      ...graph.inputs,
      ...graph.outputs,
      ...nodes.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]),
    ]);
    const ids = new Map<number, number>();
    const values: Value[] = [];
    for (const value of graph.values) {
      const kind = this.kinds.get(value.id) ?? value.kind;
      if (!used.has(value.id) && kind !== 'parameter') continue;
      ids.set(value.id, values.length);
      const dtype = this.dtypes.get(value.id) ?? value.dtype;
      const scaleBits = this.scaleBits.get(value.id);
      values.push({ ...value, id: values.length, kind, dtype, ...(scaleBits === undefined ? {} : { scaleBits }) });
    }
    this.origins = new Map([...this.madeFrom].map(([id, origin]) => [ids.get(id) ?? -1, origin]));
    const renumber = (list: readonly number[]) => list.map((id) => (id < 0 ? id : (ids.get(id) as number)));
    return {
      ...graph,
      values,
      nodes: nodes.map((node) => ({ ...node, inputs: renumber(node.inputs), outputs: renumber(node.outputs) })),
      inputs: renumber(graph.inputs),
      outputs: renumber(graph.outputs),
    };
  }

  private originOf(index: number): Pick<Node, 'origin'> {
    const made = this.madeBy[index];
    if (made === undefined) return {};
    const absorbed = this.absorbed.get(made);
    const names = [made, ...(absorbed === undefined ? [] : [absorbed])].flatMap(({ name, outputs }) => [
      name,
      ...outputs,
    ]);
    return { origin: [...new Set(names.filter((name) => name !== ''))] };
  }

  private materialize({ tensor, permutation }: StoredView, shape: Shape, role: Role, data: Tensor['data']): Value {
    const layout = `${permutation?.join() ?? ''} ${shape.join()}`;
    const made = this.stored.get(tensor) ?? [];
    const [first] = made;
    if (first === undefined) {
      const value = this.builder.stored(tensor.name, role, shape, tensor.dtype, kept(data));
      this.stored.set(tensor, [{ value, layout }]);
      this.madeFrom.set(value.id, { stored: permutation === undefined ? { tensor } : { tensor, permutation } });
      this.kinds.set(value.id, role);
      if (tensor.scaleBits !== undefined) this.scaleBits.set(value.id, tensor.scaleBits);
      return value;
    }
    if (STRENGTH[role] > STRENGTH[this.kinds.get(first.value.id) as Role]) this.kinds.set(first.value.id, role);
    const same = made.find((other) => other.layout === layout || formatShape(other.value.shape) === formatShape(shape));
    if (same !== undefined) return same.value;
    // Used in two layouts: a view of the one tensor, so that it counts once.
    const value = this.builder.add(
      'reshape',
      [first.value],
      { shape, allowZero: true },
      { name: `${tensor.name}.view` },
    );
    made.push({ value, layout, node: this.nodes++ });
    return value;
  }
}

/** Of a tensor that is used in several ways the strongest use decides. */
const STRENGTH: Readonly<Record<Role, number>> = { constant: 0, buffer: 1, parameter: 2 };

function kept(data: Tensor['data']): Tensor['data'] {
  return data !== undefined && data.length <= KEPT_CONTENTS ? data : undefined;
}

function isOrdered({ permutation }: StoredView): boolean {
  return permutation === undefined || permutation.every((axis, i) => axis === i);
}

/** Computed from stored tensors and constants alone. */
function madeOfWeights(inputs: readonly (Tensor | undefined)[]): boolean {
  const given = inputs.filter((tensor) => tensor !== undefined);
  return given.some(isStored) && given.every((tensor) => isStored(tensor) || tensor.data !== undefined);
}

function isStored(tensor: Tensor): boolean {
  return tensor.stored !== undefined || tensor.isWeight === true;
}
