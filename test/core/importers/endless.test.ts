import { expect, it } from 'vitest';
import { importModel } from '../../../src/core/importers/index.js';
import { memorySource } from '../../../src/core/importers/shared/bytes.js';
import { MOST_NODES, MOST_SECONDS, WorkLimit } from '../../../src/core/importers/shared/work-limit.js';
import type { Graph } from '../../../src/core/ir/graph.js';
import { importJson } from './fixtures.js';
import { BOOL, type GraphSpec, INT64, type ModelSpec, type NodeSpec, writeModel } from './onnx/write-onnx.js';
import { archive, type ProgramSpec, programJson, subgraph } from './pt2/program-file.js';

/** Small files that ask for work without end: each once kept a reader busy for minutes, or took all memory. */

const onnx = (model: ModelSpec) => importModel(memorySource('m.onnx', writeModel(model)));

/** Loops in loops, the innermost without a node. */
function nestedLoops(): Promise<Graph> {
  let body: GraphSpec = { nodes: [], inputs: [{ name: 'i0' }, { name: 'c0' }], outputs: ['c0'] };
  for (let depth = 1; depth <= 3; depth++) {
    const loop: NodeSpec = { op: 'Loop', inputs: ['n', 'yes'], outputs: [], attributes: { body } };
    const copy: NodeSpec = {
      op: 'Loop',
      inputs: ['n', 'yes', `c${depth}`],
      outputs: [`d${depth}`],
      attributes: { body: carrying(body, depth) },
    };
    body = { nodes: [loop, copy], inputs: [{ name: `i${depth}` }, { name: `c${depth}` }], outputs: [`d${depth}`] };
  }
  return onnx({
    nodes: [{ op: 'Loop', inputs: ['n', 'yes', 'yes'], outputs: ['y'], attributes: { body: carrying(body, 9) } }],
    initializers: [
      { name: 'n', dims: [], type: INT64, ints: [19_999] },
      { name: 'yes', dims: [], type: BOOL, ints: [1] },
    ],
    outputs: ['y'],
  });
}

/** The same body with one value that it hands on. */
function carrying(body: GraphSpec, depth: number): GraphSpec {
  const [first = { name: '' }, second = { name: '' }] = body.inputs ?? [];
  return { ...body, inputs: [first, second, { name: `v${depth}` }], outputs: [...(body.outputs ?? []), `v${depth}`] };
}

const manyParts = () =>
  onnx({
    nodes: Array.from({ length: 40 }, (_, i) => ({
      op: 'Split',
      inputs: ['x'],
      outputs: [`y${i}`],
      attributes: { num_outputs: 65_536 },
    })),
    inputs: [{ name: 'x', dims: [65_536] }],
    outputs: Array.from({ length: 40 }, (_, i) => `y${i}`),
  });

const shape = (...sizes: readonly number[]) => ({ shape: { dim: sizes.map((size) => ({ size: String(size) })) } });
const graphModel = (node: readonly object[], library: object = {}) =>
  importJson({ format: 'graph-model', modelTopology: { node, library, versions: {} }, weightsManifest: [] });
const x = (size: number) => ({
  name: 'x',
  op: 'Placeholder',
  attr: { dtype: { type: 'DT_FLOAT' }, shape: shape(size) },
});

/** While in While, the innermost without a node. */
function nestedWhiles(): Promise<Graph> {
  const flag = {
    name: 'f',
    op: 'Const',
    attr: { value: { tensor: { dtype: 'DT_BOOL', tensorShape: {}, boolVal: [true] } } },
  };
  const signature = (name: string) => ({ name, inputArg: [{ name: 'a' }], outputArg: [{ name: 'o' }] });
  const loop = (body: string, input: string) => ({
    name: 'w',
    op: 'While',
    input: [input],
    attr: { cond: { func: { name: 'cond' } }, body: { func: { name: body } } },
  });
  const bodies = [1, 2, 3, 4].map((depth) => ({
    signature: signature(`b${depth}`),
    nodeDef: depth === 1 ? [] : [loop(`b${depth - 1}`, 'a')],
    ret: { o: depth === 1 ? 'a' : 'w:output:0' },
  }));
  const condition = { signature: signature('cond'), nodeDef: [flag], ret: { o: 'f:output:0' } };
  return graphModel([x(1), loop('b4', 'x')], { function: [condition, ...bodies] });
}

