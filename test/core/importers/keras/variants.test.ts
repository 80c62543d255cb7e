import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/core/importers/keras/config.js';
import { buildKerasModel } from '../../../../src/core/importers/keras/model.js';
import { importJson, outputShapes, totalsOf } from '../fixtures.js';

/** Configurations as Keras 3 writes them. */

const tensor = (layer: string, node = 0, index = 0, shape?: readonly (number | null)[]) => ({
  class_name: '__keras_tensor__',
  config: { shape, dtype: 'float32', keras_history: [layer, node, index] },
});

const call = (...args: readonly unknown[]) => ({ args, kwargs: {} });

const layer = (className: string, name: string, config: object, ...calls: readonly object[]) => ({
  module: 'keras.layers',
  class_name: className,
  name,
  config: { name, trainable: true, ...config },
  inbound_nodes: calls,
});

const operation = (className: string, name: string, config: object, ...calls: readonly object[]) => ({
  module: 'keras.src.ops.numpy',
  class_name: className,
  name,
  config: { name, ...config },
  inbound_nodes: calls,
});

const input = (name: string, shape: readonly (number | null)[], dtype = 'float32') =>
  layer('InputLayer', name, { batch_shape: shape, dtype });

const functional = (layers: readonly object[], inputs: unknown, outputs: unknown, name = 'model') => ({
  class_name: 'Functional',
  name,
  config: { name, layers, input_layers: inputs, output_layers: outputs },
});

/** One layer or function on one input. */
const alone = (shape: readonly (number | null)[], made: (x: object) => object, outputs: unknown = [['y', 0, 0]]) =>
  importJson(functional([input('x', shape), made(call(tensor('x')))], [['x', 0, 0]], outputs));

describe('models among the layers', () => {
  const inner = functional(
    [input('i', [null, 4]), layer('Dense', 'd', { units: 4, use_bias: false }, call(tensor('i')))],
    [['i', 0, 0]],
    [['d', 0, 0]],
    'inner',
  );

  it('are counted from one where they give the outputs of the model', async () => {
    const twice = { ...inner, inbound_nodes: [call(tensor('x')), call(tensor('inner', 0))] };
    const graph = await importJson(functional([input('x', [null, 4]), twice], [['x', 0, 0]], [['inner', 2, 0]]));
    expect(totalsOf(graph)).toMatchObject({ params: 16, madds: 32 });
  });

  it('are counted from one everywhere by Keras 2', async () => {
    const twice = { ...inner, inbound_nodes: [[['x', 0, 0, {}]], [['inner', 1, 0, {}]]] };
    const head = { ...layer('Dense', 'head', { units: 3 }), inbound_nodes: [[['inner', 2, 0, {}]]] };
    const x = { ...input('x', [null, 4]), inbound_nodes: [] };
    const graph = await importJson(functional([x, twice, head], [['x', 0, 0]], [['head', 0, 0]]));
    expect(totalsOf(graph)).toMatchObject({ params: 16 + 15, madds: 32 + 12 });
  });
});

describe('layers', () => {
  it('take a layer as their activation, with its weights', async () => {
    const activation = { class_name: 'PReLU', config: { name: 'p', trainable: true } };
    const graph = await alone([null, 5], (x) => layer('Dense', 'y', { units: 7, activation }, x));
    expect(totalsOf(graph).params).toBe(5 * 7 + 7 + 7);
    expect(graph.nodes.map(({ op }) => op)).toEqual(['linear', 'prelu']);
  });

  it('tell the two forms of GELU apart', async () => {
    const flops = async (activation: string) =>
      totalsOf(await alone([null, 7], (x) => layer('Activation', 'y', { activation }, x))).flops;
    expect([await flops('gelu'), await flops('gelu_new')]).toEqual([7 * 5, 7 * 9]);
  });

  it('turn texts into as many indices as asked for', async () => {
    const graph = await alone([null, 1], (x) =>
      layer('TextVectorization', 'y', { output_mode: 'int', output_sequence_length: 11 }, x),
    );
    expect(outputShapes(graph)).toEqual([[1, 11]]);
    expect(graph.nodes.map(({ op }) => op)).toEqual(['opaque']);
  });

  it('turn a signal into bands of the mel scale', async () => {
    const config = { fft_length: 256, sequence_stride: 128, num_mel_bins: 20 };
    const graph = await alone([null, 8000], (x) => layer('MelSpectrogram', 'y', config, x));
    expect(outputShapes(graph)).toEqual([[1, 20, 63]]);
    expect(totalsOf(graph).madds).toBe(63 * 129 * 20);
  });
});

