import type { DType } from '../../ir/tensor.js';
import type { Expression } from './expression.js';

/**
 * A torch.export program, decoded: what `torch/_export/serde/schema.py` (major version 8) holds, less what costs do not
 * depend on (devices, strides, guards, call signatures).
 */
export interface Program {
  readonly graph: ProgramGraph;
  readonly inputs: readonly InputSpec[];
  /** Names of the tensors that the caller gets. */
  readonly outputs: readonly string[];
  /** Bounds of the symbols, by name. */
  readonly ranges: ReadonlyMap<string, Range>;
  /** e.g. `torch 2.13.0`. */
  readonly producer: string;
}

export interface Range {
  readonly min: number | undefined;
  readonly max: number | undefined;
}

/** A number, or an expression over symbols, with its value at the export where the file tells it. */
export type Size = number | SymbolicSize;

export interface SymbolicSize {
  readonly expression: Expression;
  readonly text: string;
  readonly hint: number | undefined;
}

export interface TensorMeta {
  readonly dtype: DType;
  readonly sizes: readonly Size[];
}

export interface ProgramGraph {
  readonly inputs: readonly Argument[];
  readonly outputs: readonly Argument[];
  readonly nodes: readonly ProgramNode[];
  readonly tensors: ReadonlyMap<string, TensorMeta>;
  /** Symbolic numbers and truth values, by name. */
  readonly symbols: ReadonlyMap<string, Size>;
}

export interface ProgramNode {
  /** In the file: unique, e.g. `conv2d_3`. */
  readonly name: string;
  /** e.g. `aten.conv2d.default`, `higher_order.cond`, `_operator.mul`. */
  readonly target: string;
  readonly inputs: readonly NamedArgument[];
  readonly outputs: readonly Argument[];
  /** The modules it was called in, outermost first, the model itself left out. */
  readonly modules: readonly ModuleCall[];
}

export interface ModuleCall {
  /** e.g. `layer1.0.conv1`. */
  readonly path: string;
  /** e.g. `torch.nn.modules.conv.Conv2d`. */
  readonly type: string;
}

export interface NamedArgument {
  /** As in the operator's schema; empty for higher-order operators. */
  readonly name: string;
  readonly value: Argument;
}

/** A number in an argument: itself, or the name of a symbolic value. */
export type Scalar = number | string;

export type Argument =
  | { readonly kind: 'none' }
  | { readonly kind: 'tensor'; readonly name: string }
  | { readonly kind: 'tensors'; readonly names: readonly (string | undefined)[] }
  /** `real`: written as a float, so that it promotes integer tensors. */
  | { readonly kind: 'number'; readonly value: Scalar; readonly real: boolean }
  | { readonly kind: 'numbers'; readonly values: readonly Scalar[] }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'dtype'; readonly value: DType }
  | { readonly kind: 'graph'; readonly name: string; readonly graph: ProgramGraph }
  /** Devices, layouts, custom objects and the like. */
  | { readonly kind: 'other'; readonly type: string };

export type InputSpec =
  | { readonly kind: 'parameter' | 'buffer' | 'constant'; readonly name: string; readonly target: string }
  | { readonly kind: 'user'; readonly argument: Argument }
  | { readonly kind: 'other' };
