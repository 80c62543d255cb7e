import { describe, expect, it } from 'vitest';
import { importJson, outputShapes, totalsOf } from '../fixtures.js';

/** Configurations as Keras 1 to 2 and TensorFlow 2 wrote them. */

const layer = (className: string, name: string, config: object, inbound?: unknown) => ({
  class_name: className,
  name,
  config: { name, trainable: true, ...config },
  ...(inbound === undefined ? {} : { inbound_nodes: inbound }),
});

const input = (name: string, shape: readonly (number | null)[], dtype = 'float32') =>
  layer('InputLayer', name, { batch_input_shape: shape, dtype, sparse: false }, []);

const functional = (layers: readonly object[], inputs: unknown, outputs: unknown, className = 'Functional') => ({
  class_name: className,
  config: { name: 'model', layers, input_layers: inputs, output_layers: outputs },
  keras_version: '2.11.0',
  backend: 'tensorflow',
});

describe('Sequential models', () => {
  const layers = [
    {
      class_name: 'Conv2D',
      config: {
        name: 'c',
        trainable: true,
        batch_input_shape: [null, 8, 8, 3],
        filters: 4,
        kernel_size: [3, 3],
        strides: [1, 1],
        padding: 'same',
        activation: 'relu',
        use_bias: true,
      },
    },
    { class_name: 'Flatten', config: { name: 'f', trainable: true } },
    { class_name: 'Dense', config: { name: 'd', trainable: true, units: 10, activation: 'softmax', use_bias: false } },
  ];
  const params = 3 * 3 * 3 * 4 + 4 + 8 * 8 * 4 * 10;

  it('hold their layers in a list (before Keras 2.2.3) or under `layers`', async () => {
    for (const config of [layers, { name: 's', layers }]) {
      const graph = await importJson({ class_name: 'Sequential', config });
      expect(totalsOf(graph).params).toBe(params);
      expect(graph.values[graph.inputs[0] as number]?.name).toBe('c_input');
      expect(graph.nodes.map(({ name }) => name)).toEqual(['c', 'c.relu', 'f', 'd', 'd.softmax']);
    }
  });

  it('may begin with a model that has the input', async () => {
    const base = {
      class_name: 'Functional',
      config: functional([input('i', [null, 4])], [['i', 0, 0]], [['i', 0, 0]]).config,
    };
    const graph = await importJson({ class_name: 'Sequential', config: { layers: [base, layers[2]] } });
    expect(outputShapes(graph)).toEqual([[1, 10]]);
  });

  it('know the shape that they were built with', async () => {
    const dense = { class_name: 'Dense', config: { name: 'd', units: 3 } };
    const built = { class_name: 'Sequential', config: { layers: [dense], build_input_shape: [null, 7] } };
    expect(totalsOf(await importJson(built)).params).toBe(7 * 3 + 3);
    await expect(importJson({ class_name: 'Sequential', config: { layers: [dense] } })).rejects.toThrow(
      "model.json, layer 'model': the file does not tell the shape of the model's input. Save the model after it was built: give its first layer an Input, or call model.build(shape).",
    );
  });
});

