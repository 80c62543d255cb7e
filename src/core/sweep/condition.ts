import { ArchmeterError } from '../errors.js';
import { interpolate, type Parameters } from '../spec/expression.js';

const COMPARISONS = {
  '<=': (a: number, b: number) => a <= b,
  '>=': (a: number, b: number) => a >= b,
  '<': (a: number, b: number) => a < b,
  '>': (a: number, b: number) => a > b,
} as const;
const EQUALITIES = { '==': true, '!=': false } as const;
const PARTS = /^(.*?)(<=|>=|==|!=|<|>)(.*)$/s;
const NAME = /(?<![\w.])[A-Za-z_]\w*/g;
const FUNCTIONS = new Set(['floor', 'ceil', 'round', 'min', 'max']);

/** One comparison of a space file, such as `madds <= 600e6` or `width3 >= 2 * width2`. */
export interface Condition {
  readonly text: string;
  /** Names of parameters and figures that it reads. */
  readonly names: readonly string[];
  holds(values: Parameters): boolean;
}

/**
 * Reads a comparison of two arithmetic expressions (`core/spec/expression.ts`); `==` and `!=` also compare words, as in
 * `activation == relu`.
 *
 * @throws ArchmeterError where it is none
 */
export function readCondition(text: string): Condition {
  const match = PARTS.exec(text);
  const [, left = '', operator = '', right = ''] = match ?? [];
  if (match === null || left.trim() === '' || right.trim() === '') {
    throw new ArchmeterError(`'${text}' is no comparison`, "Write e.g. 'madds <= 600e6' or 'width3 >= width2'.");
  }
  const names = [...new Set([...namesIn(left), ...namesIn(right)])];
  if (Object.hasOwn(EQUALITIES, operator)) {
    const wanted = EQUALITIES[operator as keyof typeof EQUALITIES];
    const [a, b] = [operand(left), operand(right)];
    return { text, names, holds: (values) => (a(values) === b(values)) === wanted };
  }
  const compare = COMPARISONS[operator as keyof typeof COMPARISONS];
  const [a, b] = [arithmetic(left), arithmetic(right)];
  return { text, names, holds: (values) => compare(a(values), b(values)) };
}

function namesIn(text: string): string[] {
  return [...text.matchAll(NAME)].map(([name]) => name).filter((name) => !FUNCTIONS.has(name));
}

type Operand<T> = (values: Parameters) => T;

/** A side of an equation: a parameter of any type, a literal, or arithmetic. */
function operand(text: string): Operand<number | string | boolean> {
  const word = text.trim().replace(/^(["'])(.*)\1$/, '$2');
  if (word === 'true' || word === 'false') return () => word === 'true';
  if (!/^[A-Za-z_][\w-]*$/.test(word)) return arithmetic(text);
  return (values) => (Object.hasOwn(values, word) ? (values[word] as number | string | boolean) : word);
}

function arithmetic(text: string): Operand<number> {
  const trimmed = text.trim();
  const literal = Number(trimmed);
  if (trimmed !== '' && !Number.isNaN(literal)) return () => literal;
  const whole = `\${${trimmed}}`;
  if (namesIn(trimmed).length === 0) {
    const constant = interpolate(whole, {}) as number;
    return () => constant;
  }
  return (values) => {
    const own = values[trimmed];
    const value = typeof own === 'number' ? own : interpolate(whole, values);
    if (typeof value === 'number') return value;
    throw new ArchmeterError(`'${trimmed}' is ${JSON.stringify(value)}, not a number`, 'Compare it with == or !=.');
  };
}
