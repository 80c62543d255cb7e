import { describe, expect, it } from 'vitest';
import { importJson, outputShapes, totalsOf } from '../fixtures.js';

type Attributes = Record<string, unknown>;

const node = (name: string, op: string, input: readonly string[] = [], attr: Attributes = {}) => ({
  name,
  op,
  input,
  attr,
});
const placeholder = (name: string, dim: readonly number[]) =>
  node(name, 'Placeholder', [], {
    dtype: { type: 'DT_FLOAT' },
    shape: { shape: { dim: dim.map((size) => ({ size: `${size}` })) } },
  });
const integers = (name: string, values: readonly number[]) =>
  node(name, 'Const', [], {
    dtype: { type: 'DT_INT32' },
    value: { tensor: { dtype: 'DT_INT32', tensorShape: { dim: [{ size: `${values.length}` }] }, intVal: values } },
  });
const scalar = (name: string, value: number) =>
  node(name, 'Const', [], { value: { tensor: { dtype: 'DT_INT32', tensorShape: {}, intVal: [value] } } });
const weights = (name: string, shape: readonly number[]) => ({ name, shape, dtype: 'float32' });
const stored = (name: string) => node(name, 'Const', [], { dtype: { type: 'DT_FLOAT' } });
const base64 = (text: string) => ({ s: Buffer.from(text).toString('base64') });
const list = (values: readonly number[]) => ({ list: { i: values.map(String) } });

function model(nodes: readonly object[], manifest: readonly object[] = [], extra: object = {}) {
  return {
    format: 'graph-model',
    modelTopology: { node: nodes, versions: {}, ...extra },
    weightsManifest: [{ paths: ['absent.bin'], weights: manifest }],
  };
}

const outputOf = async (nodes: readonly object[], manifest: readonly object[] = [], extra: object = {}) =>
  outputShapes(await importJson(model(nodes, manifest, extra)))[0];

describe('kernels', () => {
  const image = placeholder('x', [-1, 9, 9, 4]);

  it.each([
    ['base64', base64('SAME'), base64('NHWC')],
    ['plain', { s: 'SAME' }, { s: 'NHWC' }],
    ['bytes', { s: [...Buffer.from('SAME')] }, { s: [...Buffer.from('NHWC')] }],
  ])('a fused convolution with %s texts', async (_, padding, layout) => {
    const fused = node('conv', '_FusedConv2D', ['x', 'w', 'b', 'alpha'], {
      strides: list([1, 2, 2, 1]),
      dilations: list([1, 1, 1, 1]),
      padding,
      data_format: layout,
      fused_ops: { list: { s: [base64('BiasAdd').s, base64('Prelu').s] } },
      num_args: { i: '2' },
    });
    const graph = await importJson(
      model(
        [image, stored('w'), stored('b'), stored('alpha'), fused],
        [weights('w', [3, 3, 4, 8]), weights('b', [8]), weights('alpha', [8])],
      ),
    );
    expect(outputShapes(graph)).toEqual([[1, 5, 5, 8]]);
    expect(graph.nodes.map(({ op }) => op)).toEqual(['conv', 'prelu']);
    expect(totalsOf(graph)).toMatchObject({ params: 3 * 3 * 4 * 8 + 8 + 8, madds: 5 * 5 * 3 * 3 * 4 * 8 });
    expect(graph.values.find(({ name }) => name === 'w')?.shape).toEqual([8, 4, 3, 3]);
  });

  it('a depthwise convolution has one group for each channel', async () => {
    const conv = node('dw', 'DepthwiseConv2dNative', ['x', 'w'], {
      strides: list([1, 1, 1, 1]),
      padding: base64('VALID'),
    });
    const graph = await importJson(model([image, stored('w'), conv], [weights('w', [3, 3, 4, 2])]));
    expect(graph.nodes[0]?.attributes).toMatchObject({ outChannels: 8, groups: 4, layout: 'channelsLast' });
    expect(totalsOf(graph).madds).toBe(7 * 7 * 8 * 9);
  });

  it('batch norm has trained and stored weights', async () => {
    const names = ['s', 'o', 'm', 'v'];
    const bn = node('bn', 'FusedBatchNormV3', ['x', ...names], { epsilon: { f: 0.001 }, is_training: { b: false } });
    const graph = await importJson(
      model(
        [image, ...names.map(stored), bn],
        names.map((name) => weights(name, [4])),
      ),
    );
    expect(totalsOf(graph)).toMatchObject({ params: 8, buffers: 8 });
  });

  it('a product with a stored matrix is a linear layer, with a computed one it is not', async () => {
    const x = placeholder('x', [-1, 4]);
    const y = placeholder('y', [4, 3]);
    const fused = node('fc', '_FusedMatMul', ['x', 'w', 'b'], {
      fused_ops: { list: { s: [base64('BiasAdd').s, base64('Relu6').s] } },
    });
    const one = await importJson(
      model([x, stored('w'), stored('b'), fused], [weights('w', [4, 3]), weights('b', [3])]),
    );
    expect(one.nodes.map(({ op }) => op)).toEqual(['linear', 'relu6']);
    expect(one.values.find(({ name }) => name === 'w')?.shape).toEqual([3, 4]);
    const two = await importJson(model([x, y, node('mm', 'MatMul', ['x', 'y'])]));
    expect(two.nodes.map(({ op }) => op)).toEqual(['matmul']);
  });

  it('rows of a stored table are an embedding', async () => {
    const ids = node('ids', 'Placeholder', [], {
      dtype: { type: 'DT_INT32' },
      shape: { shape: { dim: [{ size: '-1' }, { size: '7' }] } },
    });
    const gather = node('g', 'GatherV2', ['table', 'ids', 'axis']);
    const graph = await importJson(
      model([ids, stored('table'), scalar('axis', 0), gather], [weights('table', [1000, 16])]),
    );
    expect(graph.nodes[0]).toMatchObject({ op: 'embedding', attributes: { count: 1000, features: 16 } });
  });
});

