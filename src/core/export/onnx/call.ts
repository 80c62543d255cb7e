import type { Node } from '../../ir/graph.js';
import type { DType, Shape, TensorType } from '../../ir/tensor.js';
import type { ResolvedAttributes } from '../../ops/define-op.js';
import type { OpName } from '../../ops/op-attributes.js';
import type { AttributeValue } from './model.js';

/** Name of a value in the ONNX graph; empty for an optional input that is left out. */
export type Name = string;

export type Attributes = Readonly<Record<string, AttributeValue>>;

/** One node to be exported: what an exporter reads, and where it puts the ONNX nodes. */
export interface ExportCall<N extends OpName = OpName> {
  readonly node: Node;
  readonly attributes: ResolvedAttributes<N>;
  has(slot: number): boolean;
  type(slot: number): TensorType;
  outputType(index?: number): TensorType;
  /** The input; empty where it is left out. */
  input(slot: number): Name;
  isStored(slot: number): boolean;
  /** Contents of a stored input. */
  contents(slot: number): Float32Array;
  /** An image input, brought to channels first where the node's layout is channels last. */
  image(slot: number): Name;
  /** Shape of an image input, channels first. */
  imageShape(slot: number): number[];
  /** A stored tensor; floats take the element type of the export. */
  constant(values: ArrayLike<number>, shape: Shape, dtype?: DType): Name;
  integers(values: readonly number[]): Name;
  scalar(value: number, dtype?: DType): Name;
  /** Adds a node inside and returns its output. */
  op(type: string, inputs: readonly Name[], attributes?: Attributes): Name;
  ops(type: string, inputs: readonly Name[], outputs: number, attributes?: Attributes): Name[];
  /** Adds the last node: its outputs are the graph node's. */
  emit(type: string, inputs: readonly Name[], attributes?: Attributes): void;
  /** The same for an image, which is brought back to the node's layout. */
  emitImage(type: string, inputs: readonly Name[], attributes?: Attributes): void;
  /** Adds one last node for each of the graph node's outputs. */
  emitEach(nodes: readonly (readonly [type: string, inputs: readonly Name[]])[]): void;
  /** Converts between element types; the name itself where they are equal. */
  cast(name: Name, from: DType, to: DType): Name;
  /** Throws: ONNX cannot say what the node asks. */
  refuse(reason: string): never;
}

export type Exporter<N extends OpName = OpName> = (call: ExportCall<N>) => void;

/** Exporters by op name; an op that is left out cannot be exported. */
export type Exporters = { readonly [N in OpName]?: Exporter<N> };

export function channelsFirstOrder(rank: number): number[] {
  return [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, i) => i + 1)];
}

export function channelsLastOrder(rank: number): number[] {
  return [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1];
}
