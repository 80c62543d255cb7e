import { describe, expect, it } from 'vitest';
import { importOnnx } from '../../../../src/core/importers/onnx/read.js';
import { memorySource } from '../../../../src/core/importers/shared/bytes.js';
import { importModel, opsOf, outputShapes } from './import-onnx.js';
import { FLOAT, INT64, ints, type ModelSpec, type NodeSpec, writeModel } from './write-onnx.js';

const X: ModelSpec['inputs'] = [{ name: 'x', dims: [2, 3, 4, 5] }];

/** Contents that a chain of nodes gives, folded. */
async function folded(
  nodes: readonly NodeSpec[],
  initializers: ModelSpec['initializers'] = [],
): Promise<readonly number[] | undefined> {
  const bytes = writeModel({ nodes, initializers, inputs: X as NonNullable<ModelSpec['inputs']>, outputs: ['y'] });
  const { graph, outputs } = await importOnnx(memorySource('m.onnx', bytes), {});
  expect(opsOf(graph)).toEqual([]);
  const y = outputs.get('y');
  return y?.kind === 'tensor' ? y.data : undefined;
}

const shape: NodeSpec = { op: 'Shape', inputs: ['x'], outputs: ['s'] };
const node = (
  op: string,
  inputs: readonly string[],
  attributes: NodeSpec['attributes'] = {},
  output = 'y',
): NodeSpec => ({
  op,
  inputs,
  outputs: [output],
  attributes,
});

