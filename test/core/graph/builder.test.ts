import { describe, expect, it } from 'vitest';
import { ArchmeterError } from '../../../src/core/errors.js';
import { GraphBuilder } from '../../../src/core/graph/builder.js';
import { consumersOf, producersOf } from '../../../src/core/ir/graph.js';

describe('GraphBuilder', () => {
  it('makes a graph that is plain JSON, its nodes in order and its weights with them', () => {
    const builder = new GraphBuilder('tiny');
    const x = builder.input('image', [1, 3, 8, 8]);
    const y = builder.scope('stem', () => {
      const conv = builder.add('conv', [x], { outChannels: 4, kernel: 3, bias: false }, { name: 'conv', line: 3 });
      return builder.add('relu', [conv]);
    });
    const graph = builder.finish([y], { format: 'spec' });
    expect(JSON.parse(JSON.stringify(graph))).toEqual({
      name: 'tiny',
      values: [
        { id: 0, name: 'image', kind: 'input', shape: [1, 3, 8, 8], dtype: 'float32' },
        { id: 1, name: 'stem.conv.weight', kind: 'parameter', shape: [4, 3, 3, 3], dtype: 'float32' },
        { id: 2, name: 'stem.conv', kind: 'activation', shape: [1, 4, 6, 6], dtype: 'float32' },
        { id: 3, name: 'stem.relu', kind: 'activation', shape: [1, 4, 6, 6], dtype: 'float32' },
      ],
      nodes: [
        {
          name: 'stem.conv',
          op: 'conv',
          scope: 'stem',
          attributes: {
            outChannels: 4,
            kernel: 3,
            stride: 1,
            padding: 0,
            dilation: 1,
            groups: 1,
            bias: false,
            layout: 'channelsFirst',
          },
          inputs: [0, 1],
          outputs: [2],
          line: 3,
        },
        { name: 'stem.relu', op: 'relu', scope: 'stem', attributes: {}, inputs: [2], outputs: [3] },
      ],
      inputs: [0],
      outputs: [3],
      notes: [],
      source: { format: 'spec' },
    });
  });

  it('makes names unique, in any scope', () => {
    const builder = new GraphBuilder('m');
    let x = builder.input('x', [1, 2]);
    for (let i = 0; i < 3; i++) x = builder.add('relu', [x]);
    builder.scope('block', () => builder.scope('inner', () => builder.add('relu', [x])));
    builder.at('elsewhere', () => builder.add('relu', [x]));
    builder.add('relu', [x], {}, { name: 'relu_1' });
    const { nodes } = builder.finish([]);
    expect(nodes.map(({ name }) => name)).toEqual([
      'relu',
      'relu_1',
      'relu_2',
      'block.inner.relu',
      'elsewhere.relu',
      'relu_1_1',
    ]);
    expect(nodes.map(({ scope }) => scope)).toEqual(['', '', '', 'block.inner', 'elsewhere', '']);
  });

  it('leaves a scope when its body throws', () => {
    const builder = new GraphBuilder('m');
    expect(() =>
      builder.scope('block', () => {
        throw new Error('stop');
      }),
    ).toThrow('stop');
    builder.add('relu', [builder.input('x', [1])]);
    expect(builder.finish([]).nodes[0]?.scope).toBe('');
  });

  it('takes weights that are given, and shares them by their id', () => {
    const builder = new GraphBuilder('m');
    const x = builder.input('x', [1, 4]);
    const weight = builder.stored('shared', 'parameter', [4, 4]);
    const first = builder.add('linear', [x, weight], { outFeatures: 4, bias: false });
    builder.add('linear', [first, weight], { outFeatures: 4, bias: false });
    const { nodes, values } = builder.finish([]);
    expect(nodes.map(({ inputs }) => inputs)).toEqual([
      [0, 1],
      [2, 1],
    ]);
    expect(values.filter(({ kind }) => kind === 'parameter')).toHaveLength(1);
  });

  it('makes the weights that are missing after those that are given', () => {
    const builder = new GraphBuilder('m');
    const x = builder.input('x', [1, 4]);
    builder.add('linear', [x, builder.stored('w', 'constant', [2, 4])], { outFeatures: 2 });
    expect(builder.finish([]).values.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'x input',
      'w constant',
      'linear.bias parameter',
      'linear activation',
    ]);
  });

  it('makes a required weight in front of inputs that are given', () => {
    const builder = new GraphBuilder('m');
    const inputs = [builder.input('x', [1, 2, 4, 4]), undefined, undefined, builder.input('offset', [1, 2, 4, 4])];
    builder.add('deformableConv', inputs, { outChannels: 3, kernel: 1 });
    const { nodes, values } = builder.finish([]);
    expect(values.map(({ name }) => name)).toEqual(['x', 'offset', 'deformableConv.weight', 'deformableConv']);
    expect(nodes[0]?.inputs).toEqual([0, 2, -1, 1]);
  });

  it('marks an optional input that is left out with -1 and drops those at the end', () => {
    const builder = new GraphBuilder('m');
    const x = builder.input('x', [1, 4, 2]);
    const shift = builder.stored('b', 'parameter', [2]);
    builder.add('layerNorm', [x, undefined, shift]);
    const head = builder.input('q', [1, 2, 3, 4]);
    builder.add('attention', [head, head, head]);
    const { nodes } = builder.finish([]);
    expect(nodes.map(({ inputs }) => inputs)).toEqual([
      [0, -1, 1],
      [3, 3, 3],
    ]);
  });

  it('gives all outputs, named by their place', () => {
    const builder = new GraphBuilder('m');
    const parts = builder.addAll('split', [builder.input('x', [1, 4])], { sizes: [1, 3] });
    expect(parts.map(({ name, shape }) => `${name} ${shape.join('x')}`)).toEqual(['split 1x1', 'split:1 1x3']);
  });

  it('gives weights its own element type, and inputs theirs', () => {
    const builder = new GraphBuilder('m', 'float16');
    const indices = builder.input('tokens', [1, 5], 'int64');
    const y = builder.add('embedding', [indices], { count: 10, features: 4 });
    expect([indices.dtype, y.dtype]).toEqual(['int64', 'float16']);
    expect(builder.parameter('token', [1, 4])).toMatchObject({ kind: 'parameter', dtype: 'float16', name: 'token' });
  });

  it('notes each remark once', () => {
    const builder = new GraphBuilder('m');
    builder.note('batch norm is folded');
    builder.note('batch norm is folded');
    expect(builder.finish([]).notes).toEqual(['batch norm is folded']);
  });

  it('names the layer and the line of what does not fit', () => {
    const builder = new GraphBuilder('m');
    const x = builder.input('x', [1, 4]);
    const add = () => builder.scope('head', () => builder.add('conv', [x], { outChannels: 1, kernel: 1 }, { line: 7 }));
    expect(add).toThrow(ArchmeterError);
    expect(add).toThrow(
      "line 7, layer 'head.conv_1': conv takes an input with batch, channels and 1 to 3 spatial axes",
    );
  });

  it('counts the inputs of an op', () => {
    const builder = new GraphBuilder('m');
    const x = builder.input('x', [1, 4]);
    expect(() => builder.add('add', [x])).toThrow("layer 'add': add is missing its input 'right'.");
    expect(() => builder.add('add', [undefined, x])).toThrow("layer 'add_1': add is missing its input 'left'.");
    expect(() => builder.add('relu', [x, x])).toThrow(
      "layer 'relu': relu takes at most 1 input, not 2. Its inputs are input.",
    );
    expect(() => builder.add('concat', [])).toThrow("layer 'concat': concat is missing its input 'inputs'.");
    expect(builder.add('concat', [x, x, x]).shape).toEqual([1, 12]);
  });

  it('refuses tensors that are too large to count', () => {
    const builder = new GraphBuilder('m');
    const x = builder.input('x', [1, 2 ** 20]);
    expect(() => builder.add('linear', [x], { outFeatures: 2 ** 29 })).toThrow(
      "layer 'linear.weight': a tensor of shape 536870912x1048576 is larger than archmeter counts exactly. Give smaller sizes: at most 2^48 elements in a tensor.",
    );
    expect(() => builder.input('y', [Number.NaN])).toThrow("layer 'y': a tensor of shape NaN is larger");
    expect(builder.add('expand', [builder.input('z', [1])], { shape: [2 ** 48] }).shape).toEqual([2 ** 48]);
  });
});

describe('a graph', () => {
  it('knows who computes and who reads each value', () => {
    const builder = new GraphBuilder('m');
    const x = builder.input('x', [1, 4]);
    const y = builder.add('relu', [x]);
    builder.add('mul', [y, y]);
    builder.add('add', [x, y]);
    const graph = builder.finish([]);
    expect(consumersOf(graph)).toEqual([[0, 2], [1, 2], [], []]);
    expect([...producersOf(graph)]).toEqual([-1, 0, 1, 2]);
  });
});
