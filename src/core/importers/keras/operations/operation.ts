import type { LayerArguments } from '../../../graph/builder.js';
import type { Value } from '../../../ir/graph.js';
import type { DType, Shape } from '../../../ir/tensor.js';
import type { OpName } from '../../../ops/op-attributes.js';
import { dtypeOf, isObject } from '../config.js';
import { type Argument, isValue, type LayerCall, type Result, tensorsIn } from '../layer.js';

/** How one function of keras.ops or tensorflow becomes ops. */
export type OperationLowering = (operation: Operation) => Result;

/** A call of a function: its arguments by position or name, and the attributes that Keras stored. */
export class Operation {
  constructor(readonly call: LayerCall) {}

  /** The first of the given that is there: a keyword of the call, the position, a stored attribute. */
  argument(position: number, ...names: readonly string[]): Argument {
    const { args, kwargs } = this.call.options;
    for (const name of names) if (kwargs[name] !== undefined) return kwargs[name];
    const given = position < 0 ? undefined : args[position];
    if (given !== undefined) return given;
    for (const name of names) {
      const stored = this.call.config.get(name);
      if (stored !== undefined) return stored;
    }
    return undefined;
  }

  /** The same function called with other arguments. */
  withArguments(args: readonly Argument[], kwargs: Readonly<Record<string, Argument>>): Operation {
    return new Operation(this.call.withOptions({ ...this.call.options, args, kwargs }));
  }

  /** An operand; a number or a stored array becomes a constant. */
  operand(position: number, ...names: readonly string[]): Value {
    const given = this.argument(position, ...names);
    return this.toValue(given) ?? this.call.fail(`its argument ${names[0] ?? position} is no tensor`);
  }

  optional(position: number, ...names: readonly string[]): Value | undefined {
    return this.toValue(this.argument(position, ...names));
  }

  get x(): Value {
    return this.operand(0, 'x', 'inputs', 'input', 'input_tensor', 'tensor', 'value', 'a', 'features', 'images', 'x1');
  }

  integer(fallback: number | undefined, position: number, ...names: readonly string[]): number {
    const given = this.argument(position, ...names) ?? fallback;
    if (typeof given === 'number' && Number.isSafeInteger(given)) return given;
    return this.call.fail(`its argument ${names[0]} should be a whole number`);
  }

  /** Whole numbers; one is a list of one. Undefined where nothing, or null, is given. */
  integers(position: number, ...names: readonly string[]): number[] | undefined {
    const given = this.argument(position, ...names);
    return given === undefined || given === null ? undefined : this.wholeNumbers(given, names[0]);
  }

  wholeNumbers(given: Argument, name: string | undefined): number[] {
    const list: readonly Argument[] = Array.isArray(given) ? given : [given as Argument];
    const plain = list.map((item) => (isValue(item) && item.data?.length === 1 ? item.data[0] : item));
    if (plain.every((item) => Number.isSafeInteger(item))) return plain as number[];
    return this.call.fail(`its argument ${name} should be whole numbers`);
  }

  flag(fallback: boolean, position: number, ...names: readonly string[]): boolean {
    const given = this.argument(position, ...names);
    return typeof given === 'boolean' ? given : fallback;
  }

  text(position: number, ...names: readonly string[]): string | undefined {
    const given = this.argument(position, ...names);
    return typeof given === 'string' ? given : undefined;
  }

  add<N extends OpName>(op: N, inputs: readonly (Value | undefined)[], ...rest: LayerArguments<N, []>): Value {
    return this.call.add(op, inputs, ...rest);
  }

  private toValue(given: Argument): Value | undefined {
    if (isValue(given)) return given;
    const other = this.call.inputs[0] ?? tensorsIn(this.call.options.kwargs)[0];
    const stored = storedArray(given);
    const name = `${this.call.layer.fullName}.operand`;
    if (stored !== undefined) return this.call.builder.stored(name, 'constant', stored.shape, stored.dtype);
    if (typeof given === 'number' || typeof given === 'boolean') {
      return this.call.builder.stored(name, 'constant', [], other?.dtype ?? 'float32', [Number(given)]);
    }
    return undefined;
  }
}

/** `{class_name: "__tensor__", config: {value, dtype}}`, a plain nested list of numbers, or nothing of the kind. */
function storedArray(given: Argument): { readonly shape: Shape; readonly dtype: DType } | undefined {
  if (Array.isArray(given)) {
    const shape = nestedShape(given);
    return shape === undefined ? undefined : { shape, dtype: 'float32' };
  }
  if (!isObject(given) || !isObject(given.config)) return undefined;
  if (given.class_name !== '__tensor__' && given.class_name !== '__numpy__') return undefined;
  const { value, dtype } = given.config;
  const shape = nestedShape(value as Argument);
  if (shape === undefined) return undefined;
  return { shape, dtype: (typeof dtype === 'string' ? dtypeOf(dtype) : undefined) ?? 'float32' };
}

function nestedShape(given: Argument): Shape | undefined {
  if (typeof given === 'number' || typeof given === 'boolean') return [];
  if (!Array.isArray(given)) return undefined;
  if (given.length === 0) return [0];
  const inner = nestedShape(given[0]);
  return inner === undefined ? undefined : [given.length, ...inner];
}

/** Plain numbers, nested lists of them included. */
export function isPlain(argument: Argument): boolean {
  return typeof argument === 'number' || (Array.isArray(argument) && argument.every(isPlain));
}
