import { describe, expect, it } from 'vitest';
import { importModel, maddsOf, opsOf, outputShapes, paramsOf } from './import-onnx.js';
import { BOOL, type GraphSpec, INT64, ints, type ModelSpec, weight } from './write-onnx.js';

const X = { name: 'x', dims: [2, 4] };
const linear = (name: string, from: string, to: string, by: string) => ({
  op: 'MatMul',
  inputs: [from, by],
  outputs: [to],
  name,
});

describe('order of nodes', () => {
  it('is found where the file has another', async () => {
    const graph = await importModel({
      nodes: [
        { op: 'Sigmoid', inputs: ['b'], outputs: ['y'] },
        { op: 'Tanh', inputs: ['a'], outputs: ['b'] },
        { op: 'Relu', inputs: ['x'], outputs: ['a'] },
      ],
      inputs: [X],
      outputs: ['y'],
    });
    expect(opsOf(graph)).toEqual(['relu', 'tanh', 'sigmoid']);
  });

  it('leaves out nodes that lead nowhere', async () => {
    const graph = await importModel({
      nodes: [
        { op: 'Relu', inputs: ['x'], outputs: ['y'] },
        { op: 'Exp', inputs: ['x'], outputs: ['unused'] },
      ],
      inputs: [X],
      outputs: ['y'],
    });
    expect(opsOf(graph)).toEqual(['relu']);
  });

  it('refuses cycles, names that nothing produces, and names produced twice', async () => {
    const model = (nodes: ModelSpec['nodes']): ModelSpec => ({ nodes, inputs: [X], outputs: ['y'] });
    await expect(
      importModel(
        model([
          { op: 'Add', inputs: ['x', 'y'], outputs: ['a'], name: 'first' },
          { op: 'Relu', inputs: ['a'], outputs: ['y'], name: 'second' },
        ]),
      ),
    ).rejects.toThrow("Relu 'second' depends on its own output 'y'");
    await expect(importModel(model([{ op: 'Add', inputs: ['x', 'z'], outputs: ['y'] }]))).rejects.toThrow(
      "Add node of 'y' reads 'z', which nothing produces",
    );
    await expect(importModel(model([{ op: 'Relu', inputs: ['x'], outputs: ['z'] }]))).rejects.toThrow(
      "the graph gives out 'y', which nothing produces",
    );
    await expect(
      importModel(
        model([
          { op: 'Relu', inputs: ['x'], outputs: ['y'] },
          { op: 'Exp', inputs: ['x'], outputs: ['y'] },
        ]),
      ),
    ).rejects.toThrow("'y' is produced twice: by Relu node of 'y' and by Exp node of 'y'");
  });
});

describe('branches', () => {
  const branch = (features: number): GraphSpec => ({
    nodes: [
      linear('inner', 'x', 'h', `w${features}`),
      { op: 'ReduceSum', inputs: ['h'], outputs: [`out${features}`], attributes: { keepdims: 0 } },
    ],
    initializers: [weight(`w${features}`, 4, features)],
    outputs: [`out${features}`],
  });
  const model = (condition: Partial<ModelSpec>): ModelSpec => ({
    nodes: [
      {
        op: 'If',
        inputs: ['c'],
        outputs: ['y'],
        name: 'choice',
        attributes: { then_branch: branch(3), else_branch: branch(5) },
      },
    ],
    outputs: ['y'],
    inputs: [X],
    ...condition,
  });

  it('takes the one that a constant chooses', async () => {
    const chosen = (value: number) =>
      importModel(model({ initializers: [{ name: 'c', dims: [], type: BOOL, ints: [value] }] }));
    expect(maddsOf(await chosen(1))).toBe(2 * 4 * 3);
    expect(maddsOf(await chosen(0))).toBe(2 * 4 * 5);
    expect((await chosen(1)).notes).toEqual([]);
  });

  it('counts the larger one where the run decides, and says so', async () => {
    const graph = await importModel(model({ inputs: [X, { name: 'c', dims: [], type: BOOL }] }));
    expect(maddsOf(graph)).toBe(2 * 4 * 5);
    expect(opsOf(graph)).toEqual(['linear', 'reduceSum']);
    expect(paramsOf(graph)).toBe(4 * 3 + 4 * 5);
    expect(graph.notes).toEqual([
      "If 'choice' decides at run time: its else branch is counted (40 multiply-adds), the other is not (24 multiply-adds).",
    ]);
    expect(graph.values.every(({ id }, i) => id === i)).toBe(true);
  });

  it('counts the one that can run with these inputs', async () => {
    const graph = await importModel({
      ...model({
        inputs: [
          { name: 'x', dims: [2, 4] },
          { name: 'c', dims: [], type: BOOL },
        ],
      }),
      nodes: [
        {
          op: 'If',
          inputs: ['c'],
          outputs: ['y'],
          name: 'choice',
          attributes: { then_branch: branch(3), else_branch: { ...branch(5), initializers: [weight('w5', 9, 5)] } },
        },
      ],
    });
    expect(maddsOf(graph)).toBe(24);
    expect(graph.notes[0]).toContain('the other cannot run with inputs of this size');
  });
});