describe('shapes', () => {
  it.each([
    // x[:, 1:-1, ::-2, 0], x[..., tf.newaxis], x[-1]
    [
      'StridedSlice',
      {
        begin: [0, 1, 0, 0],
        end: [0, -1, 0, 1],
        strides: [1, 1, -2, 1],
        begin_mask: 5,
        end_mask: 5,
        shrink_axis_mask: 8,
      },
      [2, 7, 5],
    ],
    [
      'StridedSlice',
      { begin: [0, 0], end: [0, 0], strides: [1, 1], ellipsis_mask: 1, new_axis_mask: 2 },
      [2, 9, 9, 4, 1],
    ],
    ['StridedSlice', { begin: [-1], end: [0], strides: [1], shrink_axis_mask: 1 }, [9, 9, 4]],
  ])('%s %j', async (op, { begin, end, strides, ...masks }, shape) => {
    const attr = Object.fromEntries(Object.entries(masks).map(([name, bits]) => [name, { i: `${bits}` }]));
    const nodes = [
      placeholder('x', [2, 9, 9, 4]),
      integers('b', begin),
      integers('e', end),
      integers('s', strides),
      node('y', op, ['x', 'b', 'e', 's'], attr),
    ];
    expect(await outputOf(nodes)).toEqual(shape);
  });

  it('worked out from shapes make no layers', async () => {
    const nodes = [
      placeholder('x', [-1, 6, 6, 4]),
      node('shape', 'Shape', ['x']),
      integers('b', [0]),
      integers('e', [1]),
      integers('s', [1]),
      node('batch', 'StridedSlice', ['shape', 'b', 'e', 's'], { shrink_axis_mask: { i: '1' } }),
      scalar('four', 4),
      scalar('minus', -1),
      node('target', 'Pack', ['batch', 'minus', 'four']),
      node('y', 'Reshape', ['x', 'target']),
    ];
    const graph = await importJson(model(nodes), 'model.json', { batch: 3 });
    expect(graph.nodes.map(({ op }) => op)).toEqual(['reshape']);
    expect(outputShapes(graph)).toEqual([[3, 36, 4]]);
  });

  it('of transposed convolutions and resizing depend on stored numbers', async () => {
    const x = placeholder('x', [-1, 5, 5, 8]);
    const up = node('up', 'Conv2DBackpropInput', ['size', 'w', 'x'], {
      strides: list([1, 2, 2, 1]),
      padding: base64('SAME'),
    });
    expect(
      await outputOf([x, integers('size', [1, 10, 10, 4]), stored('w'), up], [weights('w', [3, 3, 4, 8])]),
    ).toEqual([1, 10, 10, 4]);
    const resize = node('r', 'ResizeBilinear', ['x', 'size'], { half_pixel_centers: { b: true } });
    expect(await outputOf([x, integers('size', [7, 11]), resize])).toEqual([1, 7, 11, 8]);
  });
});

