import { ArchmeterError } from '../../errors.js';
import { SIZE_FUNCTIONS } from './size-functions.js';

/**
 * Symbolic sizes, as torch.export writes them: sympy text, either `srepr` (`Add(Symbol('s0', integer=True), Integer(1))`,
 * what torch 2.x writes) or `str` (`2*s0 + 1`). Values are numbers; a truth value is 0 or 1.
 */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'symbol'; readonly name: string }
  | { readonly kind: 'call'; readonly name: string; readonly operands: readonly Expression[] };

export type Symbols = ReadonlyMap<string, number>;

/** Deeper than any expression that torch simplifies; keeps hostile text from overflowing the stack. */
const MAX_DEPTH = 200;

const TOKEN =
  /\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?)|([A-Za-z_][\w.]*)|'([^']*)'|"([^"]*)"|(\*\*|\/\/|[=!<>]=|[-+*/%()<>,=&|~]))/y;

type Token =
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'name'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'mark'; readonly text: string };

const parsed = new Map<string, Expression>();

export function parseExpression(text: string): Expression {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const expression = new Parser(text).parse();
  if (parsed.size > 10_000) parsed.clear();
  parsed.set(text, expression);
  return expression;
}

/** Names of the symbols in it. */
export function symbolsOf(expression: Expression, found: Set<string> = new Set()): Set<string> {
  if (expression.kind === 'symbol') found.add(expression.name);
  else if (expression.kind === 'call') for (const operand of expression.operands) symbolsOf(operand, found);
  return found;
}

/** Value under the given symbols; throws ArchmeterError where one is not bound or a function is not known. */
export function evaluate(expression: Expression, symbols: Symbols): number {
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'symbol': {
      const value = symbols.get(expression.name);
      if (value === undefined) throw new ArchmeterError(`the size '${expression.name}' is not known`);
      return value;
    }
    case 'call': {
      const apply = SIZE_FUNCTIONS.get(expression.name);
      if (apply === undefined) throw new ArchmeterError(`the size function '${expression.name}' is not known`);
      return apply(...expression.operands.map((operand) => evaluate(operand, symbols)));
    }
  }
}

const CONSTANTS: Readonly<Record<string, number>> = {
  true: 1,
  True: 1,
  false: 0,
  False: 0,
  oo: Number.POSITIVE_INFINITY,
  int_oo: Number.POSITIVE_INFINITY,
};

const COMPARISONS: Readonly<Record<string, string>> = {
  '==': 'Eq',
  '!=': 'Ne',
  '<': 'Lt',
  '<=': 'Le',
  '>': 'Gt',
  '>=': 'Ge',
};

const TERMS: Readonly<Record<string, string>> = { '*': 'Mul', '/': 'TrueDiv', '//': 'FloorDiv', '%': 'Mod' };

class Parser {
  private readonly tokens: Token[];
  private at = 0;
  private depth = 0;

  constructor(private readonly text: string) {
    this.tokens = this.tokenize();
  }

  parse(): Expression {
    const [expression] = this.list();
    if (this.at !== this.tokens.length || expression === undefined) throw this.error();
    return expression;
  }