describe('loops', () => {
  const body: GraphSpec = {
    inputs: [
      { name: 'i', dims: [], type: INT64 },
      { name: 'go', dims: [], type: BOOL },
      { name: 'h', dims: [2, 4] },
    ],
    nodes: [
      linear('step', 'h', 'next', 'w'),
      { op: 'Identity', inputs: ['go'], outputs: ['goes'] },
      { op: 'Relu', inputs: ['next'], outputs: ['scanned'] },
    ],
    outputs: ['goes', 'next', 'scanned'],
  };
  const model = (more: Partial<ModelSpec>): ModelSpec => ({
    nodes: [{ op: 'Loop', inputs: ['trips', '', 'x'], outputs: ['last', 'all'], name: 'loop', attributes: { body } }],
    inputs: [X],
    outputs: ['last', 'all'],
    ...more,
    initializers: [weight('w', 4, 4), ...(more.initializers ?? [])],
  });
  const trips = (count: number): Partial<ModelSpec> => ({
    initializers: [{ name: 'trips', dims: [], type: INT64, ints: [count] }],
  });

  it('runs as often as the file says', async () => {
    const graph = await importModel(model(trips(3)));
    expect(maddsOf(graph)).toBe(3 * 2 * 4 * 4);
    expect(paramsOf(graph)).toBe(16);
    expect(outputShapes(graph)).toEqual([
      [2, 4],
      [3, 2, 4],
    ]);
    expect(graph.nodes.map(({ name }) => name)).toContain('loop.2.step');
  });

  it('is counted once where the run decides or it is long, and says so', async () => {
    const open = await importModel(model({ inputs: [X, { name: 'trips', dims: [], type: INT64 }] }));
    expect(maddsOf(open)).toBe(32);
    expect(open.notes[0]).toBe(
      "Loop 'loop' runs as often as its data decide: its body is counted once (32 multiply-adds).",
    );
    const long = await importModel(model(trips(1_000_000)));
    expect(maddsOf(long)).toBe(32);
    expect(long.notes[0]).toBe("Loop 'loop' runs 1000000 times: its body is counted once (32 multiply-adds).");
    expect(outputShapes(long)).toEqual([
      [2, 4],
      [1_000_000, 2, 4],
    ]);
  });

  it('stops where its condition becomes false', async () => {
    const until: GraphSpec = {
      ...body,
      nodes: [
        ...body.nodes.filter(({ op }) => op !== 'Identity'),
        { op: 'Less', inputs: ['i', 'one'], outputs: ['goes'] },
      ],
    };
    const graph = await importModel({
      ...model({
        initializers: [
          { name: 'trips', dims: [], type: INT64, ints: [100] },
          { name: 'one', dims: [], type: INT64, ints: [1] },
        ],
      }),
      nodes: [{ op: 'Loop', inputs: ['trips', '', 'x'], outputs: ['last', 'all'], attributes: { body: until } }],
    });
    expect(outputShapes(graph)).toEqual([
      [2, 4],
      [2, 2, 4],
    ]);
  });

  it('scans along an axis', async () => {
    const graph = await importModel({
      nodes: [
        {
          op: 'Scan',
          inputs: ['start', 'x'],
          outputs: ['last', 'all'],
          attributes: {
            num_scan_inputs: 1,
            scan_input_axes: [1],
            scan_output_axes: [1],
            body: {
              inputs: [
                { name: 's', dims: [2] },
                { name: 'e', dims: [2] },
              ],
              nodes: [
                { op: 'Add', inputs: ['s', 'e'], outputs: ['t'] },
                { op: 'Exp', inputs: ['t'], outputs: ['u'] },
              ],
              outputs: ['t', 'u'],
            },
          },
        },
      ],
      inputs: [X, { name: 'start', dims: [2] }],
      outputs: ['last', 'all'],
    });
    expect(opsOf(graph).filter((op) => op === 'exp')).toHaveLength(4);
    expect(outputShapes(graph)).toEqual([[2], [2, 4]]);
  });
});