describe('control flow', () => {
  const tensor = (name: string) => ({ name, type: 'DT_FLOAT' });
  const fn = (name: string, nodeDef: readonly object[], ret: Record<string, string>) => ({
    signature: { name, inputArg: [tensor('i'), tensor('v')], outputArg: Object.keys(ret).map(tensor) },
    nodeDef,
    ret,
  });
  const functionNodes = [scalar('one', 1), scalar('limit', 5)];
  const library = {
    function: [
      fn('cond', [...functionNodes, node('less', 'Less', ['i', 'limit:output:0'])], { c: 'less:z:0' }),
      fn('body', [...functionNodes, node('next', 'AddV2', ['i', 'one:output:0']), node('act', 'Tanh', ['v'])], {
        i2: 'next:z:0',
        v2: 'act:y:0',
      }),
      fn('half', [node('act', 'Sigmoid', ['v'])], { v2: 'act:y:0' }),
    ],
  };
  const x = placeholder('x', [-1, 4]);

  it('runs a While as often as its counter says', async () => {
    const loop = node('loop', 'StatelessWhile', ['start', 'x'], {
      cond: { func: { name: 'cond' } },
      body: { func: { name: 'body' } },
    });
    const nodes = [x, scalar('start', 2), loop, node('y', 'Identity', ['loop:1'])];
    const graph = await importJson(model(nodes, [], { library }));
    expect(graph.nodes.map(({ op }) => op)).toEqual(['tanh', 'tanh', 'tanh']);
  });

  it('says so where the number of turns depends on the data', async () => {
    const start = node('start', 'Placeholder', [], { dtype: { type: 'DT_INT32' }, shape: { shape: {} } });
    const loop = node('loop', 'StatelessWhile', ['start', 'x'], {
      cond: { func: { name: 'cond' } },
      body: { func: { name: 'body' } },
    });
    const graph = await importJson(model([x, start, loop, node('y', 'Identity', ['loop:1'])], [], { library }));
    expect(graph.notes).toEqual(["How often 'loop' loops depends on the data: one turn of it is counted."]);
    expect(graph.nodes.filter(({ op }) => op === 'tanh').length).toBe(1);
  });

  it('takes the branch of an If that is known, else the first, and says so', async () => {
    const branches = { then_branch: { func: { name: 'half' } }, else_branch: { func: { name: 'body' } } };
    const condition = (source: object) =>
      model([x, scalar('i', 0), source, node('if', 'StatelessIf', ['c', 'i', 'x'], branches)], [], { library });
    const known = await importJson(condition(scalar('c', 1)));
    expect([known.nodes.map(({ op }) => op), known.notes]).toEqual([['sigmoid'], []]);
    const open = await importJson(
      condition(node('c', 'Placeholder', [], { dtype: { type: 'DT_BOOL' }, shape: { shape: {} } })),
    );
    expect(open.notes).toEqual([
      "Which branch of 'if' runs depends on the data: its 'then' branch is counted, its 'else' branch is not.",
    ]);
  });

  it('refuses functions that call themselves and graphs in circles', async () => {
    const endless = fn(
      'endless',
      [node('again', 'PartitionedCall', ['i', 'v'], { f: { func: { name: 'endless' } } })],
      { o: 'again:output:0' },
    );
    const call = node('call', 'PartitionedCall', ['x', 'x'], { f: { func: { name: 'endless' } } });
    await expect(importJson(model([x, call], [], { library: { function: [endless] } }))).rejects.toThrow(
      "function 'endless' calls itself",
    );
    const circle = [node('a', 'Relu', ['b']), node('b', 'Relu', ['a']), node('y', 'Relu', ['a'])];
    await expect(importJson(model(circle))).rejects.toThrow(
      "model.json, layer 'b': its input depends on its own output. The graph is damaged.",
    );
  });
});