describe('folding of small tensors', () => {
  it('computes sizes', async () => {
    expect(await folded([node('Shape', ['x'])])).toEqual([2, 3, 4, 5]);
    expect(await folded([node('Shape', ['x'], { start: -2 })])).toEqual([4, 5]);
    expect(await folded([node('Size', ['x'])])).toEqual([120]);
    expect(await folded([shape, node('Gather', ['s', 'i'])], [ints('i', -1, 0)])).toEqual([5, 2]);
    expect(await folded([shape, node('Slice', ['s', 'a', 'b'])], [ints('a', 1), ints('b', 2 ** 40)])).toEqual([
      3, 4, 5,
    ]);
    expect(
      await folded(
        [shape, node('Slice', ['s', 'a', 'b', 'c', 'd'])],
        [ints('a', -1), ints('b', -5), ints('c', 0), ints('d', -2)],
      ),
    ).toEqual([5, 3]);
    expect(await folded([shape, node('ReduceProd', ['s'], { keepdims: 0 })])).toEqual([120]);
    expect(await folded([shape, node('Concat', ['s', 'i'], { axis: 0 })], [ints('i', -1)])).toEqual([2, 3, 4, 5, -1]);
    expect(await folded([shape, node('Unsqueeze', ['s', 'i'])], [ints('i', 0)])).toEqual([2, 3, 4, 5]);
  });

  it('computes with integers as ONNX does', async () => {
    const pair = [ints('a', 7, -7, 8), ints('b', 2, 2, -3)];
    expect(await folded([node('Div', ['a', 'b'])], pair)).toEqual([3, -3, -2]);
    expect(await folded([node('Mod', ['a', 'b'])], pair)).toEqual([1, 1, -1]);
    expect(await folded([node('Mod', ['a', 'b'], { fmod: 1 })], pair)).toEqual([1, -1, 2]);
    expect(await folded([node('Equal', ['a', 'b'])], [ints('a', 1, 2), ints('b', 1, 3)])).toEqual([1, 0]);
    expect(
      await folded(
        [node('Equal', ['a', 'b'], {}, 'e'), node('Where', ['e', 'a', 'b'])],
        [ints('a', 1, 2), ints('b', 1, 3)],
      ),
    ).toEqual([1, 3]);
    expect(await folded([node('Max', ['a', 'b'])], pair)).toEqual([7, 2, 8]);
    expect(await folded([node('Range', ['a', 'b', 'c'])], [scalar('a', 2), scalar('b', 11), scalar('c', 3)])).toEqual([
      2, 5, 8,
    ]);
    expect(
      await folded([node('ConstantOfShape', ['a'], { value: { dims: [1], type: INT64, ints: [9] } })], [ints('a', 3)]),
    ).toEqual([9, 9, 9]);
    expect(await folded([node('Expand', ['a', 'b'])], [ints('a', 4), ints('b', 3)])).toEqual([4, 4, 4]);
    expect(await folded([node('NonZero', ['a'])], [ints('a', 0, 5, 0, 6)])).toEqual([1, 3]);
  });

  it('follows sizes through floats, as resizing exporters write them', async () => {
    const nodes = [
      shape,
      node('Cast', ['s'], { to: FLOAT }, 'f'),
      node('Mul', ['f', 'two'], {}, 'm'),
      node('Floor', ['m'], {}, 'r'),
      node('Cast', ['r'], { to: INT64 }),
    ];
    expect(await folded(nodes, [{ name: 'two', dims: [], floats: [1.5] }])).toEqual([3, 4, 6, 7]);
  });

  it('reads contents raw, typed, one by one, and from another file', async () => {
    const reshape = (tensor: NonNullable<ModelSpec['initializers']>[number]): ModelSpec => ({
      nodes: [node('Reshape', ['x', 'shape'])],
      initializers: [{ ...tensor, name: 'shape', dims: [2], type: INT64 }],
      inputs: X as NonNullable<ModelSpec['inputs']>,
      outputs: ['y'],
    });
    const raw = new Uint8Array(new BigInt64Array([6n, -1n]).buffer);
    expect(outputShapes(await importModel(reshape({ dims: [2], raw })))).toEqual([[6, 20]]);
    expect(outputShapes(await importModel(reshape({ dims: [2], ints: [6, -1] })))).toEqual([[6, 20]]);
    expect(outputShapes(await importModel(reshape({ dims: [2], ints: [6, -1], unpacked: true })))).toEqual([[6, 20]]);
    const external = reshape({ dims: [2], external: { location: 'w.data', offset: '8', length: '16' } });
    const data = new Uint8Array(24);
    data.set(raw, 8);
    expect(outputShapes(await importModel(external, {}, { 'w.data': data }))).toEqual([[6, 20]]);
    await expect(importModel(external)).rejects.toThrow(
      "a shape depends on the contents of 'shape', which lie in another file ('w.data'). Put that file beside the model.",
    );
    await expect(importModel(external, {}, { 'w.data': data.subarray(0, 20) })).rejects.toThrow(
      '16 bytes are asked for at 8',
    );
  });

  it('leaves no layer of what is folded, and keeps what is not', async () => {
    const model: ModelSpec = {
      nodes: [
        shape,
        node('Gather', ['s', 'zero'], {}, 'n'),
        node('Unsqueeze', ['n', 'axes'], {}, 'n1'),
        node('Concat', ['n1', 'rest'], { axis: 0 }, 'target'),
        node('Reshape', ['x', 'target'], {}, 'flat'),
        node('Softmax', ['flat'], { axis: -1 }),
      ],
      initializers: [scalar('zero', 0), ints('axes', 0), ints('rest', -1)],
      inputs: X as NonNullable<ModelSpec['inputs']>,
      outputs: ['y'],
    };
    const graph = await importModel(model, { inputs: { x: [7, 3, 4, 5] } });
    expect(opsOf(graph)).toEqual(['reshape', 'softmax']);
    expect(outputShapes(graph)).toEqual([[7, 60]]);
  });
});

function scalar(name: string, value: number) {
  return { name, dims: [], type: INT64, ints: [value] };
}