describe('functions', () => {
  it('are put in place, with their attributes, under the name of the call', async () => {
    const graph = await importModel({
      functions: [
        {
          name: 'Block',
          domain: 'local',
          inputs: ['a', 'k', 'bias'],
          outputs: ['c'],
          attributes: ['slope'],
          nodes: [
            { op: 'MatMul', inputs: ['a', 'k'], outputs: ['b'], name: 'product' },
            { op: 'LeakyRelu', inputs: ['b'], outputs: ['c'], references: { alpha: 'slope' } },
          ],
        },
      ],
      nodes: [
        {
          op: 'Block',
          domain: 'local',
          inputs: ['x', 'w'],
          outputs: ['h'],
          name: 'one',
          attributes: { slope: { float: 0.5 } },
        },
        {
          op: 'Block',
          domain: 'local',
          inputs: ['h', 'w'],
          outputs: ['y'],
          name: 'two',
          attributes: { slope: { float: 0.25 } },
        },
      ],
      initializers: [weight('w', 4, 4)],
      inputs: [X],
      outputs: ['y'],
    });
    expect(graph.nodes.map(({ name, op }) => [name, op])).toEqual([
      ['one.product', 'linear'],
      ['one.c', 'leakyRelu'],
      ['two.product', 'linear'],
      ['two.c', 'leakyRelu'],
    ]);
    expect(graph.nodes.map(({ attributes }) => attributes.alpha)).toEqual([undefined, 0.5, undefined, 0.25]);
    expect(paramsOf(graph)).toBe(16);
  });

  it('that call themselves or explode are refused', async () => {
    const calling = (count: number, callee: string) =>
      Array.from({ length: count }, (_, i) => ({
        op: callee,
        domain: 'local',
        inputs: [i === 0 ? 'a' : `t${i - 1}`],
        outputs: [i === count - 1 ? 'c' : `t${i}`],
      }));
    const f = (name: string, callee: string, count: number) => ({
      name,
      domain: 'local',
      inputs: ['a'],
      outputs: ['c'],
      nodes: calling(count, callee),
    });
    const model = (functions: ModelSpec['functions']): ModelSpec => ({
      functions: functions as NonNullable<ModelSpec['functions']>,
      nodes: [{ op: 'F0', domain: 'local', inputs: ['x'], outputs: ['y'] }],
      inputs: [X],
      outputs: ['y'],
    });
    await expect(importModel(model([f('F0', 'F0', 1)]))).rejects.toThrow(
      'functions and branches are nested more than 100 deep',
    );
    const bomb = Array.from({ length: 20 }, (_, i) => f(`F${i}`, `F${i + 1}`, 10));
    const last = {
      name: 'F20',
      domain: 'local',
      inputs: ['a'],
      outputs: ['c'],
      nodes: [{ op: 'Size', inputs: ['a'], outputs: ['c'] }],
    };
    await expect(importModel(model([...bomb, last]))).rejects.toThrow('the model expands to more than 100000 nodes');
  });
});

