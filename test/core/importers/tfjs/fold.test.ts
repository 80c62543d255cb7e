import { describe, expect, it } from 'vitest';
import { importJson, outputShapes, totalsOf } from '../fixtures.js';

const shapeOf = (...sizes: readonly number[]) => ({ dim: sizes.map((size) => ({ size: String(size) })) });
const constant = (name: string, dims: readonly number[], values: readonly number[], type = 'DT_INT32') => ({
  name,
  op: 'Const',
  attr: {
    dtype: { type },
    value: {
      tensor: {
        dtype: type,
        tensorShape: shapeOf(...dims),
        ...(type === 'DT_FLOAT' ? { floatVal: values } : type === 'DT_BOOL' ? { boolVal: values } : { intVal: values }),
      },
    },
  },
});
const x = { name: 'x', op: 'Placeholder', attr: { dtype: { type: 'DT_FLOAT' }, shape: { shape: shapeOf(2, 12) } } };
const node = (op: string, name: string, input: readonly string[], attr: object = {}) => ({ op, name, input, attr });
const vector = (name: string, ...values: readonly number[]) => constant(name, [values.length], values);

/** Contents of the node `y`, of which no layer is left. */
async function folded(...nodes: readonly object[]): Promise<readonly number[] | undefined> {
  const graph = await importJson({
    format: 'graph-model',
    modelTopology: { node: [x, ...nodes], versions: {} },
    weightsManifest: [],
  });
  expect(graph.nodes).toEqual([]);
  return graph.values[graph.outputs[0] as number]?.data;
}

const pair = [vector('a', -7, 48, 7), vector('b', 2, 5, -2)];
const keep = { keep_dims: { b: false } };

describe('what a graph works out of constants', () => {
  it.each([
    ['Div', [-3, 9, -3]],
    ['TruncateDiv', [-3, 9, -3]],
    ['RealDiv', [-3, 9, -3]],
    ['FloorDiv', [-4, 9, -4]],
    ['TruncateMod', [-1, 3, 1]],
    ['FloorMod', [1, 3, -1]],
    ['Maximum', [2, 48, 7]],
    ['Less', [1, 0, 0]],
  ])('%s of integers', async (op, expected) => {
    expect(await folded(...pair, node(op, 'y', ['a', 'b']))).toEqual(expected);
  });

  it('quotients of integers that run keep how they are rounded', async () => {
    const i = { ...x, name: 'i', attr: { ...x.attr, dtype: { type: 'DT_INT32' } } };
    const attributes = async (op: string, input: string) => {
      const modelTopology = { node: [x, i, ...pair, node(op, 'y', [input, input])], versions: {} };
      const graph = await importJson({ format: 'graph-model', modelTopology, weightsManifest: [] });
      return graph.nodes.map((each) => [each.op, each.attributes.rounding]);
    };
    expect(await attributes('Div', 'i')).toEqual([['div', 'trunc']]);
    expect(await attributes('TruncateDiv', 'i')).toEqual([['div', 'trunc']]);
    expect(await attributes('Div', 'x')).toEqual([['div', undefined]]);
  });

  it('reductions, over no axes none', async () => {
    const one = constant('axis', [1], [0]);
    const none = constant('axis', [0], []);
    expect(await folded(...pair, one, node('Sum', 'y', ['a', 'axis'], keep))).toEqual([48]);
    expect(await folded(...pair, one, node('Mean', 'y', ['a', 'axis'], keep))).toEqual([16]);
    expect(await folded(...pair, none, node('Sum', 'y', ['a', 'axis'], keep))).toEqual([-7, 48, 7]);
    expect(await folded(...pair, none, node('Prod', 'y', ['a', 'axis'], keep))).toEqual([-7, 48, 7]);
    const flags = constant('f', [3], [1, 0, 1], 'DT_BOOL');
    expect(await folded(flags, one, node('Any', 'y', ['f', 'axis'], keep))).toEqual([1]);
    expect(await folded(flags, one, node('All', 'y', ['f', 'axis'], keep))).toEqual([0]);
  });

  it('a reduction over no axes that runs is a copy', async () => {
    const nodes = [x, constant('axis', [0], []), node('Max', 'y', ['x', 'axis'], keep)];
    const model = { format: 'graph-model', modelTopology: { node: nodes, versions: {} }, weightsManifest: [] };
    expect(outputShapes(await importJson(model))).toEqual([[2, 12]]);
  });

  it('casts: numbers are cut off, booleans are 0 and 1', async () => {
    const half = constant('h', [3], [1.5, -1.5, 0], 'DT_FLOAT');
    const derived = [half, vector('a', 1), node('Cast', 'one', ['a'], { DstT: { type: 'DT_FLOAT' } })];
    const product = node('Mul', 'm', ['h', 'one']);
    const to = (type: string) => node('Cast', 'y', ['m'], { DstT: { type } });
    expect(await folded(...derived, product, to('DT_INT32'))).toEqual([1, -1, 0]);
    expect(await folded(...derived, product, to('DT_BOOL'))).toEqual([1, 1, 0]);
  });

  it('SparseToDense, whose indices are pairs, numbers or one number', async () => {
    const zero = constant('z', [], [0]);
    const dense = (indices: object, shape: object, values: object) =>
      folded(indices, shape, values, zero, node('SparseToDense', 'y', ['i', 's', 'v', 'z']));
    const rows = constant('i', [2, 2], [0, 1, 1, 0]);
    expect(await dense(rows, vector('s', 2, 2), vector('v', 5, 6))).toEqual([0, 5, 6, 0]);
    expect(await dense(vector('i', 2, 0), vector('s', 3), constant('v', [], [7]))).toEqual([7, 0, 7]);
    expect(await dense(constant('i', [], [1]), vector('s', 2), constant('v', [], [4]))).toEqual([0, 4]);
  });

  it('and reshapes to it', async () => {
    const nodes = [
      x,
      vector('i', 0, 1),
      vector('s', 3),
      vector('v', 4, 3),
      constant('d', [], [2]),
      node('SparseToDense', 'target', ['i', 's', 'v', 'd']),
      node('Reshape', 'y', ['x', 'target']),
    ];
    const model = { format: 'graph-model', modelTopology: { node: nodes, versions: {} }, weightsManifest: [] };
    const graph = await importJson(model);
    expect(outputShapes(graph)).toEqual([[4, 3, 2]]);
    expect(totalsOf(graph).params).toBe(0);
  });

  it('leaves to the model what is done to weights alone', async () => {
    const nodes = [constant('w', [2], [1, 2], 'DT_FLOAT'), node('Square', 'y', ['w'])];
    const model = { format: 'graph-model', modelTopology: { node: nodes, versions: {} }, weightsManifest: [] };
    const graph = await importJson(model);
    expect(graph.nodes.map(({ op }) => op)).toEqual(['square']);
    expect(totalsOf(graph).params).toBe(2);
  });
});

it('the two forms of GELU are told apart', async () => {
  const flops = async (approximate: boolean) => {
    const gelu = node('Gelu', 'y', ['x'], { approximate: { b: approximate } });
    const modelTopology = { node: [x, gelu], versions: {} };
    return totalsOf(await importJson({ format: 'graph-model', modelTopology, weightsManifest: [] })).flops;
  };
  expect([await flops(false), await flops(true)]).toEqual([24 * 5, 24 * 9]);
});