describe('Functional models', () => {
  it('are called `Model` in older files, and call layers by node number', async () => {
    const dense = (name: string, units: number, inbound: unknown) =>
      layer('Dense', name, { units, use_bias: false }, inbound);
    const graph = await importJson(
      functional(
        [
          input('a', [null, 4]),
          input('b', [null, 4]),
          dense('shared', 5, [[['a', 0, 0, {}]], [['b', 0, 0, {}]]]),
          layer('Concatenate', 'join', { axis: -1 }, [
            [
              ['shared', 0, 0, {}],
              ['shared', 1, 0, {}],
            ],
          ]),
          dense('head', 2, [[['join', 0, 0, {}]]]),
        ],
        [
          ['a', 0, 0],
          ['b', 0, 0],
        ],
        [['head', 0, 0]],
        'Model',
      ),
    );
    expect(totalsOf(graph).params).toBe(4 * 5 + 10 * 2);
    expect(totalsOf(graph).madds).toBe(2 * 4 * 5 + 10 * 2);
  });

  it('hold functions of TensorFlow as TFOpLambda and SlicingOpLambda', async () => {
    const op = (name: string, fn: string, inbound: unknown) => layer('TFOpLambda', name, { function: fn }, inbound);
    const graph = await importJson(
      functional(
        [
          input('x', [null, 8, 8, 4]),
          op('scaled', 'math.multiply', [['x', 0, 0, { y: 2.0, name: null }]]),
          op('sum', '__operators__.add', [['scaled', 0, 0, { y: ['x', 0, 0], name: null }]]),
          op('mean', 'math.reduce_mean', [['sum', 0, 0, { axis: [1, 2], keepdims: false }]]),
          layer('SlicingOpLambda', 'slice', { function: '__operators__.getitem' }, [
            [
              'sum',
              0,
              0,
              { slice_spec: [{ start: null, stop: null, step: null }, { start: 0, stop: 4, step: null }, 0] },
            ],
          ]),
          op('shape', 'compat.v1.shape', [['sum', 0, 0, {}]]),
          layer('SlicingOpLambda', 'batch', { function: '__operators__.getitem' }, [
            ['shape', 0, 0, { slice_spec: 0 }],
          ]),
          op('rows', 'reshape', [['slice', 0, 0, { shape: [['batch', 0, 0], 16] }]]),
          op('joined', 'concat', [
            [
              ['mean', 0, 0, { axis: -1 }],
              ['rows', 0, 0, { axis: -1 }],
            ],
          ]),
          op('activated', 'nn.relu', [['joined', 0, 0, {}]]),
        ],
        [['x', 0, 0]],
        [['activated', 0, 0]],
      ),
    );
    expect(outputShapes(graph)).toEqual([[1, 4 + 16]]);
    expect(graph.nodes.map(({ op: name }) => name)).toEqual([
      'mul',
      'add',
      'reduceMean',
      'slice',
      'squeeze',
      'reshape',
      'concat',
      'relu',
    ]);
  });

  it('hold nodes of TensorFlow 2.0 as TensorFlowOpLayer with constants by position', async () => {
    const node = {
      class_name: 'TensorFlowOpLayer',
      name: 'n',
      config: {
        name: 'n',
        trainable: true,
        node_def: { name: 'n', op: 'AddV2', input: ['x', 'n/y'] },
        constants: { 1: 3.0 },
      },
      inbound_nodes: [[['x', 0, 0, {}]]],
    };
    const graph = await importJson(functional([input('x', [null, 4]), node], [['x', 0, 0]], [['n', 0, 0]]));
    expect(graph.nodes.map(({ op }) => op)).toEqual(['add']);
  });

  it('may list layers in any order', async () => {
    const dense = (name: string, from: string) =>
      layer('Dense', name, { units: 4, use_bias: false }, [[[from, 0, 0, {}]]]);
    const graph = await importJson(
      functional(
        [dense('third', 'second'), dense('second', 'first'), dense('first', 'x'), input('x', [null, 4])],
        [['x', 0, 0]],
        [['third', 0, 0]],
      ),
    );
    expect(graph.nodes.map(({ name }) => name)).toEqual(['first', 'second', 'third']);
  });
});

describe('recurrent layers', () => {
  const sequence = (className: string, config: object) => ({
    class_name: 'Sequential',
    config: {
      layers: [
        {
          class_name: className,
          config: { name: 'r', batch_input_shape: [null, 7, 5], units: 4, use_bias: true, ...config },
        },
      ],
    },
  });

  it.each([
    ['LSTM', {}, 4 * 4 * (5 + 4 + 1), 4 * 4 * (5 + 4)],
    ['GRU', { reset_after: false }, 3 * 4 * (5 + 4 + 1), 3 * 4 * (5 + 4)],
    ['GRU', { reset_after: true }, 3 * 4 * (5 + 4 + 2), 3 * 4 * (5 + 4)],
    ['CuDNNLSTM', {}, 4 * 4 * (5 + 4 + 2), 4 * 4 * (5 + 4)],
    ['SimpleRNN', { use_bias: false }, 4 * (5 + 4), 4 * (5 + 4)],
  ])('%s %j', async (className, config, params, perStep) => {
    const totals = totalsOf(await importJson(sequence(className, config)));
    expect(totals.params).toBe(params);
    expect(totals.madds).toBe(7 * perStep);
  });
});

it('counts what it does not know as unsupported, with the shape that Keras 3 records', async () => {
  const tensor = (from: string, shape: readonly (number | null)[]) => ({
    class_name: '__keras_tensor__',
    config: { shape, dtype: 'float32', keras_history: [from, 0, 0] },
  });
  const graph = await importJson({
    class_name: 'Functional',
    config: {
      name: 'm',
      layers: [
        { class_name: 'InputLayer', name: 'x', config: { name: 'x', batch_shape: [null, 8] }, inbound_nodes: [] },
        {
          class_name: 'Mystery',
          registered_name: 'my>Mystery',
          name: 'q',
          config: { name: 'q' },
          inbound_nodes: [{ args: [tensor('x', [null, 8])], kwargs: {} }],
        },
        {
          class_name: 'Dense',
          name: 'd',
          config: { name: 'd', units: 2, activation: 'my>odd' },
          inbound_nodes: [{ args: [tensor('q', [null, 5])], kwargs: {} }],
        },
      ],
      input_layers: [['x', 0, 0]],
      output_layers: [['d', 0, 0]],
    },
  });
  expect(totalsOf(graph).params).toBe(5 * 2 + 2);
  expect(graph.nodes.filter(({ op }) => op === 'opaque').map(({ attributes }) => attributes.type)).toEqual([
    'Mystery',
    'activation odd',
  ]);
});