describe('float vectors', () => {
  const model = (more: Partial<ModelSpec>): ModelSpec => ({
    nodes: [],
    inputs: [{ name: 'x', dims: [1, 3, 4, 5] }],
    outputs: ['y'],
    ...more,
  });

  it('fold where they feed the scales of Resize, as exporters without folding write them', async () => {
    const constant = (floats: readonly number[], output: string): NodeSpec =>
      node('Constant', [], { value: { dims: [floats.length], type: FLOAT, floats } }, output);
    const graph = await importModel(
      model({
        nodes: [
          constant([1, 1], 'ones'),
          constant([2, 1.5], 'factors'),
          node('Concat', ['ones', 'factors'], { axis: 0 }, 'scales'),
          node('Resize', ['x', '', 'scales']),
        ],
      }),
    );
    expect(outputShapes(graph)).toEqual([[1, 3, 8, 7]]);
    expect(opsOf(graph)).toEqual(['resize']);
  });

  it('stay parameters elsewhere', async () => {
    const graph = await importModel(
      model({
        nodes: [node('Concat', ['a', 'b'], { axis: 0 }, 'bias'), node('Add', ['x', 'bias'])],
        initializers: [
          { name: 'a', dims: [2], floats: [1, 2] },
          { name: 'b', dims: [3], floats: [3, 4, 5] },
        ],
      }),
    );
    expect(graph.values.filter(({ kind }) => kind === 'parameter').map(({ name }) => name)).toEqual(['a', 'b']);
  });
});

describe('booleans and reductions', () => {
  const flags = { name: 'f', dims: [2, 2], type: 9, ints: [1, 0, 0, 0] };

  it('fold as booleans', async () => {
    const one = { name: 'g', dims: [1], type: 9, ints: [1] };
    expect(await folded([node('And', ['f', 'g'])], [flags, one])).toEqual([1, 0, 0, 0]);
    expect(await folded([node('Or', ['f', 'g'])], [flags, one])).toEqual([1, 1, 1, 1]);
    expect(await folded([node('Xor', ['f', 'g'])], [flags, one])).toEqual([0, 1, 1, 1]);
    expect(await folded([node('Not', ['f'])], [flags])).toEqual([0, 1, 1, 1]);
    expect(await folded([node('Cast', ['a'], { to: 9 })], [ints('a', 5, 0, -2)])).toEqual([1, 0, 1]);
    expect(await folded([node('ReduceMax', ['f', 'a'], { keepdims: 0 })], [flags, ints('a', 1)])).toEqual([1, 0]);
    expect(await folded([node('ReduceMin', ['f', 'a'], { keepdims: 0 })], [flags, ints('a', 0)])).toEqual([0, 0]);
  });

  it('are reduced by any and all where they run', async () => {
    const running = async (op: string) =>
      opsOf(
        await importModel({
          nodes: [node(op, ['b'], { keepdims: 0 })],
          inputs: [{ name: 'b', dims: [2, 3], type: 9 }],
          outputs: ['y'],
        }),
      );
    expect(await running('ReduceMax')).toEqual(['reduceAny']);
    expect(await running('ReduceMin')).toEqual(['reduceAll']);
  });

  it('reduce over no axes only where noop_with_empty_axes says so', async () => {
    const none = { name: 'n', dims: [0], type: INT64, ints: [] };
    const noop = { noop_with_empty_axes: 1 };
    expect(await folded([node('ReduceSum', ['a', 'n'], noop)], [ints('a', 1, -2), none])).toEqual([1, -2]);
    expect(await folded([node('ReduceL1', ['a', 'n'], noop)], [ints('a', 1, -2), none])).toEqual([1, 2]);
    expect(await folded([node('ReduceSum', ['a', 'n'])], [ints('a', 1, -2), none])).toEqual([-1]);
    const running = (attributes: NodeSpec['attributes']) =>
      importModel({
        nodes: [node('ReduceSumSquare', ['x', 'n'], attributes)],
        initializers: [none],
        inputs: X as NonNullable<ModelSpec['inputs']>,
        outputs: ['y'],
      });
    const each = await running(noop);
    expect([opsOf(each), outputShapes(each)]).toEqual([['square'], [[2, 3, 4, 5]]]);
    expect(outputShapes(await running({}))).toEqual([[1, 1, 1, 1]]);
  });
});
