import { describe, expect, it } from 'vitest';
import type { Formula } from '../../../src/core/ops/define-op.js';
import { OPS } from '../../../src/core/ops/index.js';
import { evaluateExpression } from './evaluate-expression.js';
import { build, memoryAccessCost } from './sample-calls.js';
import { SAMPLED } from './samples.js';

const evaluate = (formula: Formula) => evaluateExpression(formula.expression, formula.variables);

describe('every op', () => {
  it('has a sample call', () => {
    const sampled = new Set(SAMPLED.map(({ name }) => name));
    expect([...OPS.keys()].filter((name) => !sampled.has(name))).toEqual([]);
  });
});

describe('formulas', () => {
  it.each(SAMPLED)('of $title give its figures', ({ name, sample }) => {
    const built = build(name, sample);
    const { op, call, params } = built;
    const figures = {
      ...op.arithmetic(call),
      params,
      memoryAccessCost: memoryAccessCost(built),
      memoryAccessCostLowerBound: op.memoryAccessCostLowerBound?.(call) ?? 0,
    };
    const formulas = op.formulas?.(call) ?? {};
    for (const figure of ['madds', 'flops', 'params', 'memoryAccessCostLowerBound'] as const) {
      const formula = formulas[figure];
      if (formula === undefined) expect({ figure, value: figures[figure] }).toEqual({ figure, value: 0 });
      else {
        expect(evaluate(formula), `${figure}: ${formula.expression}`).toBe(figures[figure]);
        expect(formula.source).not.toBe('');
      }
    }
    const cost = formulas.memoryAccessCost;
    const isWhole = op.reads === undefined && op.writes === undefined && op.memoryAccessCost === undefined;
    if (cost !== undefined) expect(evaluate(cost), cost.expression).toBe(figures.memoryAccessCost);
    else expect(isWhole, 'an op that does not read and write everything says what it does').toBe(true);
  });

  it('use every variable that they name', () => {
    for (const { name, sample } of SAMPLED) {
      const { op, call } = build(name, sample);
      for (const { expression, variables } of Object.values(op.formulas?.(call) ?? {})) {
        const names = new Set(expression.match(/[A-Za-z]\w*/g) ?? []);
        names.delete('sqrt');
        expect(
          [...names].filter((variable) => variables[variable] === undefined),
          `${name}: ${expression}`,
        ).toEqual([]);
      }
    }
  });
});

describe('the evaluator of formulas', () => {
  it('follows the precedence of arithmetic', () => {
    expect(evaluateExpression('2*sqrt((A+1)*B)-8/4/2', { A: 3, B: 4 })).toBe(7);
    expect(evaluateExpression('1-2-3', {})).toBe(-4);
  });

  it.each(['2**3', 'A', '(1', '1)', '', 'constructor', '1;2'])('refuses %s', (expression) => {
    expect(() => evaluateExpression(expression, {})).toThrow();
  });
});
