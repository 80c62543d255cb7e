import { strToU8 } from 'fflate';
import { describe, expect, it } from 'vitest';
import { importModel } from '../../../../src/core/importers/index.js';
import { memorySource } from '../../../../src/core/importers/shared/bytes.js';
import { elementsOf, maddsOf, opsOf } from './graph-costs.js';
import { archive, type ProgramSpec, programJson, readBytes, readProgram, subgraph } from './program-file.js';

const linear = (x: string, weight: string, y: string, shape: readonly (number | string)[], modules?: string) => ({
  target: 'aten.linear.default',
  inputs: { input: `%${x}`, weight: `%${weight}` },
  outputs: { [y]: shape },
  ...(modules === undefined ? {} : { modules }),
});

describe('the importer', () => {
  it('is found by the content of the file, whatever its name', async () => {
    const bytes = archive(
      programJson({
        inputs: { x: [2, 3] },
        nodes: [{ target: 'aten.relu.default', inputs: { self: '%x' }, outputs: { y: [2, 3] } }],
      }),
    );
    const graph = await importModel(memorySource('folder/download.bin', bytes));
    expect(graph.source).toMatchObject({ format: 'pt2', file: 'folder/download.bin' });
    expect(graph.outputs.map((id) => graph.values[id]?.shape)).toEqual([[2, 3]]);
  });
});

describe('stored tensors', () => {
  const program: ProgramSpec = {
    inputs: { x: [2, 3] },
    parameters: { 'a.weight': [4, 3], 'b.weight': [4, 3] },
    nodes: [linear('x', 'a_weight', 'y', [2, 4]), linear('x', 'b_weight', 'z', [2, 4])],
  };
  const entry = (path: string, sizes: number[], is_param = true) => ({
    path_name: path,
    is_param,
    use_pickle: false,
    tensor_meta: { dtype: 7, sizes: sizes.map((as_int) => ({ as_int })), strides: [], storage_offset: { as_int: 0 } },
  });
  const withConfig = (config: Record<string, unknown>, entries: Record<string, Uint8Array> = {}) =>
    readBytes(
      archive(programJson(program), {
        'model/data/weights/model_weights_config.json': strToU8(JSON.stringify({ config })),
        ...entries,
      }),
    );

  it('that share a file are one, counted once', async () => {
    const graph = await withConfig({ 'a.weight': entry('weight_0', [4, 3]), 'b.weight': entry('weight_0', [4, 3]) });
    expect(elementsOf(graph, 'parameter')).toBe(12);
    expect(graph.notes).toEqual(["'b.weight' and 'a.weight' are one tensor, counted once."]);
    expect(maddsOf(graph)).toBe(2 * 2 * 3 * 4);
  });

  it('that are parts of a larger buffer are not one', async () => {
    const graph = await withConfig(
      { 'a.weight': entry('weight_0', [4, 3]), 'b.weight': entry('weight_0', [4, 3]) },
      { 'model/data/weights/weight_0': new Uint8Array(2 * 4 * 4 * 3) },
    );
    expect(elementsOf(graph, 'parameter')).toBe(24);
  });

  const onMeta = (sizes: number[]) => {
    const { tensor_meta, ...rest } = entry('weight_0', sizes);
    return { ...rest, tensor_meta: { ...tensor_meta, device: { type: 'meta', index: null } } };
  };
  const emptyFile = { 'model/data/weights/weight_0': new Uint8Array(0) };

  it('on the meta device share an empty file, and are not one for it', async () => {
    for (const entries of [{}, emptyFile]) {
      const graph = await withConfig({ 'a.weight': onMeta([4, 3]), 'b.weight': onMeta([4, 3]) }, entries);
      expect(elementsOf(graph, 'parameter')).toBe(24);
      expect(graph.notes).toEqual([]);
    }
    const listed = { 'a.weight': entry('weight_0', [4, 3]), 'b.weight': entry('weight_0', [4, 3]) };
    expect(elementsOf(await withConfig(listed, emptyFile), 'parameter')).toBe(24);
  });

  it('are tied on the meta device where a module reads the weight of another in place of its own', async () => {
    const module = (path: string) => `L__self__,,Model;L__self__${path},${path},torch.nn.modules.linear.Linear`;
    const names = ['shared.weight', 'encoder.weight', 'head.weight', 'head.out.weight', 'unused.weight'];
    const tied: ProgramSpec = {
      inputs: { x: [2, 4] },
      parameters: Object.fromEntries(names.map((name) => [name, [4, 4]])),
      nodes: [
        linear('x', 'head_out_weight', 'y', [2, 4], module('encoder')),
        linear('y', 'head_out_weight', 'z', [2, 4], `${module('head')};${module('head.out')}`),
      ],
    };
    const config = Object.fromEntries(names.map((name) => [name, onMeta([4, 4])]));
    const graph = await readBytes(
      archive(programJson(tied), {
        'model/data/weights/model_weights_config.json': strToU8(JSON.stringify({ config })),
        ...emptyFile,
      }),
    );
    expect(elementsOf(graph, 'parameter')).toBe(2 * 16);
    expect(graph.notes).toEqual([
      "3 pairs of names stand for one tensor each, counted once: 'encoder.weight' and 'shared.weight', 'head.weight' and 'shared.weight', 'head.out.weight' and 'shared.weight'.",
    ]);
  });

  it('that the program never reads are counted', async () => {
    const graph = await withConfig({
      'a.weight': entry('weight_0', [4, 3]),
      'b.weight': entry('weight_1', [4, 3]),
      'unused.weight': entry('weight_2', [7, 5]),
      counter: entry('weight_3', [], false),
    });
    expect(elementsOf(graph, 'parameter')).toBe(24 + 35);
    expect(elementsOf(graph, 'buffer')).toBe(1);
  });

  it('without a list of them: the signature counts, and the reader is told', async () => {
    const graph = await readProgram(program);
    expect(elementsOf(graph, 'parameter')).toBe(24);
    expect(graph.notes).toEqual([
      'The archive does not list its weights: parameters that the program never uses are not counted.',
    ]);
  });

  it('multiplied from the right alone are kept as a linear layer has them', async () => {
    const graph = await readProgram({
      inputs: { x: [2, 3] },
      parameters: { 'c_attn.weight': [3, 9], 'c_attn.bias': [9] },
      nodes: [
        {
          target: 'aten.addmm.default',
          inputs: { self: '%c_attn_bias', mat1: '%x', mat2: '%c_attn_weight' },
          outputs: { y: [2, 9] },
        },
      ],
    });
    expect(graph.nodes).toMatchObject([{ name: 'c_attn', op: 'linear', attributes: { outFeatures: 9 } }]);
    expect(graph.values.find(({ name }) => name === 'c_attn.weight')?.shape).toEqual([9, 3]);
  });

  it('turned twice, or also read as they are, are used as they are', async () => {
    const graph = await readProgram({
      inputs: { x: [2, 3] },
      parameters: { w: [4, 3] },
      nodes: [
        { target: 'aten.t.default', inputs: { self: '%w' }, outputs: { t: [3, 4] } },
        { target: 'aten.mm.default', inputs: { self: '%x', mat2: '%t' }, outputs: { y: [2, 4] } },
        { target: 'aten.relu.default', inputs: { self: '%t' }, outputs: { r: [3, 4] } },
        { target: 'aten.mm.default', inputs: { self: '%x', mat2: '%r' }, outputs: { z: [2, 4] } },
      ],
    });
    expect(opsOf(graph)).toEqual(['linear', 'transpose', 'relu', 'matmul']);
  });
});

