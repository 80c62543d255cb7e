import { ArchmeterError } from '../errors.js';

/**
 * Arithmetic inside `${…}` of a spec file: numbers, parameters, + - * / // % ( ), and
 * floor, ceil, round, min, max. `//` divides and rounds down.
 */
const FUNCTIONS: Readonly<Record<string, (...values: number[]) => number>> = {
  floor: (x) => Math.floor(x as number),
  ceil: (x) => Math.ceil(x as number),
  round: (x) => Math.round(x as number),
  min: Math.min,
  max: Math.max,
};

const TOKEN = /\s*(?:(\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)|([A-Za-z_]\w*)|(\/\/|[-+*/%(),]))/y;
const MAX_DEPTH = 64;

export type Parameters = Readonly<Record<string, number | string | boolean>>;

/** Replaces `${…}` in a text. A text that is one expression alone gives its value, else the parts are joined. */
export function interpolate(text: string, parameters: Parameters): number | string | boolean {
  const whole = /^\$\{([^}]*)\}$/.exec(text);
  if (whole) return evaluate(whole[1] as string, parameters);
  return text.replace(/\$\{([^}]*)\}/g, (_, expression: string) => String(evaluate(expression, parameters)));
}

function evaluate(expression: string, parameters: Parameters): number | string | boolean {
  const name = expression.trim();
  const alone = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  if (alone !== undefined) return alone;
  return new Expression(expression, parameters).value();
}

class Expression {
  private readonly tokens: string[] = [];
  private position = 0;
  private depth = 0;

  constructor(
    private readonly text: string,
    private readonly parameters: Parameters,
  ) {
    TOKEN.lastIndex = 0;
    const trimmed = text.trimEnd();
    while (TOKEN.lastIndex < trimmed.length) {
      const from = TOKEN.lastIndex;
      const match = TOKEN.exec(trimmed);
      if (match === null) throw this.error(`unexpected '${trimmed.slice(from).trim().slice(0, 10)}'`);
      this.tokens.push((match[1] ?? match[2] ?? match[3]) as string);
    }
  }

  value(): number {
    const result = this.sum();
    if (this.position < this.tokens.length) throw this.error(`unexpected '${this.tokens[this.position]}'`);
    if (!Number.isFinite(result)) throw this.error('the result is not a finite number');
    return result;
  }

  private sum(): number {
    let left = this.product();
    for (;;) {
      if (this.take('+')) left += this.product();
      else if (this.take('-')) left -= this.product();
      else return left;
    }
  }

  private product(): number {
    let left = this.factor();
    for (;;) {
      if (this.take('*')) left *= this.factor();
      else if (this.take('//')) left = Math.floor(left / this.factor());
      else if (this.take('/')) left /= this.factor();
      else if (this.take('%')) left %= this.factor();
      else return left;
    }
  }

  private factor(): number {
    if (++this.depth > MAX_DEPTH) throw this.error('too deeply nested');
    try {
      if (this.take('-')) return -this.factor();
      if (this.take('(')) {
        const inner = this.sum();
        this.expect(')');
        return inner;
      }
      const token = this.tokens[this.position++];
      if (token === undefined) throw this.error('it ends too early');
      if (/^\d/.test(token)) return Number(token);
      if (Object.hasOwn(FUNCTIONS, token) && this.take('(')) return this.call(token);
      return this.parameter(token);
    } finally {
      this.depth--;
    }
  }

  private call(name: string): number {
    const values = [this.sum()];
    while (this.take(',')) values.push(this.sum());
    this.expect(')');
    return (FUNCTIONS[name] as (...values: number[]) => number)(...values);
  }

  private parameter(name: string): number {
    if (!Object.hasOwn(this.parameters, name)) {
      const known = Object.keys(this.parameters);
      throw this.error(`no parameter is named '${name}'${known.length > 0 ? ` (there is ${known.join(', ')})` : ''}`);
    }
    const value = this.parameters[name];
    if (typeof value !== 'number') throw this.error(`parameter '${name}' is not a number`);
    return value;
  }

  private take(token: string): boolean {
    if (this.tokens[this.position] !== token) return false;
    this.position++;
    return true;
  }

  private expect(token: string): void {
    if (!this.take(token)) throw this.error(`'${token}' is missing`);
  }

  private error(problem: string): ArchmeterError {
    return new ArchmeterError(`cannot compute \${${this.text}}: ${problem}`);
  }
}
