import { describe, expect, it } from 'vitest';
import { evaluateSize } from '../../../../src/core/importers/onnx/inputs.js';
import { importModel, outputShapes } from './import-onnx.js';
import { INT64, ints, type ModelSpec } from './write-onnx.js';

const relu = (dims: readonly (number | string | null)[], more: Partial<ModelSpec> = {}): ModelSpec => ({
  nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['y'] }],
  inputs: [{ name: 'x', dims }],
  outputs: ['y'],
  ...more,
});

describe('sizes of inputs', () => {
  it('takes them from the file, the caller, and the batch', async () => {
    expect(outputShapes(await importModel(relu([2, 3])))).toEqual([[2, 3]]);
    expect(outputShapes(await importModel(relu(['batch', 3]), { batch: 4 }))).toEqual([[4, 3]]);
    expect(outputShapes(await importModel(relu([null, 3, 'h', 'w']), { inputs: { x: [1, 3, 8, 9] } }))).toEqual([
      [1, 3, 8, 9],
    ]);
    expect(outputShapes(await importModel(relu([2, 3]), { inputs: { '': [5, 7] } }))).toEqual([[5, 7]]);
  });

  it('finds the batch where an axis is named so, and takes 0 for a size left open', async () => {
    expect(outputShapes(await importModel(relu([2, 'batch', 64]), { batch: 4 }))).toEqual([[2, 4, 64]]);
    expect(outputShapes(await importModel(relu([0, 3]), { batch: 4 }))).toEqual([[4, 3]]);
    await expect(importModel(relu(['sequence', 'batch', 64]), { batch: 4 })).rejects.toThrow(
      '--input x=<sequence>x4x64.',
    );
  });

  it('replaces a batch that the file fixes', async () => {
    expect(outputShapes(await importModel(relu([1, 3, 8, 8]), { batch: 8 }))).toEqual([[8, 3, 8, 8]]);
    expect(outputShapes(await importModel(relu([3]), { batch: 8 }))).toEqual([[3]]);
  });

  it('asks for exactly the sizes that are missing', async () => {
    await expect(importModel(relu(['batch', 3, 'height', null]))).rejects.toThrow(
      /^the file leaves sizes of an input open\. Give it with numbers for the names: --input x=<batch>x3x<height>x<D3>\.$/,
    );
    await expect(importModel(relu([null, 3, 'height', 4]), { batch: 2 })).rejects.toThrow('--input x=2x3x<height>x4.');
    const two: ModelSpec = {
      nodes: [{ op: 'Add', inputs: ['a', 'b'], outputs: ['y'] }],
      inputs: [{ name: 'a', dims: ['n', 4] }, { name: 'b' }],
      outputs: ['y'],
    };
    await expect(importModel(two)).rejects.toThrow(
      'the file leaves sizes of 2 inputs open. Give them with numbers for the names: --input a=<n>x4 --input b=SHAPE.',
    );
  });

  it('binds sizes of one name once, and sums of them', async () => {
    const cache: ModelSpec = {
      nodes: [{ op: 'Concat', inputs: ['past', 'ids'], outputs: ['y'], attributes: { axis: 1 } }],
      inputs: [
        { name: 'ids', dims: ['batch', 'sequence'], type: INT64 },
        { name: 'past', dims: ['batch', 'past_length'], type: INT64 },
        { name: 'mask', dims: ['batch', 'past_length + sequence'], type: INT64 },
      ],
      outputs: ['y', 'mask'],
    };
    const graph = await importModel(cache, { inputs: { ids: [2, 5], past: [2, 7] } });
    expect(outputShapes(graph)).toEqual([
      [2, 12],
      [2, 12],
    ]);
    await expect(importModel(cache, { inputs: { ids: [2, 5], past: [3, 7] } })).rejects.toThrow(
      "'batch' is 2 in one input and 3 in 'past'. Axes of the same name have the same size: give equal numbers.",
    );
    expect(
      evaluateSize(
        '2*a + b - 1',
        new Map([
          ['a', 3],
          ['b', 4],
        ]),
      ),
    ).toBe(9);
    expect(evaluateSize('a + c', new Map([['a', 3]]))).toBeUndefined();
  });

  it('refuses inputs that are not there and shapes of another rank', async () => {
    await expect(importModel(relu([2, 3]), { inputs: { z: [1] } })).rejects.toThrow(
      "the model has no input 'z'. It has: x.",
    );
    await expect(importModel(relu([2, 'n']), { inputs: { x: [1, 2, 3] } })).rejects.toThrow(
      "input 'x' has 2 axes (2x<n>), not the 3 of 1x2x3. Give as many sizes as the input has axes.",
    );
  });

  it('takes initializers among the inputs for what they are', async () => {
    const model = relu([2, 3], {
      nodes: [{ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] }],
      inputs: [
        { name: 'x', dims: [2, 3] },
        { name: 'w', dims: [3] },
      ],
      initializers: [{ name: 'w', dims: [3] }],
    });
    const graph = await importModel(model);
    expect(graph.inputs.map((id) => graph.values[id]?.name)).toEqual(['x']);
  });

  it('says that a shape of the file fixes the batch where it does', async () => {
    const reshaped = (shape: readonly number[]): ModelSpec => ({
      nodes: [
        { op: 'Transpose', inputs: ['x'], outputs: ['t'], attributes: { perm: [1, 0] } },
        { op: 'Reshape', inputs: ['t', 'shape'], outputs: ['y'], name: 'flat' },
      ],
      initializers: [ints('shape', ...shape)],
      inputs: [{ name: 'x', dims: [1, 6] }],
      outputs: ['y'],
    });
    await expect(importModel(reshaped([2, 3]), { batch: 4 })).rejects.toThrow(
      "layer 'flat': the file fixes its batch at 1 and cannot run with 4: 24 elements of 6x4 do not fit into [2, 3]. Leave the batch as it is, or export the model with a dynamic batch axis.",
    );
  });

  it('lets a batch written into a shape follow the caller where the elements leave no doubt', async () => {
    const flat = (shape: readonly number[]): ModelSpec => ({
      nodes: [{ op: 'Reshape', inputs: ['x', 'shape'], outputs: ['y'] }],
      initializers: [ints('shape', ...shape)],
      inputs: [{ name: 'x', dims: [1, 6, 2] }],
      outputs: ['y'],
    });
    for (const shape of [
      [1, 12],
      [1, -1],
      [-1, 12],
      [0, -1],
    ]) {
      expect(outputShapes(await importModel(flat(shape), { batch: 4 }))).toEqual([[4, 12]]);
    }
  });
});