describe('symbolic sizes', () => {
  const program: ProgramSpec = {
    inputs: { x: ['s0', 3, 's1'] },
    parameters: { w: [5, 3] },
    hints: { s0: 2, s1: 8 },
    nodes: [
      { target: 'aten.sym_size.int', inputs: { self: '%x', dim: 0 }, outputs: { n: 'number' } },
      { target: 'aten.sym_size.int', inputs: { self: '%x', dim: 2 }, outputs: { l: 'number' } },
      { target: '_operator.floordiv', inputs: { a: '$l', b: 2 }, outputs: { half: 'number' } },
      { target: '_operator.mul', inputs: { a: '$n', b: '$half' }, outputs: { rows: 'number' } },
      {
        target: 'aten.slice.Tensor',
        inputs: { self: '%x', dim: 2, end: '$half' },
        outputs: { c: ['s0', 3, '(s1//2)'] },
      },
      { target: 'aten.permute.default', inputs: { self: '%c', dims: [0, 2, 1] }, outputs: { p: ['s0', '(s1//2)', 3] } },
      { target: 'aten.view.default', inputs: { self: '%p', size: ['$rows', 3] }, outputs: { v: ['s0*(s1//2)', 3] } },
      linear('v', 'w', 'y', ['s0*(s1//2)', 5]),
    ],
  };

  it('follow from those of the inputs', async () => {
    const graph = await readProgram(program, { inputs: { x: [4, 3, 11] } });
    expect(graph.values[graph.outputs[0] as number]?.shape).toEqual([20, 5]);
    expect(maddsOf(graph)).toBe(20 * 3 * 5);
  });

  it('are asked for where the file tells nothing', async () => {
    const { hints: _, ...silent } = program;
    await expect(readProgram(silent)).rejects.toThrow(
      "model.pt2: the file leaves the size s1 of input 'x' open (axis 2). Give it: --input x=1x3x? with a number for each '?'.",
    );
    expect(maddsOf(await readProgram(silent, { inputs: { '': [2, 3, 4] } }))).toBe(4 * 3 * 5);
  });

  it('are refused where they depend on data that nothing bounds', async () => {
    const spec: ProgramSpec = {
      inputs: { x: [3] },
      nodes: [
        { target: 'aten.item.default', inputs: { self: '%x' }, outputs: { n: 'number' } },
        { target: 'aten.zeros.default', inputs: { size: ['$n'] }, outputs: { y: ['u0'] } },
      ],
    };
    await expect(readProgram(spec)).rejects.toThrow(
      "model.pt2, layer 'y': the size u0 depends on the contents of a tensor, not only on shapes. Bound it in the model with torch._check(size <= N), or export the part before it.",
    );
  });
});

