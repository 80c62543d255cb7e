import { describe, expect, it } from 'vitest';
import type { Node } from '../../../../src/core/ir/graph.js';
import { arithmeticOf, importModel, maddsOf, opsOf, outputShapes } from './import-onnx.js';
import { FLOAT, type GraphSpec, INT32, type ModelSpec, type NodeSpec, weight } from './write-onnx.js';

const [B, H, K, S, T, E] = [2, 4, 2, 3, 5, 8];
const inputs = [
  { name: 'q', dims: [B, H, S, E] },
  { name: 'k', dims: [B, K, T, E] },
  { name: 'v', dims: [B, K, T, E] },
  { name: 'm', dims: [S, T] },
];
const PRODUCTS = 2 * B * H * S * T * E;

describe('Attention', () => {
  const attention = (outputs: readonly string[], attributes: NodeSpec['attributes'] = {}, mask = true): ModelSpec => ({
    opset: 23,
    nodes: [{ op: 'Attention', inputs: mask ? ['q', 'k', 'v', 'm'] : ['q', 'k', 'v'], outputs, attributes }],
    inputs,
    outputs: outputs.filter((name) => name !== ''),
  });

  it('multiplies queries and keys once, whether it gives its scores out or not', async () => {
    expect(maddsOf(await importModel(attention(['y'])))).toBe(PRODUCTS);
    for (const mode of [0, 1, 2, 3]) {
      const graph = await importModel(attention(['y', '', '', 's'], { qk_matmul_output_mode: mode, is_causal: 1 }));
      expect(maddsOf(graph)).toBe(PRODUCTS);
      expect(outputShapes(graph)).toEqual([
        [B, H, S, E],
        [B, H, S, T],
      ]);
    }
  });

  it('gives out the scores of its mode', async () => {
    const producer = async (mode: number) => {
      const graph = await importModel(
        attention(['y', '', '', 's'], { qk_matmul_output_mode: mode, softcap: { float: 2 } }),
      );
      return graph.nodes.find(({ outputs }) => outputs.includes(graph.outputs[1] as number))?.op;
    };
    expect([await producer(0), await producer(1), await producer(2), await producer(3)]).toEqual([
      'mul',
      'mul',
      'add',
      'softmax',
    ]);
    expect(await importModel(attention(['y', '', '', 's'], {}, false)).then(opsOf)).toEqual([
      'repeatInterleave',
      'matmul',
      'mul',
      'softmax',
      'repeatInterleave',
      'matmul',
    ]);
  });
});

describe('FlexAttention', () => {
  const model = (attributes: Readonly<Record<string, GraphSpec>>): ModelSpec => ({
    nodes: [{ op: 'FlexAttention', domain: 'ai.onnx.preview', inputs: ['q', 'k', 'v'], outputs: ['y'], attributes }],
    inputs,
    outputs: ['y'],
  });

  it('is attention, with the layers of its graphs between the products', async () => {
    expect(opsOf(await importModel(model({})))).toEqual(['attention']);
    const cap: GraphSpec = {
      nodes: [{ op: 'Tanh', inputs: ['a'], outputs: ['b'] }],
      inputs: [{ name: 'a' }],
      outputs: ['b'],
    };
    const graph = await importModel(model({ score_mod: cap }));
    expect(opsOf(graph).filter((op) => op !== 'repeatInterleave')).toEqual([
      'matmul',
      'mul',
      'tanh',
      'softmax',
      'matmul',
    ]);
    expect(maddsOf(graph)).toBe(PRODUCTS);
  });
});

