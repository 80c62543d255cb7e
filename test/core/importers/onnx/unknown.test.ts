import { describe, expect, it } from 'vitest';
import { analyze } from '../../../../src/core/analysis/analyze.js';
import { importModel, maddsOf, opsOf, outputShapes } from './import-onnx.js';
import { FLOAT, type ModelSpec, type NodeSpec, weight } from './write-onnx.js';

const conv = (attributes: NodeSpec['attributes']): ModelSpec => ({
  nodes: [{ op: 'Conv', name: 'c', inputs: ['x', 'w'], outputs: ['y'], attributes: attributes ?? {} }],
  inputs: [{ name: 'x', dims: [1, 3, 8, 8] }],
  initializers: [weight('w', 4, 3, 3, 3)],
  outputs: ['y'],
});

describe('attributes that a standard op does not have', () => {
  it.each([
    ['pbds', [1, 1, 1, 1], 'pads'],
    ['stridec', [2, 2], 'strides'],
    ['Group', 1, 'group'],
  ] as const)('%s is refused with the nearest name', async (name, value, meant) => {
    await expect(importModel(conv({ [name]: value }))).rejects.toThrow(
      `layer 'c': Conv has no attribute '${name}' in any version of ONNX. Did the exporter mean '${meant}'? Rename it, or take it out.`,
    );
  });

  it('does not take a name for another that is given as well', async () => {
    const graph = await importModel(conv({ pads: [1, 1, 1, 1], strides: [2, 2], stridesX: [1, 1] }));
    expect(graph.notes).toEqual([
      "Conv has no attribute 'stridesX' in any version of ONNX; it is ignored in 'c': what it should change is not in the figures.",
    ]);
    expect(outputShapes(graph)).toEqual([[1, 4, 4, 4]]);
  });

  it('is noted where it is like none of them, and left alone in other domains', async () => {
    const graph = await importModel(conv({ quantization_info: 'none' }));
    expect(graph.notes).toHaveLength(1);
    const gelu = { op: 'Gelu', domain: 'com.microsoft', inputs: ['x'], outputs: ['y'], attributes: { approx: 1 } };
    const other = await importModel({ nodes: [gelu], inputs: [{ name: 'x', dims: [2] }], outputs: ['y'] });
    expect(other.notes).toEqual([]);
  });
});

describe('an element type that archmeter does not know', () => {
  const model = (stated?: readonly number[]): ModelSpec => ({
    nodes: [
      { op: 'MatMul', name: 'fc', inputs: ['x', 'w'], outputs: ['h'] },
      { op: 'Relu', name: 'act', inputs: ['h'], outputs: ['y'] },
      { op: 'MatMul', name: 'head', inputs: ['x', 'v'], outputs: ['z'] },
    ],
    inputs: [{ name: 'x', dims: [1, 4] }],
    initializers: [{ name: 'w', dims: [4, 2], type: 99 }, weight('v', 4, 5)],
    values: stated === undefined ? [] : [{ name: 'h', dims: stated, type: FLOAT }],
    outputs: ['y', 'z'],
  });

  it('leaves what reads it uncounted, and counts the rest', async () => {
    const graph = await importModel(model());
    expect(opsOf(graph)).toEqual(['opaque', 'opaque', 'linear']);
    expect(maddsOf(graph)).toBe(20);
    expect(graph.notes).toEqual([
      "The shape of output 'y' is not known: tensor 'w' has the element type 99, which archmeter does not know.",
    ]);
    expect(analyze(graph).unsupportedOps.map(({ type }) => type)).toEqual(['MatMul', 'Relu']);
  });

  it('goes on after it where the file states the shape', async () => {
    const graph = await importModel(model([1, 2]));
    expect(opsOf(graph)).toEqual(['opaque', 'relu', 'linear']);
    expect(outputShapes(graph)).toEqual([
      [1, 2],
      [1, 5],
    ]);
  });

  it('may be that of an input or of a Cast', async () => {
    const cast = { op: 'Cast', inputs: ['x'], outputs: ['h'], attributes: { to: 77 } };
    const relu = { op: 'Relu', inputs: ['a'], outputs: ['y'] };
    const graph = await importModel({
      nodes: [cast, relu],
      inputs: [
        { name: 'x', dims: [3], type: 88 },
        { name: 'a', dims: [3] },
      ],
      outputs: ['h', 'y'],
    });
    expect(opsOf(graph)).toEqual(['opaque', 'relu']);
  });
});
