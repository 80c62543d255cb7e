import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { importModel } from '../../../../src/core/importers/index.js';
import { memorySource } from '../../../../src/core/importers/shared/bytes.js';
import { countingSource, fixtureBytes, importFixture, importJson } from '../fixtures.js';

const dense = (config: object) => ({
  class_name: 'Sequential',
  config: {
    layers: [{ class_name: 'Dense', config: { name: 'd', batch_input_shape: [null, 4], units: 3, ...config } }],
  },
});

describe('Keras errors say what is wrong and how to mend it', () => {
  it('for a subclassed model', async () => {
    await expect(importJson({ module: 'app', class_name: 'MyModel', config: { width: 4 } }, 'm.json')).rejects.toThrow(
      "m.json: the model is of the class 'MyModel', whose configuration holds no graph. Rebuild it as a functional model, keras.Model(inputs, model.call(inputs)), or export it to ONNX or TFLite.",
    );
  });

  it('for weights alone', async () => {
    await expect(importFixture('keras/weights-only.h5')).rejects.toThrow(
      'keras/weights-only.h5: this HDF5 file holds weights alone, no model configuration. Save the whole model, model.save("model.keras"), or write its configuration, model.to_json(), to a .json file.',
    );
  });

  it('for an archive without a configuration', async () => {
    const zip = zipSync({ 'metadata.json': new TextEncoder().encode('{}'), 'model.weights.h5': new Uint8Array(8) });
    await expect(importModel(memorySource('m.keras', zip))).rejects.toThrow(
      'm.keras: the archive has no config.json. Save the whole model: model.save("model.keras").',
    );
  });

  it('for open sizes, asking for exactly those', async () => {
    await expect(importFixture('keras/fcn.keras')).rejects.toThrow(
      "keras/fcn.keras: the file leaves sizes of its input open: input_layer=1x?x?x3. Give them: --input input_layer=1x?x?x3 with a number for each '?', or --dim input_layer.1=N --dim input_layer.2=N.",
    );
    await expect(importFixture('keras/fcn.keras', { inputs: { images: [1, 8, 8, 3] } })).rejects.toThrow(
      "keras/fcn.keras: the model has no input 'images'. Its inputs: input_layer.",
    );
    await expect(importFixture('keras/fcn.keras', { inputs: { input_layer: [8, 8, 3] } })).rejects.toThrow(
      "keras/fcn.keras: input 'input_layer' has 4 axes (?x?x?x3), not 3. Give one size for each axis.",
    );
  });

  it.each([
    [{ units: -3 }, "its configuration 'units' should be a whole number of at least 1, not -3"],
    [{ units: 2 ** 45 }, "its configuration 'units' should be a whole number, not 35184372088832"],
    [{ units: 'many' }, 'its configuration \'units\' should be a number, not "many"'],
    [{ use_bias: 1 }, "its configuration 'use_bias' should be true or false, not 1"],
    [
      { dtype: 'float32', batch_input_shape: [null, -4] },
      "its configuration 'batch_input_shape' should be a shape, not [null,-4]",
    ],
  ])('for the configuration %j', async (config, problem) => {
    await expect(importJson(dense(config))).rejects.toThrow(`model.json, layer 'd': ${problem}.`);
  });

  it('for tensors that are not in the model', async () => {
    const model = (inbound: unknown) => ({
      class_name: 'Functional',
      config: {
        name: 'm',
        layers: [
          {
            class_name: 'InputLayer',
            name: 'x',
            config: { name: 'x', batch_input_shape: [null, 4] },
            inbound_nodes: [],
          },
          { class_name: 'Dense', name: 'd', config: { name: 'd', units: 3 }, inbound_nodes: inbound },
        ],
        input_layers: [['x', 0, 0]],
        output_layers: [['d', 0, 0]],
      },
    });
    const problem = "layer 'd' takes a tensor that is not in the model, or its own output";
    await expect(importJson(model([[['y', 0, 0, {}]]]))).rejects.toThrow(problem);
    await expect(importJson(model([[['d', 0, 0, {}]]]))).rejects.toThrow(problem);
    await expect(importJson(model([[['x', 0, 1, {}]]]))).rejects.toThrow(
      'it has 1 output, number 1 (from 0) is asked for',
    );
    await expect(importJson(model([]))).rejects.toThrow("its output 'd' (call 0) is not in the model");
  });

  it('for JSON that is cut off', async () => {
    await expect(
      importModel(memorySource('m.json', new TextEncoder().encode('{"class_name": "Sequential", "config": ['))),
    ).rejects.toThrow(/^m\.json: its JSON is damaged: .*\. Download or export the file again\.$/);
  });

  it('for a file whose recorded shapes are not those of its layers', async () => {
    const tensor = (shape: readonly (number | null)[]) => ({
      class_name: '__keras_tensor__',
      config: { shape, dtype: 'float32', keras_history: ['x', 0, 0] },
    });
    const model = {
      class_name: 'Functional',
      config: {
        layers: [
          { class_name: 'InputLayer', name: 'x', config: { name: 'x', batch_shape: [null, 4] }, inbound_nodes: [] },
          {
            class_name: 'Flatten',
            name: 'f',
            config: { name: 'f' },
            inbound_nodes: [{ args: [tensor([null, 4])], kwargs: {} }],
          },
          {
            class_name: 'Dense',
            name: 'd',
            config: { name: 'd', units: 2 },
            inbound_nodes: [
              {
                args: [{ ...tensor([null, 5]), config: { ...tensor([null, 5]).config, keras_history: ['f', 0, 0] } }],
                kwargs: {},
              },
            ],
          },
        ],
        input_layers: [['x', 0, 0]],
        output_layers: [['d', 0, 0]],
      },
    };
    await expect(importJson(model)).rejects.toThrow(
      "model.json, layer 'f': its output has shape 1x4, but the file records ?x5.",
    );
  });

  it('for models in models without end', async () => {
    let model: object = { class_name: 'Dense', config: { name: 'd', units: 1 } };
    for (let depth = 0; depth < 18; depth++)
      model = { class_name: 'Sequential', config: { name: `s${depth}`, layers: [model, model] } };
    const root = {
      class_name: 'Sequential',
      config: { name: 'root', layers: [{ class_name: 'InputLayer', config: { batch_shape: [null, 1] } }, model] },
    };
    await expect(importJson(root)).rejects.toThrow('the model expands to more than 100000 nodes');
  });
});

it('reads no weights: a file of 3 GB costs what its configuration costs', async () => {
  const small = fixtureBytes('keras/nested.h5');
  const { source, counted } = countingSource('nested.h5', small, 3e9);
  const graph = await importModel(source);
  expect(graph.nodes.length).toBeGreaterThan(5);
  expect(counted.bytes).toBeLessThan(64 * 1024);
});