const manyPieces = () =>
  graphModel([
    x(65_536),
    { name: 'axis', op: 'Const', attr: { value: { tensor: { dtype: 'DT_INT32', tensorShape: {}, intVal: [0] } } } },
    ...Array.from({ length: 20 }, (_, i) => ({
      name: `s${i}`,
      op: 'Split',
      input: ['axis', 'x'],
      attr: { num_split: { i: '65536' } },
    })),
  ]);

/** A branch in each branch: to know the dearer one, both are counted before it is read. */
function nestedConditions(): Promise<Graph> {
  const type = { y: [2] };
  let inner: ProgramSpec = {
    inputs: { x: [2] },
    nodes: [{ target: 'aten.relu.default', inputs: { self: '%x' }, outputs: type }],
    outputs: ['y'],
  };
  for (let depth = 0; depth < 24; depth++) {
    const branch = subgraph(inner);
    const cheap = subgraph({
      ...inner,
      nodes: [{ target: 'aten.relu.default', inputs: { self: '%x' }, outputs: type }],
    });
    const inputs = { 0: '%p', 1: branch, 2: cheap, 3: ['%x'] };
    inner = {
      inputs: { x: [2], p: { shape: [], dtype: 12 } },
      nodes: [
        {
          target: 'higher_order.cond',
          inputs: { ...inputs, 3: depth === 0 ? ['%x'] : ['%x', '%p'] },
          outputs: type,
          list: true,
        },
      ],
      outputs: ['y'],
    };
  }
  return importModel(memorySource('m.pt2', archive(programJson(inner))));
}

/** Calls of one layer, each on what the one before gave, in models that are called twice each. */
function modelsCalledTwice(): Promise<Graph> {
  let inner: Record<string, unknown> = { class_name: 'ReLU', name: 'l', config: { name: 'l' } };
  for (let depth = 0; depth < 18; depth++) {
    const name = `m${depth}`;
    const isModel = depth > 0;
    const input = {
      class_name: 'InputLayer',
      name: `i${depth}`,
      config: { name: `i${depth}`, batch_shape: [null, 4] },
      inbound_nodes: [],
    };
    const calls = [[[`i${depth}`, 0, 0, {}]], [[inner.name, isModel ? 1 : 0, 0, {}]]];
    inner = {
      class_name: 'Functional',
      name,
      config: {
        name,
        layers: [input, { ...inner, inbound_nodes: calls }],
        input_layers: [[`i${depth}`, 0, 0]],
        output_layers: [[inner.name, isModel ? 2 : 1, 0]],
      },
    };
  }
  return importJson(inner);
}

const NODES = `the model expands to more than ${MOST_NODES} nodes`;
const TENSORS = 'the model has more than 1000000 tensors';

it.each([
  ['loops of ONNX in loops', nestedLoops, NODES],
  ['tensors of ONNX split into very many', manyParts, TENSORS],
  ['loops of TensorFlow in loops', nestedWhiles, NODES],
  ['tensors of TensorFlow split into very many', manyPieces, TENSORS],
  ['conditions of torch.export in conditions', nestedConditions, NODES],
  ['models of Keras called twice in models called twice', modelsCalledTwice, NODES],
])('%s end at a limit', async (_, read, message) => {
  await expect(read()).rejects.toThrow(message);
});

it('reading ends after a stated time', () => {
  let now = 0;
  const limit = new WorkLimit(() => now);
  now = MOST_SECONDS * 1000;
  limit.add(1);
  now++;
  expect(() => limit.add(1)).toThrow('reading the model takes more than 60 seconds');
});
