/** Evaluates numbers, names, + - * / ( ) and sqrt: all that a formula may hold. Throws on anything else. */
export function evaluateExpression(expression: string, variables: Readonly<Record<string, number>>): number {
  const tokens = expression.match(/\s*(?:[A-Za-z]\w*|\d+(?:\.\d+)?|[-+*/()])/gy) ?? [];
  if (tokens.join('') !== expression) throw new Error(`'${expression}' holds something else`);
  let at = 0;
  const peek = () => tokens[at]?.trim();
  const take = () => tokens[at++]?.trim();

  function atom(): number {
    const token = take();
    if (token === '-') return -atom();
    if (token === '(' || token === 'sqrt') {
      if (token === 'sqrt' && take() !== '(') throw new Error('sqrt needs (');
      const value = sum();
      if (take() !== ')') throw new Error(`')' is missing in '${expression}'`);
      return token === 'sqrt' ? Math.sqrt(value) : value;
    }
    if (token === undefined) throw new Error(`'${expression}' ends early`);
    if (/^\d/.test(token)) return Number(token);
    const value = Object.hasOwn(variables, token) ? variables[token] : undefined;
    if (value === undefined) throw new Error(`'${token}' in '${expression}' has no value`);
    return value;
  }
  function product(): number {
    let value = atom();
    while (peek() === '*' || peek() === '/') value = take() === '*' ? value * atom() : value / atom();
    return value;
  }
  function sum(): number {
    let value = product();
    while (peek() === '+' || peek() === '-') value = take() === '+' ? value + product() : value - product();
    return value;
  }

  const value = sum();
  if (at !== tokens.length) throw new Error(`'${expression}' does not end at '${peek()}'`);
  return value;
}