describe('parameters', () => {
  it('shared through Identity count once', async () => {
    const graph = await importModel({
      nodes: [
        { op: 'Identity', inputs: ['w'], outputs: ['w2'] },
        linear('a', 'x', 'h', 'w'),
        linear('b', 'h', 'y', 'w2'),
      ],
      initializers: [weight('w', 4, 4)],
      inputs: [X],
      outputs: ['y'],
    });
    expect(paramsOf(graph)).toBe(16);
    expect(graph.notes).toEqual([
      "One parameter is used by more than one layer, tied by the author or stored once by the exporter because equal, and counted once: 'w' by 'a' and 'b'.",
    ]);
  });

  it('of a table tied to the last layer count once', async () => {
    const graph = await importModel({
      nodes: [
        { op: 'Gather', inputs: ['table', 'ids'], outputs: ['h'] },
        { op: 'Transpose', inputs: ['table'], outputs: ['t'], attributes: { perm: [1, 0] } },
        linear('head', 'h', 'y', 't'),
      ],
      initializers: [weight('table', 100, 8)],
      inputs: [{ name: 'ids', dims: [2, 5], type: INT64 }],
      outputs: ['y'],
    });
    expect(opsOf(graph)).toEqual(['embedding', 'linear']);
    expect(paramsOf(graph)).toBe(800);
    expect(maddsOf(graph)).toBe(2 * 5 * 8 * 100);
  });

  it('may stand in Constant nodes; scalars and shapes are constants', async () => {
    const graph = await importModel({
      nodes: [
        { op: 'Constant', outputs: ['w'], attributes: { value: { dims: [6, 4, 1], floats: new Array(24).fill(0.5) } } },
        { op: 'Constant', outputs: ['eps'], attributes: { value: { dims: [], floats: [1e-5] } } },
        { op: 'Unsqueeze', inputs: ['x', 'axes'], outputs: ['x1'] },
        { op: 'Conv', inputs: ['x1', 'w'], outputs: ['c'] },
        { op: 'Add', inputs: ['c', 'eps'], outputs: ['y'] },
      ],
      initializers: [ints('axes', 2)],
      inputs: [X],
      outputs: ['y'],
    });
    expect(paramsOf(graph)).toBe(24);
    expect(graph.values.find(({ name }) => name === 'eps')?.kind).toBe('constant');
  });

  it('of batch norm are scale and shift; its statistics are buffers', async () => {
    const graph = await importModel({
      nodes: [{ op: 'BatchNormalization', inputs: ['x', 's', 'b', 'm', 'v'], outputs: ['y'] }],
      initializers: ['s', 'b', 'm', 'v'].map((name) => weight(name, 4)),
      inputs: [X],
      outputs: ['y'],
    });
    expect(paramsOf(graph)).toBe(8);
    expect(graph.values.filter(({ kind }) => kind === 'buffer').map(({ name }) => name)).toEqual(['m', 'v']);
  });

  it('quantised or cast on their way count as they are stored', async () => {
    const graph = await importModel({
      nodes: [
        { op: 'DequantizeLinear', inputs: ['q', 'scale', 'zero'], outputs: ['w'] },
        { op: 'Transpose', inputs: ['w'], outputs: ['wt'], attributes: { perm: [1, 0] } },
        linear('fc', 'x', 'h', 'wt'),
        { op: 'QuantizeLinear', inputs: ['h', 'scale', 'zero'], outputs: ['y'] },
      ],
      initializers: [{ name: 'q', dims: [3, 4], type: 3 }, weight('scale'), { name: 'zero', dims: [], type: 3 }],
      inputs: [X],
      outputs: ['y'],
    });
    expect(opsOf(graph)).toEqual(['linear', 'quantize']);
    const [parameter] = graph.values.filter(({ kind }) => kind === 'parameter');
    expect([parameter?.shape, parameter?.dtype]).toEqual([[3, 4], 'int8']);
    expect(graph.values.at(-1)?.dtype).toBe('int8');
  });
});

