import { expect, it } from 'vitest';
import { analyze } from '../../../../src/core/analysis/analyze.js';
import { importJson, outputShapes, totalsOf } from '../fixtures.js';

const shapeOf = (...sizes: readonly number[]) => ({ dim: sizes.map((size) => ({ size: String(size) })) });
const float = { type: 'DT_FLOAT' };
const placeholder = (name: string, ...sizes: readonly number[]) => ({
  name,
  op: 'Placeholder',
  attr: { dtype: float, shape: { shape: shapeOf(...sizes) } },
});
const node = (op: string, name: string, input: readonly string[], attr: object = {}) => ({ op, name, input, attr });
const model = (...nodes: readonly object[]) =>
  importJson({ format: 'graph-model', modelTopology: { node: nodes, versions: {} }, weightsManifest: [] });

it('what follows an op of unknown shape is unknown too, and listed; the rest is counted', async () => {
  const graph = await model(
    placeholder('x', 2, 3),
    placeholder('w', 3, 5),
    node('Mystery', 'm', ['x']),
    node('MatMul', 'after', ['m', 'w']),
    node('Identity', 'y', ['after:1']),
    node('MatMul', 'beside', ['x', 'w']),
  );
  expect(outputShapes(graph)).toEqual([[2, 5]]);
  expect(totalsOf(graph).madds).toBe(30);
  expect(analyze(graph).unsupportedOps.map(({ type }) => type)).toEqual(['Mystery', 'MatMul', 'Identity']);
  expect(graph.notes).toEqual(["The shape of output 'y' is not known: archmeter does not know this op."]);
});

it('an unknown op is passed over where the file states what it gives', async () => {
  const stated = { _output_shapes: { list: { shape: [shapeOf(2, 3)] } } };
  const graph = await model(
    placeholder('x', 2, 3),
    placeholder('w', 3, 5),
    node('Mystery', 'm', ['x'], stated),
    node('MatMul', 'after', ['m', 'w']),
  );
  expect(outputShapes(graph)).toEqual([[2, 5]]);
  expect(graph.notes).toEqual([]);
});

it('a size that the data decide is unknown, or said to be counted at its largest', async () => {
  const range = await model(placeholder('n'), node('Range', 'r', ['n', 'n', 'n']), node('Relu', 'y', ['r']));
  expect(outputShapes(range)).toEqual([]);
  const where = await model(placeholder('x', 4), node('Where', 'y', ['x']));
  expect(outputShapes(where)).toEqual([[4, 1]]);
  expect(where.notes).toEqual([
    "The output size of 'y' (Where) depends on the data: it and what follows are counted at the largest.",
  ]);
});
