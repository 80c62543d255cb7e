import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { ArchmeterError } from '../../../src/core/errors.js';
import { importModel } from '../../../src/core/importers/index.js';
import { memorySource } from '../../../src/core/importers/shared/bytes.js';
import type { Graph } from '../../../src/core/ir/graph.js';
import { readSpec } from '../../../src/core/spec/read-spec.js';
import { importJson } from './fixtures.js';
import { INT64, ints, type ModelSpec, type NodeSpec, writeModel } from './onnx/write-onnx.js';

const onnx = (model: ModelSpec) => importModel(memorySource('m.onnx', writeModel(model)));
const node = (op: string, inputs: readonly string[], attributes: NodeSpec['attributes'] = {}): NodeSpec => ({
  op,
  inputs,
  outputs: ['y'],
  attributes,
});

/** Error in one line that names the file, or a graph; and how much of the heap and of array buffers it took. */
async function outcome(reading: () => Promise<Graph>, file: string): Promise<string> {
  try {
    const graph = await reading();
    for (const { shape } of graph.values)
      expect(shape.every((size) => Number.isSafeInteger(size) && size >= 0)).toBe(true);
    return 'graph';
  } catch (error) {
    expect(error).toBeInstanceOf(ArchmeterError);
    const { message } = error as ArchmeterError;
    expect(message.startsWith(file)).toBe(true);
    expect(message).not.toMatch(/\n|it cannot be read as|call stack|undefined|\[object|NaN/);
    return message;
  }
}

const HUGE = [2 ** 31, 2 ** 40, 2 ** 47];
const scalar = (name: string, value: number) => ({ name, dims: [], type: INT64, ints: [value] });
const vector = (size: number) => [{ name: 'x', dims: [size] }];

/** Ops whose contents would be folded were they small. */
const CONSTANTS: Readonly<Record<string, (n: number) => ModelSpec>> = {
  ConstantOfShape: (n) => ({ nodes: [node('ConstantOfShape', ['s'])], initializers: [ints('s', n)] }),
  Tile: (n) => ({ nodes: [node('Tile', ['s', 's'])], initializers: [ints('s', n)] }),
  Expand: (n) => ({ nodes: [node('Expand', ['a', 's'])], initializers: [ints('a', 1), ints('s', n)] }),
  Pad: (n) => ({ nodes: [node('Pad', ['a', 's'])], initializers: [ints('a', 1), ints('s', n, n)] }),
  OneHot: (n) => ({
    nodes: [node('OneHot', ['a', 'd', 'v'])],
    initializers: [ints('a', 1), ints('d', n), ints('v', 0, 1)],
  }),
  Range: (n) => ({
    nodes: [node('Range', ['a', 'b', 'c'])],
    initializers: [scalar('a', 0), scalar('b', n), scalar('c', 1)],
  }),
  Compress: (n) => ({
    nodes: [node('Compress', ['x', 'c'], { axis: 0 })],
    inputs: [...vector(n), { name: 'c', dims: [n], type: 9 }],
  }),
  NonZero: (n) => ({ nodes: [node('NonZero', ['x'])], inputs: vector(n) }),
  Unique: (n) => ({ nodes: [node('Unique', ['x'])], inputs: vector(n) }),
  Split: (n) => ({ nodes: [node('Split', ['x'], { num_outputs: n })], inputs: vector(n) }),
};

describe('sizes that a file merely claims', () => {
  it.each(Object.keys(CONSTANTS))('of ONNX %s take no memory', async (op) => {
    for (const n of HUGE) {
      const model = { ...CONSTANTS[op]?.(n), outputs: ['y'] } as ModelSpec;
      const before = process.memoryUsage();
      await outcome(() => onnx(model), 'm.onnx');
      const after = process.memoryUsage();
      const taken = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
      expect(taken).toBeLessThan(2 ** 26);
    }
  });

  it('of TensorFlow.js are refused or kept as shapes', async () => {
    const constant = (name: string, values: readonly number[], dims: readonly number[] = [values.length]) => {
      const tensorShape = { dim: dims.map((size) => ({ size: String(size) })) };
      const value = { tensor: { dtype: 'DT_INT32', tensorShape, intVal: values } };
      return { name, op: 'Const', attr: { dtype: { type: 'DT_INT32' }, value } };
    };
    const model = (...nodes: readonly object[]) =>
      importJson({ format: 'graph-model', modelTopology: { node: nodes, versions: {} }, weightsManifest: [] });
    for (const n of [...HUGE, -1]) {
      const fill = { name: 'f', op: 'Fill', input: ['s', 'v'], attr: {} };
      await outcome(() => model(constant('s', [n]), constant('v', [1], []), fill), 'model.json');
      const shape = { shape: { dim: [{ size: String(n) }] } };
      const x = { name: 'x', op: 'Placeholder', attr: { dtype: { type: 'DT_FLOAT' }, shape } };
      const unpack = { name: 'u', op: 'Unpack', input: ['x'], attr: { axis: { i: '0' }, num: { i: String(n) } } };
      const unpacked = await outcome(() => model(x, unpack), 'model.json');
      if (n > 0) expect(unpacked).not.toBe('graph');
    }
  });

  it('of repeats end at a number of layers', async () => {
    const text = 'input: [1, 3, 8, 8]\nlayers:\n  - repeat: 1000000000\n    layers: [relu]\n';
    expect(await outcome(async () => readSpec(text, 's.yaml', {}), 's.yaml')).toMatch(
      /^s\.yaml:3:13: repeat is 1000000000/,
    );
  });
});

describe('a structure without end', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const keras = (outputs: string) =>
    `{"class_name":"Functional","config":{"name":"m","layers":[{"class_name":"InputLayer","name":"i","config":{"name":"i","batch_shape":[null,4]},"inbound_nodes":[]}],"input_layers":[["i",0,0]],"output_layers":${outputs}}}`;

  it.each([
    ['m.keras', zipSync({ 'metadata.json': strToU8('{}'), 'config.json': strToU8(keras(deep)) })],
    ['config.json', strToU8(keras(deep))],
    ['model.json', strToU8(`{"format":"graph-model","modelTopology":{"node":${deep}},"weightsManifest":[]}`)],
    ['m.pt2', zipSync({ 'm/models/model.json': strToU8(`{"graph_module":{"graph":{"nodes":${deep}}}}`) })],
  ])('in %s is refused in one line', async (name, bytes) => {
    expect(await outcome(() => importModel(memorySource(name, bytes)), name)).not.toBe('graph');
  });

  it('in a spec file is refused in one line', async () => {
    const text = `input: [1, 3]\nlayers: ${'['.repeat(5000)}${']'.repeat(5000)}`;
    expect(await outcome(async () => readSpec(text, 's.yaml', {}), 's.yaml')).not.toBe('graph');
  });

  it('of cycles and of functions that call themselves is refused', async () => {
    const inputs = [{ name: 'x', dims: [2] }];
    const add = (a: string, b: string, sum: string) => ({ op: 'Add', inputs: [a, b], outputs: [sum] });
    expect(
      await outcome(() => onnx({ nodes: [add('x', 'b', 'a'), add('a', 'x', 'b')], inputs, outputs: ['b'] }), 'm.onnx'),
    ).not.toBe('graph');
    const call = { op: 'F', domain: 'local', inputs: ['x'], outputs: ['y'] };
    const self = { name: 'F', domain: 'local', inputs: ['x'], outputs: ['y'], nodes: [call] };
    expect(await outcome(() => onnx({ functions: [self], nodes: [call], inputs, outputs: ['y'] }), 'm.onnx')).not.toBe(
      'graph',
    );
  });
});

it('an op without its inputs is refused by name', async () => {
  const model = { nodes: [{ ...node('Add', []), name: 'sum' }], outputs: ['y'] };
  expect(await outcome(() => onnx(model), 'm.onnx')).toContain("layer 'sum'");
});

it('an external length that is no number is refused', async () => {
  const model: ModelSpec = {
    nodes: [node('Reshape', ['x', 's'])],
    initializers: [{ ...ints('s'), dims: [1], external: { location: 'w', length: 'many' } }],
    inputs: [{ name: 'x', dims: [4] }],
    outputs: ['y'],
  };
  const source = memorySource('m.onnx', writeModel(model), { w: new Uint8Array(64) });
  await expect(importModel(source)).rejects.toThrow("m.onnx, layer 'y': tensor 's' has the impossible length 'many'");
});