describe('higher-order operators', () => {
  const parameters = { w: [4, 4], v: [4, 4] } as const;
  const cheap = subgraph({
    inputs: { x: [2, 4], w: [4, 4], v: [4, 4] },
    nodes: [linear('x', 'w', 'a', [2, 4])],
    outputs: ['a'],
  });
  const dear = subgraph({
    inputs: { x: [2, 4], w: [4, 4], v: [4, 4] },
    nodes: [linear('x', 'w', 'a', [2, 4]), linear('a', 'v', 'b', [2, 4])],
    outputs: ['b'],
  });
  const cond = (predicate: unknown): ProgramSpec => ({
    inputs: { x: [2, 4], p: { shape: [], dtype: 12 } },
    parameters,
    nodes: [
      {
        target: 'higher_order.cond',
        inputs: { 0: predicate, 1: cheap, 2: dear, 3: ['%x', '%w', '%v'] },
        outputs: { y: [2, 4] },
      },
    ],
  });

  it('cond counts the dearer branch', async () => {
    const graph = await readProgram(cond('%p'));
    expect(maddsOf(graph)).toBe(2 * 2 * 4 * 4);
    expect(graph.notes).toContain(
      "torch.cond 'y' runs one of two branches: counted is the dearer, its false branch (64 multiply-adds, 128 flops); the other has 32 and 64.",
    );
  });

  it('cond on a known condition counts the branch that runs', async () => {
    expect(maddsOf(await readProgram(cond(true)))).toBe(32);
    expect(maddsOf(await readProgram(cond(false)))).toBe(64);
  });

  it('wrappers are what they wrap', async () => {
    const spec: ProgramSpec = {
      inputs: { x: [2, 4] },
      parameters,
      nodes: [
        {
          target: 'higher_order.wrap_with_set_grad_enabled',
          inputs: { 0: false, 1: dear, 2: '%x', 3: '%w', 4: '%v' },
          outputs: { y: [2, 4] },
        },
        {
          target: 'higher_order.invoke_subgraph',
          inputs: { 0: cheap, 1: 'repeated', 2: '%y', 3: '%w', 4: '%v' },
          outputs: { z: [2, 4] },
        },
      ],
    };
    expect(opsOf(await readProgram(spec))).toEqual(['linear', 'linear', 'linear']);
  });

  it('map runs its graph for each element', async () => {
    const body = subgraph({ inputs: { x: [2, 4], w: [4, 4] }, nodes: [linear('x', 'w', 'a', [2, 4])], outputs: ['a'] });
    const graph = await readProgram({
      inputs: { x: [5, 2, 4] },
      parameters: { w: [4, 4] },
      nodes: [
        { target: 'higher_order.map_impl', inputs: { 0: body, 1: ['%x'], 2: ['%w'] }, outputs: { y: [5, 2, 4] } },
      ],
    });
    expect(maddsOf(graph)).toBe(5 * 32);
  });

  it('scan carries values from step to step', async () => {
    const body = subgraph({
      inputs: { c: [4], x: [4] },
      nodes: [
        { target: 'aten.add.Tensor', inputs: { self: '%c', other: '%x' }, outputs: { d: [4] } },
        { target: 'aten.relu.default', inputs: { self: '%d' }, outputs: { e: [4] } },
      ],
      outputs: ['d', 'e'],
    });
    const graph = await readProgram({
      inputs: { i: [4], x: [3, 4] },
      nodes: [
        {
          target: 'higher_order.scan',
          inputs: { 0: body, 1: ['%i'], 2: ['%x'], 3: [] },
          outputs: { c: [4], y: [3, 4] },
        },
      ],
    });
    expect(graph.nodes.filter(({ op }) => op === 'add')).toHaveLength(3);
    expect(graph.outputs.map((id) => graph.values[id]?.shape)).toEqual([[4], [3, 4]]);
  });

  it('while_loop is counted once, and the reader is told', async () => {
    const condition = subgraph({
      inputs: { x: [4] },
      nodes: [{ target: 'aten.any.default', inputs: { self: '%x' }, outputs: { b: { shape: [], dtype: 12 } } }],
      outputs: ['b'],
    });
    const body = subgraph({
      inputs: { x: [4] },
      nodes: [{ target: 'aten.relu.default', inputs: { self: '%x' }, outputs: { r: [4] } }],
      outputs: ['r'],
    });
    const graph = await readProgram({
      inputs: { x: [4] },
      nodes: [{ target: 'higher_order.while_loop', inputs: { 0: condition, 1: body, 2: ['%x'] }, outputs: { y: [4] } }],
    });
    expect(opsOf(graph)).toEqual(['reduceAny', 'relu']);
    expect(graph.notes).toContain("while_loop 'y' runs as often as its data says: one pass is counted.");
  });

  it('that are unknown are opaque', async () => {
    const graph = await readProgram({
      inputs: { x: [4] },
      nodes: [
        {
          target: 'higher_order.triton_kernel_wrapper_functional',
          inputs: { kernel_idx: 0, x: '%x' },
          outputs: { y: [4] },
        },
      ],
    });
    expect(opsOf(graph)).toEqual(['opaque']);
  });
});

