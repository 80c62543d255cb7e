import { ArchmeterError } from '../../errors.js';
import { evaluate, type KnownTensor } from '../../evaluate/evaluate.js';
import type { LayerArguments } from '../../graph/builder.js';
import type { DType, Shape, TensorType } from '../../ir/tensor.js';
import type { OpName } from '../../ops/op-attributes.js';
import type { Emitter, LayerSite } from './emitter.js';
import type { ModuleNames, Place } from './names.js';
import type { AttributeProto, GraphProto, NodeProto, TensorProto } from './protobuf/messages.js';
import type { Frame } from './scope.js';
import { type Entry, RuntimeContents, type Tensor, type TensorList } from './tensor.js';

export interface CallParts {
  readonly node: NodeProto;
  readonly inputs: readonly (Entry | undefined)[];
  readonly attributes: readonly AttributeProto[];
  /** Version of the op's domain. */
  readonly opset: number;
  readonly emitter: Emitter;
  readonly frame: Frame;
  /** The one reader of the node's first output, where there is one and the output is not the graph's. */
  readonly next: () => NextNode | undefined;
}

export interface NextNode {
  readonly node: NodeProto;
  readonly input: (name: string) => Entry | undefined;
}

/** One node with its attributes and what its inputs stand for: what the ops' tables work on. */
export class Call implements LayerSite {
  readonly node: NodeProto;
  readonly inputs: readonly (Entry | undefined)[];
  readonly opset: number;
  readonly emitter: Emitter;
  readonly scope: string;
  readonly names: ModuleNames;
  readonly frame: Frame;
  readonly next: CallParts['next'];
  place?: Place;
  /** Whether layers of known contents are computed at once. */
  folds = false;
  /** Contents of the tensor attribute that the op's table names. */
  attributeContents: readonly number[] | undefined;
  /** The next node, where this one's layer does its work too. */
  absorbed: NodeProto | undefined;
  private readonly attributes = new Map<string, AttributeProto>();

  constructor(parts: CallParts) {
    this.node = parts.node;
    this.inputs = parts.inputs;
    this.opset = parts.opset;
    this.emitter = parts.emitter;
    this.frame = parts.frame;
    this.scope = parts.frame.path;
    this.names = parts.frame.names;
    this.next = parts.next;
    for (const attribute of parts.attributes) this.attributes.set(attribute.name, attribute);
  }

  get type(): string {
    return this.node.type;
  }

  /** Whether the node gives its i-th output to anybody. */
  gives(i: number): boolean {
    return (this.node.outputs[i] ?? '') !== '';
  }

  has(name: string): boolean {
    return this.attributes.has(name);
  }

  int(name: string): number | undefined;
  int(name: string, fallback: number): number;
  int(name: string, fallback?: number): number | undefined {
    return this.attributes.get(name)?.int ?? fallback;
  }

  flag(name: string): boolean {
    return this.int(name, 0) !== 0;
  }

  float(name: string): number | undefined;
  float(name: string, fallback: number): number;
  float(name: string, fallback?: number): number | undefined {
    return this.attributes.get(name)?.float ?? fallback;
  }

  text(name: string): string | undefined;
  text(name: string, fallback: string): string;
  text(name: string, fallback?: string): string | undefined {
    return this.attributes.get(name)?.text ?? fallback;
  }

  /** An empty list counts as given only where the attribute is there. */
  ints(name: string): readonly number[] | undefined {
    const attribute = this.attributes.get(name);
    return attribute === undefined ? undefined : (attribute.ints ?? []);
  }

  floats(name: string): readonly number[] | undefined {
    return this.attributes.get(name)?.floats;
  }

  texts(name: string): readonly string[] | undefined {
    return this.attributes.get(name)?.texts;
  }

  tensorAttribute(name: string): TensorProto | undefined {
    return this.attributes.get(name)?.tensor;
  }

  attribute(name: string): AttributeProto | undefined {
    return this.attributes.get(name);
  }

  graph(name: string): GraphProto {
    const graph = this.attributes.get(name)?.graph;
    if (graph === undefined) throw new ArchmeterError(`${this.type} has no graph '${name}'`);
    return graph;
  }

