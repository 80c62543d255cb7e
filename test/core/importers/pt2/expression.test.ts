import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate, parseExpression, symbolsOf } from '../../../../src/core/importers/pt2/expression.js';

const SYMBOLS = new Map([
  ['s0', 7],
  ['s77', 3],
  ['u0', 10],
]);

const value = (text: string) => evaluate(parseExpression(text), SYMBOLS);

describe('a symbolic size', () => {
  it.each([
    // sympy.srepr, which torch writes
    ["Symbol('s0', positive=True, integer=True)", 7],
    ["Mul(Integer(2), Symbol('s0', integer=True))", 14],
    ["Add(Mul(Integer(-1), Symbol('s77')), Symbol('s0'), Integer(1))", 5],
    ["Pow(Symbol('s0', integer=True), Integer(2))", 49],
    ["FloorDiv(Add(Symbol('s0'), Integer(-1)), Integer(2))", 3],
    ["Add(FloorDiv(Add(Symbol('s0'), Integer(-2)), Integer(2)), Integer(1))", 3],
    ["torch.utils._sympy.functions.FloorDiv(Symbol('s0'), Integer(2))", 3],
    ["Mod(Symbol('s0'), Integer(4))", 3],
    ["Max(Integer(1), Symbol('u0'), Symbol('s0'))", 10],
    ["Min(Integer(1), Symbol('u0'))", 1],
    ["Mul(Rational(1, 2), Symbol('u0'))", 5],
    ["CeilToInt(IntTrueDiv(Symbol('s0'), Integer(2)))", 4],
    ["TruncToInt(Mul(Float('1.5', precision=53), ToFloat(Symbol('s0'))))", 10],
    ["ModularIndexing(Symbol('u0'), Integer(3), Integer(2))", 1],
    ["Equality(Symbol('s0'), Integer(7))", 1],
    ["And(StrictLessThan(Symbol('s0'), Integer(9)), LessThan(Integer(9), Symbol('s0')))", 0],
    ["Piecewise(ExprCondPair(Integer(1), Equality(Symbol('s0'), Integer(1))), ExprCondPair(Integer(2), true))", 2],
    ['int_oo', Number.POSITIVE_INFINITY],
    // str
    ['s0', 7],
    ['2*s0 + 1', 15],
    ['s0 - s77 - 1', 3],
    ['-s0**2 + 50', 1],
    ['(s0 + 1)//2', 4],
    ['((s0 - 1)//2) + 1', 4],
    ['s0 % 4', 3],
    ['-1//2', -1],
    ['(-s0) % 4', 1],
    ['u0/4', 2.5],
    ['Max(1, s0//2)*s77', 9],
    ['s0 >= 7 & s77 < 3', 0],
    ['Eq(s0, 7)', 1],
    ['~Eq(s0, 7)', 0],
    ['  s0  ', 7],
  ])('%s', (text, expected) => {
    expect(value(text)).toBe(expected);
  });

  it('of integers is what JavaScript makes of the same text', () => {
    const leaf = fc.oneof(fc.integer({ min: 0, max: 50 }).map(String), fc.constantFrom('s0', 's77', 'u0'));
    const { tree } = fc.letrec<{ tree: string }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.tuple(tie('tree'), fc.constantFrom('+', '-', '*'), tie('tree')).map(([x, op, y]) => `(${x} ${op} ${y})`),
        fc.tuple(tie('tree'), fc.constantFrom('+', '-', '*'), tie('tree')).map(([x, op, y]) => `${x} ${op} ${y}`),
        tie('tree').map((x) => `-(${x})`),
      ),
    }));
    fc.assert(
      fc.property(tree, (text) => {
        const expected = new Function('s0', 's77', 'u0', `return ${text.replaceAll('--', '- -')}`)(7, 3, 10) as number;
        expect(value(text) === expected).toBe(true);
      }),
    );
  });

  it('names its symbols', () => {
    expect([...symbolsOf(parseExpression("Add(Symbol('s0'), Mul(Symbol('s1'), Symbol('s0')))"))]).toEqual(['s0', 's1']);
  });

  it.each(['', '2 +', '(s0', 's0)', 'Add(', 's0 s1', '@', "'"])('that reads "%s" is refused', (text) => {
    expect(() => value(text)).toThrow(/^the symbolic size '.*' cannot be read\.$/);
  });

  it('is refused where it is nested beyond sense', () => {
    expect(() => value('('.repeat(100_000))).toThrow(/cannot be read/);
    expect(() => value('-'.repeat(100_000))).toThrow(/cannot be read/);
  });

  it('is refused where a name is unknown', () => {
    expect(() => value('s9 + 1')).toThrow("the size 's9' is not known.");
    expect(() => value('Gamma(s0)')).toThrow("the size function 'Gamma' is not known.");
    expect(() => value('constructor(s0)')).toThrow("the size function 'constructor' is not known.");
  });

  it('may hold any text without hanging or failing in another way', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'s01 +-*/%()<>=,\'".&|~eAMod_') }), (text) => {
        try {
          expect(typeof value(text)).toBe('number');
        } catch (error) {
          expect(error).toMatchObject({ name: 'ArchmeterError' });
        }
      }),
    );
  });
});