describe('module names', () => {
  const chain = (
    ...nodes: readonly { name: string; op: string; weight?: string; metadata?: Record<string, string> }[]
  ): ModelSpec => ({
    nodes: nodes.map(({ name, op, weight: w, metadata }, i) => ({
      op,
      name,
      inputs: [i === 0 ? 'x' : `t${i - 1}`, ...(w === undefined ? [] : [w])],
      outputs: [`t${i}`],
      ...(metadata === undefined ? {} : { metadata }),
    })),
    initializers: nodes.flatMap(({ weight: w }) => (w === undefined ? [] : [weight(w, 4, 4, 1, 1)])),
    inputs: [{ name: 'x', dims: [1, 4, 8, 8] }],
    outputs: [`t${nodes.length - 1}`],
  });
  const places = async (model: ModelSpec) => (await importModel(model)).nodes.map(({ name, scope }) => [name, scope]);

  it('come from torchscript paths', async () => {
    expect(
      await places(
        chain(
          { name: '/layer1/layer1.0/conv1/Conv', op: 'Conv', weight: 'onnx::Conv_1' },
          { name: '/layer1/layer1.0/relu/Relu', op: 'Relu' },
          { name: '/layer1/layer1.0/Sigmoid', op: 'Sigmoid' },
        ),
      ),
    ).toEqual([
      ['layer1.0.conv1', 'layer1.0'],
      ['layer1.0.relu', 'layer1.0'],
      ['layer1.0.Sigmoid', 'layer1.0'],
    ]);
  });

  it('come from TensorFlow paths and from weights', async () => {
    expect(
      await places(
        chain(
          { name: 'model/stem/Conv2D', op: 'Conv', weight: 'model/stem/kernel:0' },
          { name: 'Conv_5', op: 'Conv', weight: 'features.3.weight' },
          { name: '', op: 'Relu' },
        ),
      ),
    ).toEqual([
      ['model.stem', 'model'],
      ['features.3', 'features'],
      ['t2', ''],
    ]);
  });

  it("come from torch's metadata, also where batch norm was folded into a convolution", async () => {
    const at = (...scopes: string[]) => ({ 'pkg.torch.onnx.name_scopes': `['${scopes.join("', '")}']` });
    expect(
      await places(
        chain(
          { name: 'node_1', op: 'Conv', weight: 'stem.conv.weight', metadata: at('', 'stem', 'stem.bn', 'batch_norm') },
          { name: 'node_2', op: 'Relu', metadata: at('', 'stem', 'stem.act', 'relu') },
          { name: 'node_3', op: 'Sigmoid', metadata: at('', 'stem', 'sigmoid') },
        ),
      ),
    ).toEqual([
      ['stem.conv', 'stem'],
      ['stem.act', 'stem'],
      ['stem.sigmoid', 'stem'],
    ]);
  });
});

describe('ops that archmeter does not know', () => {
  it('are listed with their type, and what follows them too', async () => {
    const graph = await importModel({
      nodes: [
        { op: 'Mystery', domain: 'acme', inputs: ['x'], outputs: ['m'], name: 'strange' },
        { op: 'Relu', inputs: ['m'], outputs: ['y'], name: 'after' },
      ],
      inputs: [X],
      outputs: ['y'],
    });
    expect(graph.nodes.map(({ op, attributes }) => [op, attributes.type, attributes.reason])).toEqual([
      ['opaque', 'acme.Mystery', 'archmeter does not know this op'],
      ['opaque', 'Relu', 'it comes from Mystery, which archmeter does not know'],
    ]);
    expect(graph.outputs).toEqual([]);
    expect(graph.notes).toEqual([
      "The shape of output 'y' is not known: it comes from Mystery, which archmeter does not know.",
    ]);
  });

  it('give the shapes that the file states for them', async () => {
    const graph = await importModel({
      nodes: [{ op: 'Mystery', domain: 'acme', inputs: ['x'], outputs: ['m'] }, linear('after', 'm', 'y', 'w')],
      initializers: [weight('w', 7, 3)],
      inputs: [X],
      outputs: ['y'],
      values: [{ name: 'm', dims: [2, 7] }],
    });
    expect(opsOf(graph)).toEqual(['opaque', 'linear']);
    expect(outputShapes(graph)).toEqual([[2, 3]]);
  });
});