  /** The tensor at an input slot that must be there. */
  input(i: number): Tensor {
    const tensor = this.optional(i);
    if (tensor === undefined) throw new ArchmeterError(`${this.type} is missing its input ${i + 1}`);
    return tensor;
  }

  optional(i: number): Tensor | undefined {
    const entry = this.inputs[i];
    if (entry === undefined || entry.kind === 'tensor') return entry;
    throw new ArchmeterError(`${this.type} takes a tensor as its input ${i + 1}, not a list of tensors`);
  }

  list(i: number): TensorList {
    const entry = this.inputs[i];
    if (entry?.kind === 'list') return entry;
    throw new ArchmeterError(`${this.type} takes a list of tensors as its input ${i + 1}`);
  }

  /** All inputs, which must be tensors. */
  tensors(): Tensor[] {
    return this.inputs.map((_, i) => this.input(i));
  }

  /** Contents of an input that the output's shape depends on. */
  contents(i: number): readonly number[] {
    const { data, name } = this.input(i);
    if (data === undefined) throw new RuntimeContents(name);
    return data;
  }

  optionalContents(i: number): readonly number[] | undefined {
    return this.inputs[i] === undefined ? undefined : this.contents(i);
  }

  /** The same node with other operands in its first slots. */
  withInputs(inputs: readonly (Entry | undefined)[]): Call {
    const call = new Call({ ...this, attributes: [...this.attributes.values()], inputs });
    call.folds = this.folds;
    return call;
  }

  /** Adds a layer and gives its first output. */
  emit<N extends OpName>(
    op: N,
    inputs: readonly (Tensor | undefined)[],
    ...[attributes]: LayerArguments<N, []>
  ): Tensor {
    return this.layers(op, inputs, attributes)[0] as Tensor;
  }

  emitAll<N extends OpName>(
    op: N,
    inputs: readonly (Tensor | undefined)[],
    ...[attributes]: LayerArguments<N, []>
  ): Tensor[] {
    return this.layers(op, inputs, attributes);
  }

  private layers(op: OpName, inputs: readonly (Tensor | undefined)[], attributes: object = {}): Tensor[] {
    return this.known(op, inputs, attributes) ?? this.emitter.add(this, op, inputs, attributes);
  }

  /** What the layer would give, where the op is one that folds and the contents of all its inputs are known. */
  private known(op: OpName, inputs: readonly (Tensor | undefined)[], attributes: object): Tensor[] | undefined {
    const given = inputs.filter((input) => input !== undefined);
    if (!this.folds || given.length === 0 || given.some(({ data }) => data === undefined)) return undefined;
    const results = evaluate(op, inputs as readonly (KnownTensor | undefined)[], attributes as Record<string, unknown>);
    return results?.map(({ data, shape, dtype }) => this.constant(data, shape, dtype));
  }

  /** A layer that archmeter cannot count, with outputs of known shapes. */
  opaque(outputs: readonly TensorType[], reason: string): Tensor[] {
    const type = this.node.domain === '' ? this.type : `${this.node.domain}.${this.type}`;
    const inputs = this.inputs.flatMap((entry) => (entry?.kind === 'tensor' ? [entry] : []));
    return this.emitAll('opaque', inputs, { type, reason, outputs });
  }

  /** A weight in the layout in which the op takes it: `permutation` gives the tensor's axis for each axis. */
  weight(tensor: Tensor, permutation: readonly number[]): Tensor {
    const shape = permutation.map((axis) => tensor.shape[axis] as number);
    return this.emitter.weight(this, tensor, shape, permutation);
  }

  /** A constant of the program with known contents. */
  constant(data: readonly number[], shape: Shape, dtype: DType): Tensor {
    return { kind: 'tensor', name: this.node.outputs[0] || this.node.name, shape, dtype, data };
  }

  /** Says that a size is decided by the data, and counted at its largest. */
  noteLargest(): void {
    this.emitter.bounded.add(this.node.name || (this.node.outputs[0] ?? this.type));
  }

  note(text: string): void {
    this.emitter.builder.note(text);
  }
}
