import { ArchmeterError } from '../../errors.js';
import type { Shape } from '../../ir/tensor.js';
import { type Expression, evaluate, symbolsOf } from './expression.js';
import type { Range, Size, TensorMeta } from './program.js';

/** The sizes that a program leaves open, and their values. */
export class SymbolTable {
  private readonly values = new Map<string, number>();

  constructor(private readonly ranges: ReadonlyMap<string, Range>) {}

  /** Value of a size under the symbols known so far; undefined where one is open. */
  tryEvaluate(size: Size): number | undefined {
    if (typeof size === 'number') return size;
    for (const name of symbolsOf(size.expression)) if (!this.values.has(name)) return undefined;
    return evaluate(size.expression, this.values);
  }

  /** The sizes of a tensor; throws where a symbol is open. */
  shapeOf(meta: TensorMeta): number[] {
    return meta.sizes.map((size) => {
      const value = this.tryEvaluate(size);
      if (value === undefined) throw this.open(size);
      if (!Number.isSafeInteger(value) || value < 0) {
        throw new ArchmeterError(`the size ${describe(size)} is ${value}, which is no tensor size`);
      }
      return value;
    });
  }

  /** Makes each symbolic size of an input equal to the wanted one. Returns false where that cannot be. */
  solve(sizes: readonly Size[], wanted: Shape): boolean {
    let progress = true;
    while (progress) {
      progress = false;
      for (const [axis, size] of sizes.entries()) {
        if (typeof size === 'number' || this.tryEvaluate(size) !== undefined) continue;
        progress = this.solveOne(size.expression, wanted[axis] as number) || progress;
      }
    }
    return sizes.every((size, axis) => this.tryEvaluate(size) === wanted[axis]);
  }

  set(name: string, value: number): void {
    this.values.set(name, value);
  }

  has(name: string): boolean {
    return this.values.has(name);
  }

  /** Symbols whose value is outside what the export allows. */
  outOfRange(): { readonly name: string; readonly value: number; readonly range: Range }[] {
    return [...this.values].flatMap(([name, value]) => {
      const range = this.ranges.get(name);
      const outside = range !== undefined && (value < (range.min ?? -Infinity) || value > (range.max ?? Infinity));
      return outside ? [{ name, value, range }] : [];
    });
  }

  lowerBound(name: string): number {
    return this.ranges.get(name)?.min ?? 0;
  }

  upperBound(name: string): number | undefined {
    return this.ranges.get(name)?.max;
  }

  open(size: Size): ArchmeterError {
    return new ArchmeterError(
      `the size ${describe(size)} depends on the contents of a tensor, not only on shapes`,
      'Bound it in the model with torch._check(size <= N), or export the part before it.',
    );
  }

  /** Sizes are linear in one symbol in practice (`s0`, `2*s0`, `s0 + 1`): two points give the line. */
  private solveOne(expression: Expression, wanted: number): boolean {
    const open = [...symbolsOf(expression)].filter((name) => !this.values.has(name));
    const [name] = open;
    if (name === undefined || open.length > 1) return false;
    const at = (value: number) => evaluate(expression, new Map([...this.values, [name, value]]));
    const slope = at(2) - at(1);
    const value = (wanted - at(1)) / slope + 1;
    if (!Number.isSafeInteger(value) || at(value) !== wanted) return false;
    this.values.set(name, value);
    return true;
  }
}

/** The expression as text, srepr made readable: `Mul(Integer(2), Symbol('s0'))` is `2*s0`. */
export function describe(size: Size): string {
  return typeof size === 'number' ? String(size) : show(size.expression);
}

const SIGNS: Readonly<Record<string, string>> = { Add: ' + ', Mul: '*', FloorDiv: '//', Mod: '%' };

function show(expression: Expression): string {
  if (expression.kind === 'number') return String(expression.value);
  if (expression.kind === 'symbol') return expression.name;
  if (expression.name === 'Integer') return expression.operands.map(show).join('');
  const sign = SIGNS[expression.name];
  if (sign === undefined) return `${expression.name}(${expression.operands.map(show).join(', ')})`;
  return expression.operands
    .map((operand) => (operand.kind === 'call' && operand.name === 'Add' ? `(${show(operand)})` : show(operand)))
    .join(sign);
}