describe('errors', () => {
  it('ask for what shapes depend on, where the shard is missing', async () => {
    const target = { name: 'target', shape: [2], dtype: 'int32' };
    const nodes = [
      placeholder('x', [-1, 6]),
      node('target', 'Const', [], { dtype: { type: 'DT_INT32' } }),
      node('y', 'Reshape', ['x', 'target']),
    ];
    await expect(importJson(model(nodes, [target]))).rejects.toThrow(
      "model.json, layer 'y': the shape of its output depends on the contents of 'target', which are not in the files given. Put the weight files (shards) beside the model.",
    );
  });

  it('ask for open sizes', async () => {
    await expect(
      importJson(model([placeholder('image', [-1, -1, -1, 3]), node('y', 'Relu', ['image'])])),
    ).rejects.toThrow(
      "model.json: the file leaves sizes of its input open: image=1x?x?x3. Give them: --input image=1x?x?x3 with a number for each '?', or --dim image.1=N --dim image.2=N.",
    );
    const unknown = node('image', 'Placeholder', [], {
      dtype: { type: 'DT_FLOAT' },
      shape: { shape: { unknownRank: true } },
    });
    await expect(importJson(model([unknown, node('y', 'Relu', ['image'])]))).rejects.toThrow(
      "the file does not tell the shape of its input 'image'. Give it: --input image=1x224x224x3.",
    );
  });

  it('name what is not in the graph', async () => {
    await expect(importJson(model([node('y', 'Relu', ['nothing'])]))).rejects.toThrow(
      "model.json, layer 'y': it reads 'nothing', which is not in the graph",
    );
  });

  it('keep shards inside the folder of the model', async () => {
    const json = model(
      [placeholder('x', [-1, 6]), node('t', 'Const', [], {}), node('y', 'Reshape', ['x', 't'])],
      [{ name: 't', shape: [2], dtype: 'int32' }],
    );
    (json.weightsManifest[0] as { paths: string[] }).paths = ['../../etc/passwd'];
    await expect(importJson(json)).rejects.toThrow(
      "model.json: it refers to '../../etc/passwd', which is outside the model's folder.",
    );
  });

  it('refuse another batch where the nodes are fixed to one', async () => {
    const nodes = [
      placeholder('x', [1, 6]),
      integers('size', [1, 3]),
      integers('zero', [0, 0]),
      node('y', 'Slice', ['x', 'zero', 'size']),
    ];
    expect(await outputOf(nodes)).toEqual([1, 3]);
    await expect(importJson(model(nodes), 'model.json', { batch: 4 })).rejects.toThrow(
      "model.json: its nodes are fixed to a batch of 1: the output 'y' has shape 1x3. Leave out the batch, or export the model with the batch that you want.",
    );
  });

  it('list ops whose size depends on the data', async () => {
    const nodes = [
      placeholder('x', [-1, 6]),
      node('max', 'Max', ['x', 'axes']),
      integers('axes', [0, 1]),
      scalar('zero', 0),
      scalar('one', 1),
      node('y', 'Range', ['zero', 'max', 'one']),
    ];
    const graph = await importJson(model(nodes));
    expect(graph.nodes.map(({ op }) => op)).toEqual(['reduceMax', 'opaque']);
  });

  it('list ops that are not known', async () => {
    const graph = await importJson(
      model([
        placeholder('x', [-1, 6]),
        node('y', 'MysteryOp', ['x'], {
          _output_shapes: { list: { shape: [{ dim: [{ size: '-1' }, { size: '3' }] }] } },
        }),
      ]),
    );
    expect(graph.nodes[0]).toMatchObject({ op: 'opaque', attributes: { type: 'MysteryOp' } });
    expect(outputShapes(graph)).toEqual([[1, 3]]);
  });
});
