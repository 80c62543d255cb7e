import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { arithmeticOf, importModel, maddsOf, opsOf, outputShapes } from './import-onnx.js';
import {
  type AttributeValue,
  INT8,
  INT32,
  INT64,
  type ModelSpec,
  type TensorSpec,
  UINT8,
  writeModel,
} from './write-onnx.js';

/** Models of one op, run by onnxruntime: our shapes are its shapes, and multiply-adds those of the formula. */

const MS = 'com.microsoft';
const WIDTHS: Readonly<Record<number, number>> = { 1: 4, 2: 1, 3: 1, 6: 4, 7: 8, 9: 1 };

const TYPES: Readonly<Record<string, number>> = { float32: 1, uint8: UINT8, int8: INT8, int32: INT32, int64: INT64 };

/** A tensor of zeros. */
function zeros(dims: readonly number[], type = 1): Omit<TensorSpec, 'name'> {
  const bytes = dims.reduce((product, size) => product * size, 1) * (WIDTHS[type] as number);
  return { dims, type, raw: new Uint8Array(bytes) };
}

const one = (type = 1): Omit<TensorSpec, 'name'> =>
  type === 1 ? { dims: [], floats: [1] } : { dims: [], type, ints: [1] };
const list = (...values: readonly number[]): Omit<TensorSpec, 'name'> => ({
  dims: [values.length],
  type: INT64,
  ints: values,
});

interface Case {
  readonly op: string;
  readonly domain?: string;
  readonly opset?: number;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  /** In slot order: `[dims, type]` is fed, a tensor is stored, null is left out. */
  readonly inputs: readonly (readonly [dims: readonly number[], type?: number] | Omit<TensorSpec, 'name'> | null)[];
  readonly outputs?: number;
  readonly madds?: number;
}

const isFed = (input: Case['inputs'][number]): input is readonly [readonly number[], number?] => Array.isArray(input);

function modelOf({ op, domain, opset, attributes, inputs, outputs }: Case): ModelSpec {
  const names = inputs.map((input, i) => (input === null ? '' : `i${i}`));
  const results = Array.from({ length: outputs ?? 1 }, (_, i) => `o${i}`);
  return {
    opset: opset ?? 17,
    nodes: [{ op, inputs: names, outputs: results, ...(domain && { domain }), ...(attributes && { attributes }) }],
    inputs: inputs.flatMap((input, i) =>
      isFed(input) ? [{ name: `i${i}`, dims: input[0], type: input[1] ?? 1 }] : [],
    ),
    initializers: inputs.flatMap((input, i) => (input === null || isFed(input) ? [] : [{ ...input, name: `i${i}` }])),
    outputs: results,
  };
}

async function runtimeShapes(model: ModelSpec): Promise<number[][]> {
  const session = await InferenceSession.create(writeModel(model), { logSeverityLevel: 4, intraOpNumThreads: 1 });
  const feeds: Record<string, Tensor> = {};
  for (const { name, dims = [], type = 1 } of model.inputs ?? []) {
    const count = (dims as number[]).reduce((product, size) => product * size, 1);
    feeds[name] =
      type === INT64
        ? new Tensor('int64', new BigInt64Array(count), dims as number[])
        : type === INT32
          ? new Tensor('int32', new Int32Array(count), dims as number[])
          : type === UINT8
            ? new Tensor('uint8', new Uint8Array(count), dims as number[])
            : type === INT8
              ? new Tensor('int8', new Int8Array(count), dims as number[])
              : new Tensor('float32', new Float32Array(count), dims as number[]);
  }
  const results = await session.run(feeds);
  await session.release();
  return session.outputNames.map((name) => [...(results[name] as Tensor).dims]);
}