describe('names', () => {
  const stack = (...modules: (readonly [path: string, type: string])[]) =>
    [['', 'Net'] as const, ...modules].map(([path, type]) => `L__self__${path},${path},${type}`).join(';');

  it('are those of modules with one op, of weights, else of the op inside its module', async () => {
    const relu = (x: string, y: string, modules: string) => ({
      target: 'aten.relu.default',
      inputs: { self: `%${x}` },
      outputs: { [y]: [2, 4] },
      modules,
    });
    const graph = await readProgram({
      inputs: { x: [2, 4] },
      parameters: { 'block.fc.weight': [4, 4], 'block.in_proj_weight': [4, 4] },
      nodes: [
        linear(
          'x',
          'block_fc_weight',
          'a',
          [2, 4],
          stack(['block', 'my.Block'], ['block.fc', 'torch.nn.modules.linear.Linear']),
        ),
        relu('a', 'b', stack(['block', 'my.Block'], ['block.act', 'torch.nn.modules.activation.ReLU'])),
        relu('b', 'c', stack(['block', 'my.Block'], ['block.act', 'torch.nn.modules.activation.ReLU'])),
        relu('c', 'd', stack(['block', 'my.Block'])),
        linear('d', 'block_in_proj_weight', 'e', [2, 4], stack(['block', 'my.Block'])),
        relu('e', 'f', ''),
      ],
    });
    expect(graph.nodes.map(({ name, scope }) => [name, scope])).toEqual([
      ['block.fc', 'block'],
      ['block.act', 'block'],
      ['block.act_1', 'block'],
      ['block.relu', 'block'],
      ['block.in_proj', 'block'],
      ['relu', ''],
    ]);
  });

  it.each([
    ["L['self'].layer1[0].conv1", 'layer1.0'],
    ["getattr(getattr(L['self'].layer1, '0'), 'conv1')", 'layer1.0'],
    ["L['self']._modules['layer1'].0.conv1", 'layer1.0'],
    ['layer1.0.conv1@1', 'layer1.0'],
  ])('of %s are plain', async (path, scope) => {
    const graph = await readProgram({
      inputs: { x: [2, 4] },
      nodes: [
        {
          target: 'aten.relu.default',
          inputs: { self: '%x' },
          outputs: { y: [2, 4] },
          modules: `key,${path},torch.nn.modules.activation.ReLU`,
        },
      ],
    });
    expect(graph.nodes).toMatchObject([{ name: `${scope}.conv1`, scope }]);
  });
});

describe('writing in place', () => {
  it('is seen by later readers of the tensor', async () => {
    const graph = await readProgram({
      inputs: { x: [2], y: [2] },
      nodes: [
        { target: 'aten.add_.Tensor', inputs: { self: '%x', other: '%y' }, outputs: { a: [2] } },
        { target: 'aten.relu.default', inputs: { self: '%x' }, outputs: { b: [2] } },
      ],
    });
    const [add, relu] = graph.nodes;
    expect(relu?.inputs).toEqual(add?.outputs);
  });
});
