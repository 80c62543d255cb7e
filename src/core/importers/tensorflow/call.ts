import { ArchmeterError } from '../../errors.js';
import { evaluate, type KnownTensor } from '../../evaluate/evaluate.js';
import type { GraphBuilder, LayerArguments } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { type DType, formatShape, type Shape, type TensorType } from '../../ir/tensor.js';
import { normalizeAxis } from '../../ops/axis.js';
import type { Layout } from '../../ops/convolution/window.js';
import type { OpName } from '../../ops/op-attributes.js';
import type { Attributes } from './attributes.js';
import { mayFold } from './fold.js';
import { Tensor } from './tensor.js';

/** One node of a graph with its inputs worked out; an input may be left out. */
export interface GraphNode {
  /** Unique in the file, parts joined with `/`. */
  readonly name: string;
  /** In TensorFlow's words, e.g. `Conv2D`. */
  readonly op: string;
  readonly attributes: Attributes;
  readonly inputs: readonly (Tensor | undefined)[];
  /** Types of the outputs as the file states them; undefined where it does not. */
  readonly stated: readonly (StatedType | undefined)[];
}

/** A type that a file states; open axes are null. */
export interface StatedType {
  readonly shape: readonly (number | null)[];
  readonly dtype: DType;
}

/** Runs other graphs of the file: functions, branches, bodies of loops. */
export interface FunctionRunner {
  run(name: string | number, inputs: readonly Tensor[]): Tensor[];
}

export type Lowering = (call: NodeCall) => Tensor | readonly Tensor[];

/** The size of an output is only known as the model runs. */
export class DataDependent extends ArchmeterError {
  constructor(layer: string, tensor: string) {
    super(`the shape of its output depends on the contents of '${tensor}', which are computed as it runs`, undefined, {
      layer,
    });
  }
}

/** One node being lowered, with the means to add layers under its name. */
export class NodeCall {
  readonly attributes: Attributes;
  /** Whether layers of known contents are worked out at once. */
  readonly folds: boolean;
  private readonly scope: string;
  private readonly shortName: string;

  constructor(
    readonly builder: GraphBuilder,
    readonly node: GraphNode,
    readonly functions: FunctionRunner,
  ) {
    this.attributes = node.attributes;
    const parts = node.name.split('/').filter((part) => part !== '');
    this.shortName = parts.pop() ?? node.op;
    this.scope = parts.join('.');
    this.folds = mayFold(node.op, this.inputs);
  }

  get op(): string {
    return this.node.op;
  }

  get inputs(): readonly Tensor[] {
    return this.node.inputs.filter((input) => input !== undefined);
  }

  has(index: number): boolean {
    return this.node.inputs[index] !== undefined;
  }

  input(index: number): Tensor {
    return this.node.inputs[index] ?? this.fail(`${this.op} is missing its input ${index}`);
  }

  get x(): Tensor {
    return this.input(0);
  }

  /** Contents of an input that shapes depend on. */
  known(index: number): readonly number[] {
    const tensor = this.input(index);
    if (tensor.data !== undefined) return tensor.data;
    if (!tensor.isStored) throw new DataDependent(this.node.name, tensor.name);
    return this.fail(
      `the shape of its output depends on the contents of '${tensor.name}', which are not in the files given`,
      'Put the weight files (shards) beside the model.',
    );
  }

  /** One whole number that shapes depend on. */
  knownInteger(index: number): number {
    const [value] = this.known(index);
    return Number.isSafeInteger(value) ? (value as number) : this.fail(`its input ${index} should be a whole number`);
  }

  /** Axes in an input, counted from the front. */
  knownAxes(index: number, rank: number): number[] {
    return this.known(index).map((axis) => normalizeAxis(axis, rank));
  }

  /** Adds a layer named as the node; further ones with a `part` after it. */
  add<N extends OpName>(
    op: N,
    inputs: readonly (Value | Tensor | undefined)[],
    ...[attributes, part]: LayerArguments<N, [part?: string]>
  ): Tensor {
    return this.layers(op, inputs, attributes, part)[0] as Tensor;
  }

  addAll<N extends OpName>(
    op: N,
    inputs: readonly (Value | Tensor | undefined)[],
    ...[attributes, part]: LayerArguments<N, [part?: string]>
  ): Tensor[] {
    return this.layers(op, inputs, attributes, part);
  }