  private tokenize(): Token[] {
    const tokens: Token[] = [];
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < this.text.length) {
      const start = TOKEN.lastIndex;
      const match = TOKEN.exec(this.text);
      if (match === null) {
        if (this.text.slice(start).trim() === '') break;
        throw this.error();
      }
      const [, number, name, single, double, mark] = match;
      if (number !== undefined) tokens.push({ kind: 'number', text: number });
      else if (name !== undefined) tokens.push({ kind: 'name', text: name });
      else if (mark !== undefined) tokens.push({ kind: 'mark', text: mark });
      else tokens.push({ kind: 'string', text: single ?? double ?? '' });
    }
    return tokens;
  }

  /** Arguments up to a closing bracket or the end; keyword arguments (assumptions on symbols) are dropped. */
  private list(): Expression[] {
    const found: Expression[] = [];
    while (this.at < this.tokens.length && this.tokens[this.at]?.text !== ')') {
      const next = this.tokens[this.at + 1];
      if (this.tokens[this.at]?.kind === 'name' && next?.kind === 'mark' && next.text === '=') {
        this.at += 2;
        this.disjunction();
      } else found.push(this.disjunction());
      if (!this.take(',')) break;
    }
    return found;
  }

  private disjunction(): Expression {
    if (++this.depth > MAX_DEPTH) throw this.error();
    let left = this.conjunction();
    while (this.take('|') || this.takeName('or')) left = call('Or', left, this.conjunction());
    this.depth--;
    return left;
  }

  private conjunction(): Expression {
    let left = this.comparison();
    while (this.take('&') || this.takeName('and')) left = call('And', left, this.comparison());
    return left;
  }

  private comparison(): Expression {
    const left = this.total();
    const name = COMPARISONS[this.peekMark() ?? ''];
    if (name === undefined) return left;
    this.at++;
    return call(name, left, this.total());
  }

  private total(): Expression {
    let left = this.term();
    for (;;) {
      if (this.take('+')) left = call('Add', left, this.term());
      else if (this.take('-')) left = call('Add', left, call('Neg', this.term()));
      else return left;
    }
  }

  private term(): Expression {
    let left = this.unary();
    for (;;) {
      const name = TERMS[this.peekMark() ?? ''];
      if (name === undefined) return left;
      this.at++;
      left = call(name, left, this.unary());
    }
  }

  private unary(): Expression {
    if (++this.depth > MAX_DEPTH) throw this.error();
    const value = this.take('-')
      ? call('Neg', this.unary())
      : this.take('+')
        ? this.unary()
        : this.take('~') || this.takeName('not')
          ? call('Not', this.unary())
          : this.power();
    this.depth--;
    return value;
  }

  private power(): Expression {
    const base = this.atom();
    return this.take('**') ? call('Pow', base, this.unary()) : base;
  }

  private atom(): Expression {
    const token = this.tokens[this.at++];
    if (token === undefined) throw this.error();
    if (token.kind === 'number') return { kind: 'number', value: Number(token.text) };
    // srepr writes numbers inside Float as text: Float('0.5', precision=53).
    if (token.kind === 'string') return { kind: 'number', value: Number(token.text) };
    if (token.kind === 'mark') {
      if (token.text !== '(') throw this.error();
      const [inner, ...more] = this.list();
      if (inner === undefined || !this.take(')')) throw this.error();
      return more.length === 0 ? inner : call('Tuple', inner, ...more);
    }
    if (this.take('(')) return this.callOf(token.text.replace(/^.*\./, ''));
    if (Object.hasOwn(CONSTANTS, token.text)) return { kind: 'number', value: CONSTANTS[token.text] as number };
    return { kind: 'symbol', name: token.text };
  }

  private callOf(name: string): Expression {
    const first = this.tokens[this.at];
    const operands = this.list();
    if (!this.take(')')) throw this.error();
    if ((name === 'Symbol' || name === 'Dummy') && first?.kind === 'string')
      return { kind: 'symbol', name: first.text };
    if (name === 'IntInfinity' || name === 'Infinity') return { kind: 'number', value: Number.POSITIVE_INFINITY };
    if (name === 'NegativeIntInfinity' || name === 'NegativeInfinity') {
      return { kind: 'number', value: Number.NEGATIVE_INFINITY };
    }
    if (name !== 'Piecewise') return call(name, ...operands);
    return call(name, ...operands.flatMap((pair) => (pair.kind === 'call' ? pair.operands : [pair])));
  }

  private peekMark(): string | undefined {
    const token = this.tokens[this.at];
    return token?.kind === 'mark' ? token.text : undefined;
  }

  private take(mark: string): boolean {
    if (this.peekMark() !== mark) return false;
    this.at++;
    return true;
  }

  private takeName(name: string): boolean {
    const token = this.tokens[this.at];
    if (token?.kind !== 'name' || token.text !== name) return false;
    this.at++;
    return true;
  }

  private error(): ArchmeterError {
    const shown = this.text.length > 80 ? `${this.text.slice(0, 80)}…` : this.text;
    return new ArchmeterError(`the symbolic size '${shown}' cannot be read`);
  }
}

function call(name: string, ...operands: Expression[]): Expression {
  return { kind: 'call', name, operands };
}
