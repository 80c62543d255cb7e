import { expect, it } from 'vitest';
import { analyze } from '../../../src/core/analysis/analyze.js';
import { explainLayer, substitute } from '../../../src/core/analysis/explain.js';
import { groupLayers } from '../../../src/core/analysis/group.js';
import { buildModel } from '../../../src/core/zoo/index.js';

const graph = await buildModel('densenet121');
const result = analyze(graph);

/** Value of an expression of numbers, + - * / and sqrt, as explain prints it. */
function evaluate(expression: string): number {
  if (!/^[\d.+\-*/()\ssqrt]*$/.test(expression)) throw new Error(`not arithmetic: ${expression}`);
  return new Function('sqrt', `return ${expression}`)(Math.sqrt) as number;
}

it('every formula, with its numbers put in, gives the figure', () => {
  let checked = 0;
  for (const layer of result.layers) {
    for (const { figure, value, substituted } of explainLayer(graph, layer)) {
      if (substituted === '') continue;
      expect(evaluate(substituted), `${layer.name} ${figure} = ${substituted}`).toBeCloseTo(value, 6);
      checked++;
    }
  }
  expect(checked).toBeGreaterThan(1000);
});

it('puts numbers in place of names, whole names only', () => {
  const formula = { expression: 'N*Co+sqrt(C)', variables: { N: 2, Co: 3, C: 4 }, source: '' };
  expect(substitute(formula)).toBe('2*3+sqrt(4)');
});

it('groups layers by module path to any depth, losing none', () => {
  for (const depth of [0, 1, 2, 3, 9]) {
    const groups = groupLayers(result.layers, depth);
    expect(groups.flatMap(({ layers }) => layers)).toHaveLength(result.layers.length);
  }
  expect(groupLayers(result.layers, 0)).toHaveLength(1);
  expect(groupLayers(result.layers, 2).map(({ name }) => name)).toContain('features.denseblock3');
});