const CASES: readonly Case[] = [
  {
    op: 'Conv',
    inputs: [[[1, 4, 9, 9]], zeros([6, 2, 3, 3]), zeros([6])],
    attributes: { group: 2, strides: [2, 2], auto_pad: 'SAME_LOWER' },
    madds: 5 * 5 * 6 * 18,
  },
  {
    op: 'Conv',
    inputs: [[[2, 4, 9]], zeros([6, 4, 3])],
    attributes: { dilations: [2], pads: [1, 2] },
    madds: 2 * 6 * 8 * 12,
  },
  {
    op: 'ConvTranspose',
    inputs: [[[1, 4, 5, 5]], zeros([4, 3, 3, 3])],
    attributes: { strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 1] },
    madds: 4 * 25 * 27,
  },
  {
    op: 'ConvTranspose',
    inputs: [[[1, 4, 5, 5]], zeros([4, 3, 3, 3])],
    attributes: { strides: [2, 2], auto_pad: 'SAME_UPPER' },
  },
  {
    op: 'ConvTranspose',
    inputs: [[[1, 4, 5, 5]], zeros([4, 3, 3, 3])],
    attributes: { strides: [3, 3], output_shape: [16, 17] },
  },
  {
    op: 'MaxPool',
    inputs: [[[1, 2, 7, 7]]],
    attributes: { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 },
    outputs: 2,
  },
  {
    op: 'AveragePool',
    inputs: [[[1, 2, 7, 7]]],
    attributes: { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], ceil_mode: 1 },
    opset: 19,
  },
  { op: 'LpPool', inputs: [[[1, 2, 7, 7]]], attributes: { kernel_shape: [3, 3] } },
  { op: 'GlobalAveragePool', inputs: [[[1, 2, 7, 7]]] },
  {
    op: 'Resize',
    inputs: [[[1, 2, 7, 7]], null, { dims: [4], floats: [1, 1, 1.7, 0.6] }],
    attributes: { mode: 'linear' },
  },
  { op: 'Resize', inputs: [[[1, 2, 7, 7]], null, null, list(1, 2, 9, 4)] },
  { op: 'Resize', inputs: [[[1, 2, 7, 7]], { dims: [4], floats: [1, 1, 2, 2] }], opset: 10 },
  { op: 'Upsample', inputs: [[[1, 2, 7, 7]], { dims: [4], floats: [1, 1, 2, 2] }], opset: 9 },
  { op: 'Gemm', inputs: [[[3, 4]], zeros([5, 4]), zeros([5])], attributes: { transB: 1 }, madds: 60 },
  { op: 'Gemm', inputs: [[[4, 3]], zeros([4, 5]), zeros([3, 1])], attributes: { transA: 1 }, madds: 60 },
  { op: 'MatMul', inputs: [[[2, 1, 3, 4]], [[5, 4, 6]]], madds: 2 * 5 * 3 * 4 * 6 },
  { op: 'MatMul', inputs: [zeros([3, 4]), [[5, 4, 6]]], madds: 5 * 3 * 4 * 6 },
  { op: 'MatMul', inputs: [[[4]], zeros([4, 6])], madds: 24 },
  { op: 'Einsum', inputs: [[[2, 3, 4]], [[2, 4, 5]]], attributes: { equation: 'bij,bjk->bik' }, madds: 120 },
  {
    op: 'LSTM',
    inputs: [[[7, 2, 5]], zeros([2, 12, 5]), zeros([2, 12, 3]), zeros([2, 24])],
    attributes: { hidden_size: 3, direction: 'bidirectional' },
    outputs: 3,
    madds: 7 * 2 * 2 * 12 * 8,
  },
  {
    op: 'LSTM',
    inputs: [[[7, 2, 5]], zeros([1, 12, 5]), zeros([1, 12, 3]), null, null, [[1, 2, 3]], [[1, 2, 3]], zeros([1, 9])],
    attributes: { hidden_size: 3 },
    outputs: 3,
  },
  {
    op: 'GRU',
    inputs: [[[7, 2, 5]], zeros([1, 9, 5]), zeros([1, 9, 3])],
    attributes: { hidden_size: 3, direction: 'reverse' },
    outputs: 2,
    madds: 7 * 2 * 9 * 8,
  },
  { op: 'RNN', inputs: [[[7, 2, 5]], zeros([1, 3, 5]), zeros([1, 3, 3])], attributes: { hidden_size: 3 }, outputs: 2 },
  { op: 'LayerNormalization', inputs: [[[2, 3, 4]], zeros([3, 4]), zeros([3, 4])], attributes: { axis: 1 } },
  { op: 'DepthToSpace', inputs: [[[1, 8, 2, 3]]], attributes: { blocksize: 2 } },
  { op: 'Softmax', inputs: [[[2, 3, 4]]], attributes: { axis: 1 }, opset: 11 },
  { op: 'Split', inputs: [[[2, 7]]], attributes: { axis: 1, num_outputs: 3 }, outputs: 3, opset: 18 },
  { op: 'TopK', inputs: [[[2, 7]], list(3)], outputs: 2 },
  { op: 'Pad', inputs: [[[2, 7]], list(0, 1, 1, 2)] },
  { op: 'Tile', inputs: [[[2, 7]], list(2, 3)] },
  { op: 'GridSample', inputs: [[[1, 2, 4, 5]], [[1, 6, 7, 2]]] },
  {
    op: 'RoiAlign',
    inputs: [[[1, 2, 8, 8]], [[3, 4]], [[3], INT64]],
    attributes: { output_height: 2, output_width: 3 },
  },
  {
    op: 'QLinearConv',
    inputs: [
      [[1, 4, 9, 9], UINT8],
      one(),
      one(UINT8),
      zeros([6, 4, 3, 3], INT8),
      one(),
      one(INT8),
      one(),
      one(UINT8),
      zeros([6], INT32),
    ],
    madds: 49 * 6 * 36,
  },
  {
    op: 'QLinearMatMul',
    inputs: [[[2, 4], UINT8], one(), one(UINT8), zeros([4, 5], INT8), one(), one(INT8), one(), one(UINT8)],
    madds: 40,
  },
  { op: 'ConvInteger', inputs: [[[1, 4, 9, 9], UINT8], zeros([6, 4, 3, 3], UINT8)], madds: 49 * 6 * 36 },
  { op: 'MatMulInteger', inputs: [[[3, 2, 4], UINT8], zeros([4, 5], INT8)], madds: 3 * 40 },
  { op: 'DynamicQuantizeLinear', inputs: [[[3, 4]]], outputs: 3 },
  {
    op: 'FusedConv',
    domain: MS,
    inputs: [[[1, 4, 9, 9]], zeros([6, 4, 3, 3]), zeros([6]), [[1, 6, 7, 7]]],
    attributes: { activation: 'Relu' },
    madds: 49 * 6 * 36,
  },
  {
    op: 'FusedGemm',
    domain: MS,
    inputs: [[[3, 4]], zeros([4, 5]), zeros([5])],
    attributes: { activation: 'Relu' },
    madds: 60,
  },
  {
    op: 'FusedMatMul',
    domain: MS,
    inputs: [[[2, 4, 3]], [[2, 5, 4]]],
    attributes: { transA: 1, transB: 1, alpha: { float: 0.5 } },
    madds: 2 * 60,
  },
  { op: 'BiasGelu', domain: MS, inputs: [[[2, 4]], zeros([4])] },
  { op: 'FastGelu', domain: MS, inputs: [[[2, 4]]] },
  { op: 'QuickGelu', domain: MS, inputs: [[[2, 4]]] },
  { op: 'SkipLayerNormalization', domain: MS, inputs: [[[1, 3, 4]], [[1, 3, 4]], zeros([4]), zeros([4]), zeros([4])] },
  { op: 'SkipSimplifiedLayerNormalization', domain: MS, inputs: [[[1, 3, 4]], [[1, 3, 4]], zeros([4])] },
  { op: 'SimplifiedLayerNormalization', inputs: [[[1, 3, 4]], zeros([4])] },
  {
    op: 'EmbedLayerNormalization',
    domain: MS,
    inputs: [[[2, 6], INT32], [[2, 6], INT32], zeros([9, 8]), zeros([7, 8]), zeros([2, 8]), zeros([8]), zeros([8])],
    outputs: 2,
  },
  {
    op: 'Attention',
    domain: MS,
    inputs: [[[2, 6, 8]], zeros([8, 24]), zeros([24])],
    attributes: { num_heads: 2 },
    madds: 2 * 6 * 8 * 24 + 2 * 2 * 6 * 6 * 8,
  },
  {
    op: 'MultiHeadAttention',
    domain: MS,
    inputs: [[[2, 6, 8]], [[2, 5, 8]], [[2, 5, 8]]],
    attributes: { num_heads: 2 },
    madds: 2 * 6 * 5 * 16,
  },
  {
    op: 'GroupQueryAttention',
    domain: MS,
    inputs: [
      [[1, 1, 16]],
      [[1, 1, 8]],
      [[1, 1, 8]],
      [[1, 1, 5, 8]],
      [[1, 1, 5, 8]],
      { dims: [1], type: INT32, ints: [5] },
      { dims: [1], type: INT32, ints: [6] },
    ],
    attributes: { num_heads: 2, kv_num_heads: 1 },
    outputs: 3,
    madds: 2 * 6 * 16,
  },
  {
    op: 'RotaryEmbedding',
    domain: MS,
    inputs: [[[1, 3, 8]], { dims: [1], type: INT64, ints: [0] }, zeros([9, 4]), zeros([9, 4])],
  },
  {
    op: 'MatMulNBits',
    domain: MS,
    inputs: [[[2, 32]], zeros([5, 2, 8], UINT8), zeros([10])],
    attributes: { K: 32, N: 5, bits: 4, block_size: 16 },
    madds: 2 * 32 * 5,
  },
  {
    op: 'QGemm',
    domain: MS,
    inputs: [[[2, 4], UINT8], one(), one(UINT8), zeros([4, 5], INT8), one(), one(INT8)],
    madds: 40,
  },
  {
    op: 'QLinearAdd',
    domain: MS,
    inputs: [[[2, 4], UINT8], one(), one(UINT8), [[2, 4], UINT8], one(), one(UINT8), one(), one(UINT8)],
  },
  {
    op: 'QLinearConcat',
    domain: MS,
    inputs: [one(), one(UINT8), [[2, 4], UINT8], one(), one(UINT8), [[2, 3], UINT8], one(), one(UINT8)],
    attributes: { axis: 1 },
  },
  { op: 'QLinearGlobalAveragePool', domain: MS, inputs: [[[1, 3, 4, 4], UINT8], one(), one(UINT8), one(), one(UINT8)] },
  { op: 'DynamicQuantizeMatMul', domain: MS, inputs: [[[2, 4]], zeros([4, 5], INT8), one(), one(INT8)], madds: 40 },
  {
    op: 'QAttention',
    domain: MS,
    inputs: [[[1, 3, 8], UINT8], zeros([8, 24], UINT8), zeros([24]), one(), one(), null, one(UINT8), one(UINT8)],
    attributes: { num_heads: 2 },
    madds: 3 * 8 * 24 + 3 * 3 * 16,
  },
];

describe('ops as onnxruntime runs them', () => {
  for (const [i, test] of CASES.entries()) {
    it(`${i + 1}: ${test.op}`, async () => {
      const model = modelOf(test);
      const graph = await importModel(model);
      // onnxruntime checks the element types that the model states: they are ours.
      const types = graph.outputs.map((id) => TYPES[graph.values[id]?.dtype ?? ''] as number);
      const outputs = types.map((type, k) => ({ name: `o${k}`, type }));
      expect(outputShapes(graph)).toEqual(await runtimeShapes({ ...model, outputs }));
      expect(opsOf(graph)).not.toContain('opaque');
      if (test.madds !== undefined) expect(maddsOf(graph)).toBe(test.madds);
      for (const node of graph.nodes) expect(arithmeticOf(graph, node).flops).toBeGreaterThanOrEqual(0);
    });
  }
});
