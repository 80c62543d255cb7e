import { ArchmeterError } from '../../../errors.js';
import type { LayerArguments } from '../../../graph/builder.js';
import type { Value } from '../../../ir/graph.js';
import type { DType, Shape, TensorType } from '../../../ir/tensor.js';
import type { OpName } from '../../../ops/op-attributes.js';
import type { Argument, ProgramGraph, ProgramNode } from '../program.js';
import type { Emitter } from './emitter.js';
import { isTransposed, type Scope } from './scope.js';

/** What a lowering gives for a node: its outputs in order; undefined for one that costs nothing and is seldom read. */
export type Lowered = Value | readonly (Value | undefined)[];

/** Turns one aten operator into ops of the graph. */
export type Lowering = (node: NodeContext) => Lowered;

/** A matrix that a product takes: `stored` is one of the model's weights, and whether the program sees it transposed. */
export interface Matrix {
  readonly value: Value;
  readonly transposed: boolean;
  readonly stored: boolean;
}

/** One node of the program while it is lowered: its arguments by the names of the operator's schema. */
export class NodeContext {
  private readonly named: Map<string, Argument>;
  /** Values that the node reads. */
  readonly read = new Set<Value>();

  constructor(
    readonly node: ProgramNode,
    readonly scope: Scope,
    readonly emitter: Emitter,
    /** Output types as the file states them, those of a list in order. */
    readonly stated: readonly TensorType[],
  ) {
    this.named = new Map(node.inputs.map(({ name, value }) => [name, value]));
  }

  has(name: string): boolean {
    const argument = this.named.get(name);
    return argument !== undefined && argument.kind !== 'none';
  }

  tensor(name: string): Value {
    const value = this.optional(name);
    if (value === undefined) throw new ArchmeterError(`${this.node.target} is missing its argument '${name}'`);
    return value;
  }

  optional(name: string): Value | undefined {
    const argument = this.named.get(name);
    if (argument === undefined || argument.kind === 'none') return undefined;
    if (argument.kind !== 'tensor') throw this.unexpected(name, 'a tensor', argument);
    return this.valueOf(argument.name);
  }

  optionals(name: string): (Value | undefined)[] {
    const argument = this.named.get(name);
    if (argument === undefined || argument.kind === 'none') return [];
    if (argument.kind === 'tensor') return [this.valueOf(argument.name)];
    // An empty list has no kind of its own.
    if (argument.kind === 'numbers' && argument.values.length === 0) return [];
    if (argument.kind !== 'tensors') throw this.unexpected(name, 'tensors', argument);
    return argument.names.map((tensor) => (tensor === undefined ? undefined : this.valueOf(tensor)));
  }

  tensors(name: string): Value[] {
    return this.optionals(name).filter((value) => value !== undefined);
  }

  /** The operand of a product; where it is a stored weight, as it is stored. */
  matrix(name: string): Matrix {
    const argument = this.named.get(name);
    if (argument?.kind === 'tensor') {
      const binding = this.scope.binding(argument.name);
      if (isTransposed(binding)) {
        this.read.add(binding.transposed);
        return { value: binding.transposed, transposed: true, stored: true };
      }
    }
    const value = this.tensor(name);
    return { value, transposed: false, stored: isStored(value) };
  }

  number(name: string, fallback?: number): number {
    const argument = this.named.get(name);
    if (argument?.kind === 'number') return this.scope.number(argument.value);
    if (argument?.kind === 'boolean') return Number(argument.value);
    if ((argument === undefined || argument.kind === 'none') && fallback !== undefined) return fallback;
    throw this.unexpected(name, 'a number', argument);
  }

  integer(name: string, fallback?: number): number {
    return this.whole(name, this.number(name, fallback));
  }

  numbers(name: string, fallback?: readonly number[]): number[] {
    const argument = this.named.get(name);
    if (argument?.kind === 'numbers') return argument.values.map((value) => this.scope.number(value));
    if (argument?.kind === 'number') return [this.scope.number(argument.value)];
    if (argument?.kind === 'tensors' && argument.names.length === 0) return [];
    if ((argument === undefined || argument.kind === 'none') && fallback !== undefined) return [...fallback];
    throw this.unexpected(name, 'a list of numbers', argument);
  }