describe('ops of opset 26 and later', () => {
  const x = [{ name: 'x', dims: [2, 6, 10] }];

  it('CausalConvWithState is a depthwise convolution that carries its last inputs on', async () => {
    const model = (past: boolean): ModelSpec => ({
      nodes: [
        {
          op: 'CausalConvWithState',
          inputs: past ? ['x', 'w', '', 'p'] : ['x', 'w'],
          outputs: ['y', 's'],
          attributes: { activation: 'silu' },
        },
      ],
      inputs: past ? [...x, { name: 'p', dims: [2, 6, 3] }] : x,
      initializers: [weight('w', 6, 1, 4)],
      outputs: ['y', 's'],
    });
    for (const past of [false, true]) {
      const graph = await importModel(model(past));
      expect(opsOf(graph)).toEqual([past ? 'concat' : 'pad', 'conv', 'silu', 'slice']);
      expect(maddsOf(graph)).toBe(2 * 6 * 10 * 4);
      expect(outputShapes(graph)).toEqual([
        [2, 6, 10],
        [2, 6, 3],
      ]);
    }
  });

  it.each([
    ['linear', 1, 0],
    ['gated', 1, 1],
    ['delta', 2, 0],
    ['gated_delta', 2, 1],
  ])('LinearAttention with the rule %s counts its recurrence', async (rule, updates, gated) => {
    const [batch, positions, heads, shared, key, value] = [2, 7, 4, 2, 6, 5];
    const wide = (name: string, width: number) => ({ name, dims: [batch, positions, width] });
    const graph = await importModel({
      opset: 27,
      nodes: [
        {
          op: 'LinearAttention',
          inputs: ['q', 'k', 'v', '', gated ? 'g' : '', updates === 2 ? 'b' : ''],
          outputs: ['y', 's'],
          attributes: { q_num_heads: heads, kv_num_heads: shared, update_rule: rule },
        },
      ],
      inputs: [
        wide('q', heads * key),
        wide('k', shared * key),
        wide('v', shared * value),
        ...(gated ? [wide('g', shared)] : []),
        ...(updates === 2 ? [wide('b', shared)] : []),
      ],
      outputs: ['y', 's'],
    });
    expect(outputShapes(graph)).toEqual([
      [batch, positions, heads * value],
      [batch, shared, key, value],
    ]);
    const state = key * value;
    expect(maddsOf(graph)).toBe(batch * positions * state * (shared * updates + heads));
    const { madds, flops } = arithmeticOf(graph, graph.nodes[0] as Node);
    const rest = gated * shared * (state + 1) + 2 * (updates - 1) * shared * value + heads * value;
    expect(flops - 2 * madds).toBe(batch * positions * rest);
  });

  it('SwiGLU gates one input with the other; BitCast moves nothing', async () => {
    const graph = await importModel({
      nodes: [
        { op: 'SwiGLU', inputs: ['x', 'x'], outputs: ['g'], attributes: { alpha: { float: 2 } } },
        { op: 'BitCast', inputs: ['g'], outputs: ['y'], attributes: { to: INT32 } },
      ],
      inputs: x,
      outputs: ['y'],
    });
    expect(opsOf(graph)).toEqual(['silu', 'mul', 'identity']);
    expect(graph.values[graph.outputs[0] as number]?.dtype).toBe('int32');
  });

  it.each([
    [25, 'uint2', [1, 3, 2, 0, 3]],
    [26, 'int2', [1, -1, -2, 0, -1]],
  ] as const)('elements of two bits are read, four to a byte: type %i', async (type, dtype, values) => {
    const bytes = Uint8Array.of(0b00_10_11_01, 0b11);
    const graph = await importModel({
      nodes: [{ op: 'Cast', inputs: ['w'], outputs: ['y'], attributes: { to: FLOAT } }],
      initializers: [{ name: 'w', dims: [5], type, raw: bytes }],
      outputs: ['y'],
    });
    expect(graph.values.at(-1)?.data).toEqual(values);
    const kept = await importModel({
      nodes: [{ op: 'Gather', inputs: ['w', 'i'], outputs: ['y'] }],
      inputs: [{ name: 'i', dims: [1], type: 7 }],
      initializers: [{ name: 'w', dims: [5], type, raw: bytes }],
      outputs: ['y'],
    });
    expect(kept.values.find(({ name }) => name === 'w')?.dtype).toBe(dtype);
  });
});