  private layers(
    op: OpName,
    inputs: readonly (Value | Tensor | undefined)[],
    attributes: object = {},
    part?: string,
  ): Tensor[] {
    const known = this.folded(op, inputs, attributes);
    if (known !== undefined) return known;
    const values = inputs.map((input) => (input instanceof Tensor ? input.value() : input));
    const name = part === undefined ? this.shortName : `${this.shortName}.${part}`;
    const outputs = this.builder.at(this.scope, () => this.builder.addAll(op, values, attributes, { name }));
    return outputs.map((value) => Tensor.computed(this.builder, value));
  }

  /** What the layer would give, where the node folds and the contents of all its inputs are known. */
  private folded(
    op: OpName,
    inputs: readonly (Value | Tensor | undefined)[],
    attributes: object,
  ): Tensor[] | undefined {
    if (!this.folds || inputs.length === 0) return undefined;
    if (!inputs.every((input) => input instanceof Tensor && input.data !== undefined)) return undefined;
    const results = evaluate(op, inputs as readonly KnownTensor[], attributes as Record<string, unknown>);
    return results?.map(({ shape, dtype, data }) => this.constant(shape, dtype, data));
  }

  /** A tensor that is known without being computed. */
  constant(shape: Shape, dtype: DType, data: readonly number[]): Tensor {
    return Tensor.known(this.builder, this.node.name, shape, dtype, data);
  }

  /** `NHWC` and the like, or `NCHW`. */
  layout(): Layout {
    return this.attributes.text('data_format', 'NHWC').startsWith('NC') ? 'channelsFirst' : 'channelsLast';
  }

  /** The spatial entries of an attribute with one for each axis, batch and channels included. */
  spatial(name: string, fallback?: readonly number[]): number[] {
    const all = this.attributes.integers(name, fallback);
    return this.layout() === 'channelsLast' ? all.slice(1, -1) : all.slice(2);
  }

  /**
   * A layer without a count: with the shapes that are given or that the file states. Without them what it gives is
   * unknown, and so is all that follows from it.
   */
  opaque(reason: string, outputs?: readonly TensorType[]): Tensor[] {
    const known = outputs ?? this.statedOutputs();
    const inputs = this.inputs.filter(({ list, unknown }) => list === undefined && unknown === undefined);
    const results = this.addAll('opaque', inputs, { type: this.op, reason, outputs: known ?? [] });
    return known === undefined ? [Tensor.unknown(this.builder, this.node.name, reason)] : results;
  }

  /** Says that a size is decided by the data, and counted at its largest. */
  noteLargest(): void {
    this.builder.note(
      `The output size of '${this.node.name}' (${this.op}) depends on the data: it and what follows are counted at the largest.`,
    );
  }

  fail(problem: string, fix?: string): never {
    throw new ArchmeterError(problem, fix, { layer: this.node.name });
  }

  /** An open batch is that of the first input. */
  closed({ shape, dtype }: StatedType): TensorType | undefined {
    const batch = this.inputs.find(({ unknown }) => unknown === undefined)?.shape[0] ?? 1;
    const sizes = shape.map((size, axis) => size ?? (axis === 0 ? batch : null));
    return sizes.every((size) => size !== null) ? { shape: sizes as number[], dtype } : undefined;
  }

  private statedOutputs(): readonly TensorType[] | undefined {
    const { stated } = this.node;
    const closed = stated.map((type) => type && this.closed(type));
    return closed.length > 0 && closed.every((type) => type !== undefined) ? closed : undefined;
  }
}

/** The results must be those that the file states: a difference would be a wrong number. */
export function compareWithStated(node: GraphNode, outputs: readonly Tensor[]): void {
  node.stated.forEach((type, i) => {
    const output = outputs[i];
    if (type === undefined || output === undefined) return;
    if (output.list !== undefined || output.unknown !== undefined) return;
    const fits = type.shape.every((size, axis) => size === null || size === output.shape[axis]);
    if (fits && type.shape.length === output.shape.length) return;
    throw new ArchmeterError(
      `its output has shape ${formatShape(output.shape)}, but the file states ${type.shape.map((size) => size ?? '?').join('x')}`,
      undefined,
      { layer: node.name },
    );
  });
}

/** Values of a model's outputs; a note tells of those whose shape is not known. */
export function knownValues(builder: GraphBuilder, outputs: readonly Tensor[]): Value[] {
  return outputs.flatMap((output) => {
    if (output.unknown === undefined) return output.list === undefined ? [output.value()] : [];
    builder.note(`The shape of output '${output.name}' is not known: ${output.unknown}.`);
    return [];
  });
}
