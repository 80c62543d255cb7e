import type { Shape, TensorType } from '../ir/tensor.js';
import type { ExecutionSlots } from './execution.js';
import type { Range } from './moments.js';
import type { DefaultedAttributes, OpAttributes, OpName } from './op-attributes.js';

/** The attributes of a node in a graph: what the layer said, and the defaults. */
export type ResolvedAttributes<N extends OpName> = N extends keyof DefaultedAttributes
  ? OpAttributes[N] & {
      readonly [K in DefaultedAttributes[N] & keyof OpAttributes[N]]-?: NonNullable<OpAttributes[N][K]>;
    }
  : OpAttributes[N];

/**
 * What an op does, for grouping, fusion and counting. `contraction` kinds (the first five) hold all multiply-adds.
 * `view` moves no data; `movement` only moves it; `opaque` is unknown to archmeter.
 */
export type OpKind =
  | 'convolution'
  | 'linear'
  | 'matmul'
  | 'attention'
  | 'recurrent'
  | 'normalization'
  | 'activation'
  | 'elementwise'
  | 'pooling'
  | 'reduction'
  | 'embedding'
  | 'movement'
  | 'view'
  | 'opaque';

export const CONTRACTION_KINDS: ReadonlySet<OpKind> = new Set<OpKind>([
  'convolution',
  'linear',
  'matmul',
  'attention',
  'recurrent',
]);

/** An input of an op. */
export interface InputSlot {
  readonly name: string;
  /** The builder makes this input as a trained parameter (or as a stored `buffer`) where the caller gives none. */
  readonly weight?: 'parameter' | 'buffer';
  readonly optional?: boolean;
  /** The last slot may take any number of inputs. */
  readonly variadic?: boolean;
  /** Range of random contents; default by the slot's name, else a variance of 1. */
  readonly drawn?: Range | ((attributes: Readonly<Record<string, unknown>>) => Range);
  /** Whole numbers in it lie below this. */
  readonly bound?: (call: OpCall<Readonly<Record<string, unknown>>>) => number;
  /** How many inputs a variadic slot takes at least where a person writes the layer; files may have fewer. Default 1. */
  readonly least?: number;
}

/** An op applied to tensors of known type; a missing optional input is `undefined`. */
export interface OpCall<A> {
  readonly inputs: readonly (TensorType | undefined)[];
  readonly outputs: readonly TensorType[];
  readonly attributes: A;
}

/** Arithmetic of one call. Conventions: `core/units.ts`. */
export interface Arithmetic {
  readonly madds: number;
  readonly flops: number;
}

/** What an op may say; what it leaves out is decided by its kind. */
type Slots<T> = { [K in keyof T]?: T[K] | undefined };

/** How one figure is computed, for `archmeter explain`: an arithmetic expression over named quantities. */
export interface Formula {
  /** e.g. `N*Co*Ho*Wo*(Ci/G)*Kh*Kw`: numbers, names, + - * / ( ) sqrt, nothing else: a test evaluates it. */
  readonly expression: string;
  readonly variables: Readonly<Record<string, number>>;
  /** Where the formula comes from: paper and section, or the convention it follows. */
  readonly source: string;
}

/**
 * JSON Schema of an op's attributes, an object schema. A property's `default` is filled in by `GraphBuilder`: whoever
 * reads the attributes of a node finds it there.
 */
export interface AttributesSchema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
  readonly additionalProperties: false;
}

/**
 * One op: attributes, shape inference and cost.
 * A new analysis that needs op knowledge is a new optional slot here.
 */
export interface OpDefinition<A = Record<string, unknown>> extends Slots<ExecutionSlots<A>> {
  readonly name: string;
  readonly kind: OpKind;
  readonly summary: string;
  /** Ops of one name here do the same work: they differ in what they know of their tensors. Default its name. */
  readonly work?: string;
  /** In drawings, where room is scarce; default its name. */
  readonly shortName?: string;
  readonly attributes: AttributesSchema;
  /** Attributes that take the value of another one where a layer leaves them out. */
  readonly defaultsFrom?: Readonly<Record<string, string>>;
  readonly inputs: readonly InputSlot[];
  /**
   * Shapes of the weights to create, by slot name, from the shapes of the data inputs.
   * A slot left out is not created (no bias, no affine). A variadic weight slot takes every shape, in order, by its name.
   */
  weights?(inputs: readonly (TensorType | undefined)[], attributes: A): Readonly<Record<string, Shape>>;
  /** Output types. Throws ArchmeterError (without location: the caller adds it) on inputs that do not fit. */
  infer(inputs: readonly (TensorType | undefined)[], attributes: A): TensorType[];
  /** Multiply-adds and operations of one forward call. */
  arithmetic(call: OpCall<A>): Arithmetic;
  /**
   * Elements read from each input, where it is not simply all of it (embedding, slice, gather).
   * Views read and write nothing: kind `view` implies it.
   */
  reads?(call: OpCall<A>): readonly number[];
  /** Elements written to each output, where it is not simply all of it. */
  writes?(call: OpCall<A>): readonly number[];
  /**
   * Memory access cost in elements, where it is not Σ reads + Σ writes. Convolution and linear layers leave the
   * bias out, as the paper does (VoVNet, arXiv 1904.09730, section 2.1).
   */
  memoryAccessCost?(call: OpCall<A>): number;
  /** Least memory access cost with the same multiply-adds (AM-GM; ShuffleNetV2 section 2 G1). Convolution and linear only. */
  memoryAccessCostLowerBound?(call: OpCall<A>): number;
  /** Elements kept for the backward pass, beside parameters: of which inputs and outputs. Default: every data input. */
  readonly savedForBackward?: 'inputs' | 'outputs' | 'none';
  /** Formulas of `madds`, `flops`, `memoryAccessCost`, `memoryAccessCostLowerBound`, `params` for `explain`. */
  formulas?(call: OpCall<A>): Readonly<Partial<Record<FormulaFigure, Formula>>>;
  /** Value of one element, for unary and binary ops: reference results and folding of small integer tensors. */
  evaluate?(attributes: A, ...operands: number[]): number;
}

export type FormulaFigure = 'params' | 'madds' | 'flops' | 'memoryAccessCost' | 'memoryAccessCostLowerBound';

/** Any op, whatever its attributes: what the registry holds. */
// biome-ignore lint/suspicious/noExplicitAny: attributes are checked by each op's own schema, not by the registry's type
export type AnyOp = OpDefinition<any>;

/** Gives an op file its types; the op is registered by the file being in this folder. */
export function defineOp<A>(definition: OpDefinition<A>): OpDefinition<A> {
  return definition;
}