  integers(name: string, fallback?: readonly number[]): number[] {
    return this.numbers(name, fallback).map((value) => this.whole(name, value));
  }

  flag(name: string, fallback = false): boolean {
    const argument = this.named.get(name);
    if (argument?.kind === 'boolean') return argument.value;
    if (argument?.kind === 'number') return this.scope.number(argument.value) !== 0;
    return fallback;
  }

  word(name: string, fallback: string): string {
    const argument = this.named.get(name);
    return argument?.kind === 'text' ? argument.value : fallback;
  }

  dtype(name: string): DType | undefined {
    const argument = this.named.get(name);
    return argument?.kind === 'dtype' ? argument.value : undefined;
  }

  /** A tensor, or a number as a scalar constant. */
  operand(name: string): Value {
    const argument = this.named.get(name);
    if (argument?.kind === 'boolean') return this.emitter.constant(Number(argument.value), 'bool');
    if (argument?.kind !== 'number') return this.tensor(name);
    return this.emitter.constant(this.number(name), argument.real ? 'float32' : 'int64');
  }

  isNumber(name: string): boolean {
    const kind = this.named.get(name)?.kind;
    return kind === 'number' || kind === 'boolean';
  }

  /** A scalar constant of our own; a whole number is an integer, so that it promotes nothing. */
  constant(value: number): Value {
    return this.emitter.constant(value, Number.isInteger(value) ? 'int64' : 'float32');
  }

  /** Adds the op that the node stands for. */
  add<N extends OpName>(op: N, inputs: readonly (Value | undefined)[], ...[attributes]: LayerArguments<N, []>): Value {
    return this.emitter.add<OpName>(this.node, op, inputs, attributes ?? {})[0] as Value;
  }

  addAll<N extends OpName>(
    op: N,
    inputs: readonly (Value | undefined)[],
    ...[attributes]: LayerArguments<N, []>
  ): Value[] {
    return this.emitter.add<OpName>(this.node, op, inputs, attributes ?? {});
  }

  /** An op that the file has and archmeter does not count. */
  opaque(reason: string): Value[] {
    const inputs = this.node.inputs.flatMap(({ value }) => {
      if (value.kind === 'tensor') return [this.valueOf(value.name)];
      if (value.kind === 'tensors')
        return value.names.flatMap((name) => (name === undefined ? [] : [this.valueOf(name)]));
      return [];
    });
    return this.emitter.opaque(this.node, inputs, this.stated, reason);
  }

  /** Whether the program has a name for an output; torch calls those that nothing reads `…_unused_1`. */
  isRead(index: number): boolean {
    const output = this.node.outputs[index];
    return output?.kind === 'tensor' && !/_unused_\d+$/.test(output.name);
  }

  /** Shape that the file states for an output. */
  statedShape(index = 0): Shape {
    const stated = this.stated[index];
    if (stated === undefined) throw new ArchmeterError(`${this.node.target} has no output ${index}`);
    return stated.shape;
  }

  /** Arguments of a higher-order operator, in order. */
  get positional(): readonly Argument[] {
    return this.node.inputs.map(({ value }) => value);
  }

  graphAt(index: number): ProgramGraph {
    const argument = this.positional[index];
    if (argument?.kind !== 'graph') throw this.unexpected(`${index}`, 'a graph', argument);
    return argument.graph;
  }

  valueOf(name: string): Value {
    const value = this.emitter.materialized(this.node, this.scope, name);
    this.read.add(value);
    return value;
  }

  private whole(name: string, value: number): number {
    if (Number.isInteger(value)) return value;
    throw new ArchmeterError(`argument '${name}' of ${this.node.target} is ${value}, not a whole number`);
  }

  private unexpected(name: string, expected: string, found: Argument | undefined): ArchmeterError {
    return new ArchmeterError(
      `argument '${name}' of ${this.node.target} should be ${expected}, not ${found?.kind ?? 'missing'}`,
    );
  }
}

export function isStored(value: Value): boolean {
  return value.kind === 'parameter' || value.kind === 'buffer' || value.kind === 'constant';
}
