import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BOOL, FLOAT, INT64, ints, type ModelSpec, weight, writeModel } from './write-onnx.js';

/** Writes the hand-made models of `fixtures/onnx`: `npx tsx test/core/importers/onnx/make-fixtures.ts`. */

const int = (name: string, value: number) => ({ name, dims: [], type: INT64, ints: [value] });

/** An image network of opset 11 with batch and size left open, sizes computed in the graph, and a tied table. */
export const DYNAMIC: ModelSpec = {
  opset: 11,
  producer: 'archmeter',
  nodes: [
    {
      op: 'Conv',
      inputs: ['image', 'stem.weight', 'stem.bias'],
      outputs: ['c'],
      name: '/stem/Conv',
      attributes: { strides: [2, 2], auto_pad: 'SAME_UPPER' },
    },
    { op: 'Clip', inputs: ['c', 'zero', 'six'], outputs: ['r'], name: '/act/Clip' },
    { op: 'MaxPool', inputs: ['r'], outputs: ['p'], attributes: { kernel_shape: [2, 2], strides: [2, 2] } },
    { op: 'Shape', inputs: ['r'], outputs: ['s'] },
    { op: 'Slice', inputs: ['s', 'two', 'four', 'axis0'], outputs: ['hw'] },
    { op: 'Shape', inputs: ['p'], outputs: ['ps'] },
    { op: 'Slice', inputs: ['ps', 'axis0', 'two'], outputs: ['nc'] },
    { op: 'Concat', inputs: ['nc', 'hw'], outputs: ['size'], attributes: { axis: 0 } },
    { op: 'Resize', inputs: ['p', '', '', 'size'], outputs: ['u'], attributes: { mode: 'nearest' } },
    { op: 'Concat', inputs: ['r', 'u'], outputs: ['cat'], attributes: { axis: 1 } },
    { op: 'GlobalAveragePool', inputs: ['cat'], outputs: ['g'] },
    { op: 'Gather', inputs: ['s', 'index0'], outputs: ['n'] },
    { op: 'Unsqueeze', inputs: ['n'], outputs: ['n1'], attributes: { axes: [0] } },
    { op: 'Concat', inputs: ['n1', 'rest'], outputs: ['flatShape'], attributes: { axis: 0 } },
    { op: 'Reshape', inputs: ['g', 'flatShape'], outputs: ['flat'] },
    {
      op: 'Gemm',
      inputs: ['flat', 'fc.weight', 'fc.bias'],
      outputs: ['logits'],
      name: '/fc/Gemm',
      attributes: { transB: 1 },
    },
  ],
  initializers: [
    weight('stem.weight', 8, 3, 3, 3),
    weight('stem.bias', 8),
    weight('fc.weight', 10, 16),
    weight('fc.bias', 10),
    { name: 'zero', dims: [], floats: [0] },
    { name: 'six', dims: [], floats: [6] },
    ints('two', 2),
    ints('four', 4),
    ints('axis0', 0),
    ints('rest', -1),
    int('index0', 0),
  ],
  inputs: [{ name: 'image', dims: ['batch', 3, 'height', 'width'] }],
  outputs: [{ name: 'logits', dims: ['batch', 10] }],
};

/** A transformer block of fused ops, a quantised layer, a function, a branch and a loop. */
export const MIXED: ModelSpec = {
  opset: 17,
  producer: 'archmeter',
  functions: [
    {
      name: 'Project',
      domain: 'local',
      inputs: ['x', 'w'],
      outputs: ['y'],
      nodes: [
        { op: 'MatMul', inputs: ['x', 'w'], outputs: ['h'], name: 'product' },
        { op: 'Relu', inputs: ['h'], outputs: ['y'] },
      ],
    },
  ],
  nodes: [
    { op: 'Gather', inputs: ['table', 'ids'], outputs: ['e'], name: '/embed/Gather' },
    {
      op: 'Attention',
      domain: 'com.microsoft',
      inputs: ['e', 'attention.weight', 'attention.bias'],
      outputs: ['a'],
      name: '/attention/Attention',
      attributes: { num_heads: 2 },
    },
    {
      op: 'SkipLayerNormalization',
      domain: 'com.microsoft',
      inputs: ['a', 'e', 'norm.weight', 'norm.bias'],
      outputs: ['s'],
      name: '/norm/Norm',
    },
    { op: 'DequantizeLinear', inputs: ['q', 'scale', 'point'], outputs: ['qw'] },
    { op: 'MatMul', inputs: ['s', 'qw'], outputs: ['m'], name: '/mlp/MatMul' },
    { op: 'Project', domain: 'local', inputs: ['m', 'projection'], outputs: ['f'], name: 'project' },
    {
      op: 'Loop',
      inputs: ['trips', '', 'f'],
      outputs: ['l'],
      name: 'repeat',
      attributes: {
        body: {
          inputs: [{ name: 'i', dims: [], type: INT64 }, { name: 'go', dims: [], type: BOOL }, { name: 'h' }],
          nodes: [
            { op: 'Identity', inputs: ['go'], outputs: ['goes'] },
            { op: 'MatMul', inputs: ['h', 'projection'], outputs: ['hh'], name: 'step' },
          ],
          outputs: ['goes', 'hh'],
        },
      },
    },
    {
      op: 'If',
      inputs: ['choose'],
      outputs: ['y'],
      name: 'choice',
      attributes: {
        then_branch: { nodes: [{ op: 'Softmax', inputs: ['l'], outputs: ['t'] }], outputs: ['t'] },
        else_branch: { nodes: [{ op: 'Identity', inputs: ['l'], outputs: ['o'] }], outputs: ['o'] },
      },
    },
  ],
  initializers: [
    weight('table', 50, 8),
    weight('attention.weight', 8, 24),
    weight('attention.bias', 24),
    weight('norm.weight', 8),
    weight('norm.bias', 8),
    { name: 'q', dims: [8, 8], type: 3, raw: new Uint8Array(64) },
    { name: 'scale', dims: [], floats: [0.1] },
    { name: 'point', dims: [], type: 3, ints: [0] },
    weight('projection', 8, 8),
    int('trips', 3),
  ],
  inputs: [
    { name: 'ids', dims: ['batch', 6], type: INT64 },
    { name: 'choose', dims: [], type: BOOL },
  ],
  outputs: [{ name: 'y', type: FLOAT }],
};

/** Weights in another file, of which only the shape is ever needed. */
export const EXTERNAL: ModelSpec = {
  producer: 'archmeter',
  nodes: [
    { op: 'Reshape', inputs: ['x', 'shape'], outputs: ['flat'] },
    { op: 'MatMul', inputs: ['flat', 'fc'], outputs: ['y'], name: '/fc/MatMul' },
  ],
  initializers: [
    { name: 'shape', dims: [2], type: INT64, external: { location: 'external.data', offset: '16', length: '16' } },
    { name: 'fc', dims: [12, 5], external: { location: 'external.data', offset: '32', length: '240' } },
  ],
  inputs: [{ name: 'x', dims: [2, 3, 4] }],
  outputs: ['y'],
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = new URL('../../../../fixtures/onnx/', import.meta.url);
  writeFileSync(new URL('dynamic.onnx', folder), writeModel(DYNAMIC));
  writeFileSync(new URL('mixed.onnx', folder), writeModel(MIXED));
  writeFileSync(new URL('external.onnx', folder), writeModel(EXTERNAL));
  const data = new Uint8Array(272);
  data.set(new Uint8Array(new BigInt64Array([2n, -1n]).buffer), 16);
  writeFileSync(new URL('external.data', folder), data);
}
