import { describe, expect, it } from 'vitest';
import type { ImportOptions } from '../../../src/core/importers/define-importer.js';
import { importModel } from '../../../src/core/importers/index.js';
import { memorySource } from '../../../src/core/importers/shared/bytes.js';
import { importFixture, importJson, outputShapes } from './fixtures.js';
import { INT64, type ModelSpec, type NodeSpec, writeModel } from './onnx/write-onnx.js';

const onnx = (model: ModelSpec, options: ImportOptions) =>
  importModel(memorySource('m.onnx', writeModel(model)), options).then(outputShapes);
const relu = (...dims: readonly (number | string | null)[]): ModelSpec => ({
  nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['y'] }],
  inputs: [{ name: 'x', dims }],
  outputs: ['y'],
});
const inputShapes = async (file: string, options: ImportOptions) => {
  const graph = await importFixture(file, options);
  return graph.inputs.map((id) => graph.values[id]?.shape);
};

describe('sizes by name', () => {
  it('of ONNX, in every input and sum that has them', async () => {
    const model: ModelSpec = {
      nodes: [{ op: 'Concat', inputs: ['a', 'b'], outputs: ['y'], attributes: { axis: 1 } }],
      inputs: [
        { name: 'a', dims: ['batch', 'past + sequence'] },
        { name: 'b', dims: ['batch', 'sequence'] },
      ],
      outputs: ['y'],
    };
    expect(await onnx(model, { dims: { batch: 4, sequence: 3, past: 5 } })).toEqual([[4, 11]]);
    expect(await onnx(relu(null, 3, 'h'), { dims: { batch: 2, h: 0 } })).toEqual([[2, 3, 0]]);
  });

  it('are listed where they are missing, and where a name is none of them', async () => {
    await expect(onnx(relu('batch', 'height'), { dims: { batch: 1 } })).rejects.toThrow(
      'm.onnx: the file leaves sizes of an input open. Give it with numbers for the names: --input x=1x<height>. Or by name: --dim height=N.',
    );
    await expect(onnx(relu('batch', 'height'), { dims: { hieght: 1 } })).rejects.toThrow(
      "m.onnx: no size is named 'hieght'. Did you mean 'height'?",
    );
    await expect(onnx(relu(2, 'height'), { dims: { q: 1 } })).rejects.toThrow('The file leaves open: batch, height.');
  });

  it('ask for a scalar where the number of axes is open', async () => {
    const model: ModelSpec = { ...relu(), inputs: [{ name: 'x' }] };
    await expect(onnx(model, {})).rejects.toThrow("--input x=SHAPE. SHAPE is e.g. 1x3x8, or 'scalar'.");
    expect(await onnx(model, { inputs: { x: [] } })).toEqual([[]]);
  });

  it('of Keras, TensorFlow.js and TensorFlow Lite: the batch, and axes after their input', async () => {
    const dims = { batch: 2, 'input_layer.1': 32, 'input_layer.2': 48 };
    expect(await inputShapes('keras/fcn.keras', { dims })).toEqual([[2, 32, 48, 3]]);
    expect((await inputShapes('tfjs/conv1d/model.json', { dims: { batch: 3 } }))[0]?.[0]).toBe(3);
    expect((await inputShapes('tflite/conv1d.fp32.tflite', { dims: { batch: 3 } }))[0]?.[0]).toBe(3);
    await expect(importFixture('keras/fcn.keras', { dims: { 'input_layer.3': 4 } })).rejects.toThrow(
      'no size is named',
    );
  });

  it('of torch.export: its symbols, and the batch', async () => {
    expect(await inputShapes('pt2/gpt.pt2', { dims: { batch: 3, s1: 7 } })).toEqual([[3, 7]]);
    await expect(importFixture('pt2/gpt.pt2', { dims: { sequence: 7 } })).rejects.toThrow('The file leaves open: ');
  });
});

describe('contents of inputs', () => {
  const reshape: NodeSpec = { op: 'Reshape', inputs: ['x', 'shape'], outputs: ['y'] };
  const model: ModelSpec = {
    nodes: [reshape],
    inputs: [
      { name: 'x', dims: [2, 6] },
      { name: 'shape', dims: [2], type: INT64 },
    ],
    outputs: ['y'],
  };

  it('give the shapes that follow from them', async () => {
    expect(await onnx(model, {})).toEqual([]);
    expect(await onnx(model, { inputData: { shape: [3, -1] } })).toEqual([[3, 4]]);
    const size = (n: number) => ({ shape: { dim: [{ size: String(n) }] } });
    const placeholder = (name: string, type: string, n: number) => ({
      name,
      op: 'Placeholder',
      attr: { dtype: { type }, shape: size(n) },
    });
    const nodes = [
      placeholder('x', 'DT_FLOAT', 12),
      placeholder('s', 'DT_INT32', 2),
      { name: 'y', op: 'Reshape', input: ['x', 's'], attr: {} },
    ];
    const json = { format: 'graph-model', modelTopology: { node: nodes, versions: {} }, weightsManifest: [] };
    expect(outputShapes(await importJson(json, undefined, { inputData: { s: [4, 3] } }))).toEqual([[4, 3]]);
  });

  it('are as many as the input has elements, and of an input that there is', async () => {
    await expect(onnx(model, { inputData: { shape: [3] } })).rejects.toThrow(
      "m.onnx: input 'shape' has 2 elements (2), but is given 1. Give as many numbers as it has elements.",
    );
    await expect(onnx(model, { inputData: { shpae: [3, 4] } })).rejects.toThrow("the model has no input 'shpae'");
    await expect(importFixture('keras/conv1d.keras', { inputData: { x: [1] } })).rejects.toThrow(
      'Leave out --input-data',
    );
  });
});
