import { ArchmeterError } from '../../errors.js';
import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { type DType, elementCount, formatShape, isFloat, type Shape } from '../../ir/tensor.js';

/** What a stored tensor is to the op that reads it. `operand` leaves it to the tensor: floats in number are weights. */
export type Role = 'parameter' | 'buffer' | 'constant' | 'operand';

/** A list of tensors of one shape (TensorList), as loops fill and read them. */
export interface TensorList {
  /** Shape of an entry; undefined until one is put in. */
  readonly element: Shape | undefined;
  readonly length: number;
  /** Entries that were put in. */
  readonly items: ReadonlyMap<number, Tensor>;
  /** All entries as one tensor, where the list was made of one. */
  readonly whole?: Tensor | undefined;
}

/**
 * A tensor while a TensorFlow graph is read: computed by a layer, stored in the file, or known from shapes alone.
 * Stored and known ones become values of the graph when a layer reads them.
 */
export class Tensor {
  private made: Value | undefined;
  private order: readonly number[] | undefined;

  private constructor(
    private readonly builder: GraphBuilder,
    readonly name: string,
    readonly shape: Shape,
    readonly dtype: DType,
    /** Row-major, where it is known. */
    readonly data: readonly number[] | undefined,
    /** Whether it was worked out while the file was read. */
    readonly isDerived: boolean,
    readonly list?: TensorList,
    /** Why not even its shape is known. */
    readonly unknown?: string,
  ) {}

  /** The result of a layer, or an input, whose contents the caller may have given. */
  static computed(builder: GraphBuilder, value: Value, data?: readonly number[]): Tensor {
    const tensor = new Tensor(builder, value.name, value.shape, value.dtype, data, false);
    tensor.made = value;
    return tensor;
  }

  /** Stored in the file, with its contents where they are few and were read. */
  static stored(builder: GraphBuilder, name: string, shape: Shape, dtype: DType, data?: readonly number[]): Tensor {
    return new Tensor(builder, name, shape, dtype, data, false);
  }

  /** Worked out from shapes and other known tensors. */
  static known(builder: GraphBuilder, name: string, shape: Shape, dtype: DType, data: readonly number[]): Tensor {
    return new Tensor(builder, name, shape, dtype, data, true);
  }

  static listOf(builder: GraphBuilder, name: string, list: TensorList, dtype: DType): Tensor {
    return new Tensor(builder, name, [], dtype, undefined, false, list);
  }

  /** A result whose shape depends on the data, or on an op that archmeter does not know. */
  static unknown(builder: GraphBuilder, name: string, reason: string): Tensor {
    return new Tensor(builder, name, [], 'float32', undefined, false, undefined, reason);
  }

  /** Whether it is no result of a layer. */
  get isStored(): boolean {
    return this.made === undefined || (this.made.kind !== 'activation' && this.made.kind !== 'input');
  }

  /** Its value in the graph, once a layer has read it, and the order in which that has the file's axes. */
  get placed(): { readonly id: number; readonly order: readonly number[] | undefined } | undefined {
    return this.made && { id: this.made.id, order: this.order };
  }

  get rank(): number {
    return this.shape.length;
  }

  get elements(): number {
    return elementCount(this.shape);
  }

  /**
   * The value in the graph.
   *
   * @param shape canonical shape of a weight, where the file's order of axes differs: the same elements
   * @param order the file's axes in the order in which they make up that shape
   */
  value(role: Role = 'operand', shape: Shape = this.shape, order?: readonly number[]): Value {
    if (this.list !== undefined) throw new ArchmeterError(`'${this.name}' is a list of tensors, not a tensor`);
    if (this.unknown !== undefined)
      throw new ArchmeterError(`the shape of '${this.name}' is not known: ${this.unknown}`);
    if (this.made === undefined) {
      const weight = isFloat(this.dtype) && this.elements > 1 && !this.isDerived;
      const kind = role !== 'operand' ? role : weight ? 'parameter' : 'constant';
      this.made = this.builder.stored(this.name, kind, shape, this.dtype, this.data);
      this.order = order;
    }
    if (this.made.shape.join() === shape.join()) return this.made;
    if (elementCount(this.made.shape) !== elementCount(shape)) {
      throw new ArchmeterError(
        `tensor '${this.name}' of shape ${formatShape(this.made.shape)} cannot be seen as ${formatShape(shape)}`,
      );
    }
    return this.builder.add('reshape', [this.made], { shape, allowZero: true }, { name: `${this.name}.reshape` });
  }
}
