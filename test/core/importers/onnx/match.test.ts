import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import onnx from '../../../../src/core/importers/onnx/index.js';
import { ints, writeModel } from './write-onnx.js';

const fixture = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../../../fixtures/onnx/${name}`, import.meta.url))).subarray(0, 4096);
const bytes = (...values: readonly number[]) => Uint8Array.from(values);

describe('recognition of ONNX files', () => {
  it('goes by content, whatever the name', () => {
    for (const name of ['test_resnet.onnx', 'dynamic.onnx', 'mixed.onnx', 'external.onnx']) {
      expect(onnx.matches(fixture(name), 'model.bin')).toBe('content');
    }
    expect(onnx.matches(writeModel({ nodes: [], initializers: [ints('a', 1)] }), 'x')).toBe('content');
  });

  it('goes by name where the content says nothing', () => {
    expect(onnx.matches(bytes(0xff, 0xff), 'Model.ONNX')).toBe('name');
    expect(onnx.matches(bytes(), 'model.onnx')).toBe('name');
    expect(onnx.matches(bytes(), 'model.bin')).toBe(false);
  });

  it('does not take other protobuf files for ONNX', () => {
    // TensorFlow's SavedModel: version 1, then a large message where ONNX has a short text.
    expect(onnx.matches(bytes(0x08, 1, 0x12, 0xff, 0xff, 0x7f, 0x0a), 'saved_model.pb')).toBe(false);
    // A TensorProto: dims, element type, contents.
    expect(onnx.matches(bytes(0x08, 2, 0x10, 1, 0x4a, 8), 'input_0.pb')).toBe(false);
    expect(onnx.matches(new TextEncoder().encode('PK\u0003\u0004 and so on'), 'model.pt2')).toBe(false);
  });

  it('says what wrote the file', async () => {
    const { importModel } = await import('./import-onnx.js');
    const graph = await importModel({
      nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['y'] }],
      inputs: [{ name: 'x', dims: [1] }],
      outputs: ['y'],
      producer: 'somebody',
    });
    expect(graph.source).toEqual({ format: 'onnx', file: 'model.onnx', producer: 'somebody' });
    expect(graph.name).toBe('graph');
  });
});
