import { elementCount } from '../../../ir/tensor.js';
import type { Argument, ProgramNode, Scalar } from '../program.js';
import { axisOf } from './axes.js';
import { isTransposed, type Scope } from './scope.js';

/** Operators on sizes: Python's on numbers, and those that read a size of a tensor. */

function floorMod(x: number, y: number): number {
  return x - y * Math.floor(x / y);
}

function roundHalfEven(x: number): number {
  const low = Math.floor(x);
  if (x - low !== 0.5) return Math.round(x);
  return low % 2 === 0 ? low : low + 1;
}

const NUMBERS: Readonly<Record<string, (...operands: number[]) => number>> = {
  add: (x = 0, y = 0) => x + y,
  sub: (x = 0, y = 0) => x - y,
  mul: (x = 0, y = 0) => x * y,
  truediv: (x = 0, y = 0) => x / y,
  floordiv: (x = 0, y = 0) => Math.floor(x / y),
  mod: (x = 0, y = 0) => floorMod(x, y),
  pow: (x = 0, y = 0) => x ** y,
  neg: (x = 0) => -x,
  pos: (x = 0) => x,
  abs: (x = 0) => Math.abs(x),
  lshift: (x = 0, y = 0) => x * 2 ** y,
  rshift: (x = 0, y = 0) => Math.floor(x / 2 ** y),
  eq: (x, y) => Number(x === y),
  ne: (x, y) => Number(x !== y),
  lt: (x = 0, y = 0) => Number(x < y),
  le: (x = 0, y = 0) => Number(x <= y),
  gt: (x = 0, y = 0) => Number(x > y),
  ge: (x = 0, y = 0) => Number(x >= y),
  and_: (x, y) => Number(x !== 0 && y !== 0),
  or_: (x, y) => Number(x !== 0 || y !== 0),
  sym_not: (x) => Number(x === 0),
  sym_ite: (condition = 0, x = 0, y = 0) => (condition !== 0 ? x : y),
  sym_max: (...operands) => Math.max(...operands),
  sym_min: (...operands) => Math.min(...operands),
  sym_sum: (...operands) => operands.reduce((sum, x) => sum + x, 0),
  sym_int: (x = 0) => Math.trunc(x),
  sym_float: (x = 0) => x,
  sym_sqrt: (x = 0) => Math.sqrt(x),
  _sym_sqrt: (x = 0) => Math.sqrt(x),
  sqrt: (x = 0) => Math.sqrt(x),
  trunc: (x = 0) => Math.trunc(x),
  ceil: (x = 0) => Math.ceil(x),
  floor: (x = 0) => Math.floor(x),
  round: (x = 0) => roundHalfEven(x),
  log2: (x = 0) => Math.log2(x),
};

/** Value of a node that gives a number; undefined where it is none of these. */
export function numberOf(node: ProgramNode, scope: Scope): number | undefined {
  const { target, inputs } = node;
  const given = (index: number) => inputs[index]?.value;
  if (/^aten\.(sym_size|size)\.int$/.test(target)) {
    const shape = shapeOf(given(0), scope);
    const axis = given(1);
    if (shape === undefined || axis?.kind !== 'number') return undefined;
    return shape[axisOf(scope.number(axis.value), shape.length)];
  }
  if (/^aten\.(sym_)?numel\b/.test(target)) {
    const shape = shapeOf(given(0), scope);
    return shape === undefined ? undefined : elementCount(shape);
  }
  const name = /^(?:_operator|operator|math|torch|builtins|torch\.sym)\.(?:.*\.)?(\w+)$/.exec(target)?.[1];
  const apply = name !== undefined && Object.hasOwn(NUMBERS, name) ? NUMBERS[name] : undefined;
  if (apply === undefined) return undefined;
  const operands = inputs.flatMap(({ value }) => scalarsOf(value)).map((scalar) => scope.tryNumber(scalar));
  return operands.includes(undefined) ? undefined : apply(...(operands as number[]));
}

function scalarsOf(argument: Argument): readonly Scalar[] {
  if (argument.kind === 'number') return [argument.value];
  if (argument.kind === 'boolean') return [Number(argument.value)];
  return argument.kind === 'numbers' ? argument.values : [];
}

function shapeOf(argument: Argument | undefined, scope: Scope): readonly number[] | undefined {
  if (argument?.kind !== 'tensor') return undefined;
  const binding = scope.binding(argument.name);
  return isTransposed(binding) ? binding.transposed.shape.toReversed() : binding.shape;
}