describe('functions of keras.ops', () => {
  it.each([
    [{}, 9],
    [{ approximate: true }, 9],
    [{ approximate: false }, 5],
  ])('Gelu %o has %d operations an element', async (config, operations) => {
    const graph = await alone([null, 7], (x) => operation('Gelu', 'y', config, x));
    expect(totalsOf(graph).flops).toBe(7 * operations);
  });

  it.each([
    ['ExtractPatches', { size: [3, 3], strides: [3, 3], padding: 'same' }, [null, 10, 9, 2], [1, 4, 3, 18]],
    ['ExtractSequences', { sequence_length: 32, sequence_stride: 16 }, [null, 64], [1, 3, 32]],
    ['Median', { axis: 1 }, [null, 9, 3], [1, 3]],
    ['Rot90', { k: 1, axes: [1, 2] }, [null, 9, 3], [1, 3, 9]],
    ['Reshape', { newshape: [null, 3, -1] }, [null, 9, 3], [1, 3, 9]],
    ['Log10', {}, [null, 4], [1, 4]],
  ] as const)('%s', async (className, config, shape, expected) => {
    const graph = await alone(shape, (x) => operation(className, 'y', config, x));
    expect(outputShapes(graph)).toEqual([expected]);
    expect(graph.nodes.filter(({ op }) => op === 'opaque')).toEqual([]);
  });

  it.each([
    [{ axis: 1 }, [1, 3, 4], 1],
    [{ axis: -1 }, [1, 3, 4], -1],
    [{ axis: null }, [12], 0],
    [{}, [12], 0],
  ])('Cumsum along %o', async (config, shape, axis) => {
    const graph = await alone([null, 3, 4], (x) => operation('Cumsum', 'y', config, x));
    expect(outputShapes(graph)).toEqual([shape]);
    expect(graph.nodes.at(-1)).toMatchObject({ op: 'cumSum', attributes: { axis } });
  });

  it.each([
    [{ axis: 1 }, 1],
    [{}, -1],
  ])('Sort and Argsort along %o', async (config, axis) => {
    for (const className of ['Sort', 'Argsort']) {
      const graph = await alone([null, 3, 4], (x) => operation(className, 'y', config, x));
      expect(graph.nodes.map(({ op, attributes }) => [op, attributes.axis])).toEqual([['sort', axis]]);
    }
  });

  it('are listed where they are not known, and so is what follows: no shape is guessed', async () => {
    const after = layer('Dense', 'd', { units: 3 }, call(tensor('y', 0, 1)));
    const known = layer('Dense', 'e', { units: 2 }, call(tensor('x')));
    const outputs = [
      ['y', 0, 0],
      ['d', 0, 0],
      ['e', 0, 0],
    ];
    const qr = operation('Qr', 'y', {}, call(tensor('x')));
    const graph = await importJson(functional([input('x', [null, 5]), qr, after, known], [['x', 0, 0]], outputs));
    expect(outputShapes(graph)).toEqual([[1, 2]]);
    expect(graph.nodes.map(({ op, name }) => [op, name])).toEqual([
      ['opaque', 'y'],
      ['linear', 'e'],
      ['opaque', 'd'],
    ]);
    expect(graph.notes).toEqual(['The shape of an output is not known: archmeter does not know this function.']);
    expect(totalsOf(graph).madds).toBe(10);
  });

  it('are passed over where the file records what they give, also inside another layer', async () => {
    const recorded = call(tensor('y', 0, 0, [null, 7]));
    const graph = await importJson(
      functional(
        [
          input('x', [null, 5]),
          operation('Qr', 'y', {}, call(tensor('x'))),
          layer('Dense', 'd', { units: 3 }, recorded),
        ],
        [['x', 0, 0]],
        [['d', 0, 0]],
      ),
    );
    expect(totalsOf(graph).madds).toBe(21);
    const custom = { module: 'mine', class_name: 'Mine', config: { name: 'mine' } };
    const wrapped = await alone([null, 4, 5], (x) => layer('TimeDistributed', 'y', { layer: custom }, x));
    expect(outputShapes(wrapped)).toEqual([]);
    expect(wrapped.nodes.at(-1)?.op).toBe('opaque');
  });
});

describe('the calls of a layer', () => {
  /** How often reading asks for an entry of its list of calls. */
  async function lookUps(calls: number): Promise<number> {
    let count = 0;
    const list = Array.from({ length: calls }, (_, k) => [[k === 0 ? 'x' : 'd', Math.max(k - 1, 0), 0, {}]]);
    const counted = new Proxy(list, {
      get(target, key, receiver) {
        count++;
        return Reflect.get(target, key, receiver);
      },
    });
    const dense = { ...layer('Dense', 'd', { units: 5 }), inbound_nodes: counted };
    const x = { ...input('x', [null, 5]), inbound_nodes: [] };
    const model = functional([x, dense], [['x', 0, 0]], [['d', calls - 1, 0]]);
    const graph = buildKerasModel(model as unknown as JsonObject, {}, { format: 'keras' });
    expect(graph.nodes.length).toBe(calls);
    return count;
  }

  it('are read in linear time', async () => {
    const [once, twice] = [await lookUps(200), await lookUps(400)];
    expect(twice).toBeLessThan(2.5 * once);
  });
});
