import { describe, expect, it } from 'vitest';
import { analyze } from '../../../../src/core/analysis/analyze.js';
import { importModel, paramsOf } from './import-onnx.js';
import { FLOAT, INT8, INT32, type ModelSpec, type NodeSpec, UINT8, weight } from './write-onnx.js';

const FLOAT16 = 10;
const node = (op: string, inputs: readonly string[], output: string, more: Partial<NodeSpec> = {}): NodeSpec => ({
  op,
  inputs,
  outputs: [output],
  ...more,
});
const tensor = (name: string, dims: readonly number[], type: number) => ({ name, dims, type });

describe('parameters of quantised models', () => {
  it('are weights and biases alone, whatever scales and zero points are called', async () => {
    const graph = await importModel({
      nodes: [
        node('QuantizeLinear', ['x', 'input_scale', 'input_zero_point'], 'xq'),
        node('DequantizeLinear', ['xq', 'input_scale', 'input_zero_point'], 'xd'),
        node('DequantizeLinear', ['w', 'c1.weight_scale', 'c1.weight.zero'], 'wd', { attributes: { axis: 0 } }),
        node('DequantizeLinear', ['b', 'c1.bias'], 'bd'),
        node('Conv', ['xd', 'wd', 'bd'], 'c'),
        node('DequantizeLinear', ['c8', 'layer.kernel'], 'y', { attributes: { axis: 1 } }),
        node('QuantizeLinear', ['c', 'layer.kernel', 'layer.gamma'], 'c8', { attributes: { axis: 1 } }),
      ],
      inputs: [{ name: 'x', dims: [1, 3, 8, 8] }],
      initializers: [
        weight('input_scale'),
        tensor('input_zero_point', [], UINT8),
        tensor('w', [4, 3, 3, 3], INT8),
        weight('c1.weight_scale', 4),
        tensor('c1.weight.zero', [4], INT8),
        tensor('b', [4], INT32),
        weight('c1.bias'),
        weight('layer.kernel', 4),
        tensor('layer.gamma', [4], UINT8),
      ],
      outputs: ['y'],
    });
    expect(paramsOf(graph)).toBe(4 * 27 + 4);
  });

  it('leave out the scales of dynamic quantisation', async () => {
    const model = (scaled: readonly NodeSpec[]): ModelSpec => ({
      nodes: [
        node('DynamicQuantizeLinear', ['x'], 'xq', { outputs: ['xq', 'xs', 'xz'] }),
        node('MatMulInteger', ['xq', 'w', 'xz', 'w_zero'], 'sums'),
        node('Cast', ['sums'], 'sumsf', { attributes: { to: FLOAT } }),
        ...scaled,
        node('Add', ['p', 'fc.bias'], 'y'),
      ],
      inputs: [{ name: 'x', dims: [2, 3] }],
      initializers: [
        tensor('w', [3, 5], INT8),
        tensor('w_zero', [], INT8),
        weight('fc.weight_scale', 5),
        weight('fc.bias', 5),
      ],
      outputs: ['y'],
    });
    const together = [node('Mul', ['xs', 'fc.weight_scale'], 's'), node('Mul', ['sumsf', 's'], 'p')];
    const apart = [node('Mul', ['sumsf', 'xs'], 'h'), node('Mul', ['h', 'fc.weight_scale'], 'p')];
    for (const scaled of [together, apart]) expect(paramsOf(await importModel(model(scaled)))).toBe(3 * 5 + 5);
  });

  it('hold the scales of their blocks in bytes, not in number: MatMulNBits', async () => {
    const [K, N, block] = [64, 8, 32];
    const graph = await importModel({
      nodes: [
        node('MatMulNBits', ['x', 'w', 'scales', 'zeros'], 'y', {
          domain: 'com.microsoft',
          attributes: { K, N, bits: 4, block_size: block },
        }),
      ],
      inputs: [{ name: 'x', dims: [1, K], type: FLOAT16 }],
      initializers: [
        tensor('w', [N, K / block, block / 2], UINT8),
        tensor('scales', [N * (K / block)], FLOAT16),
        tensor('zeros', [N * Math.ceil(K / block / 2)], UINT8),
      ],
      outputs: ['y'],
    });
    const { totals, layers } = analyze(graph);
    expect(totals.params).toBe(K * N);
    const weightBytes = (K * N) / 2 + 2 * N * (K / block) + (N * (K / block)) / 2;
    expect(totals.paramBytes).toBe(weightBytes);
    expect(layers[0]?.readBytes).toBe(weightBytes + 2 * K);
  });

  it('hold them in a DequantizeLinear by blocks as well', async () => {
    const graph = await importModel({
      opset: 21,
      nodes: [
        node('DequantizeLinear', ['w', 'scales'], 'wd', { attributes: { axis: 0, block_size: 16 } }),
        node('MatMul', ['x', 'wd'], 'y'),
      ],
      inputs: [{ name: 'x', dims: [1, 32] }],
      initializers: [tensor('w', [32, 4], INT8), weight('scales', 2, 4)],
      outputs: ['y'],
    });
    const { totals } = analyze(graph);
    expect([totals.params, totals.paramBytes]).toEqual([128, 128 + 4 * 8]);
  });

  it('are told without a number where the file does not tell how many were folded', async () => {
    const metadata = { 'pkg.onnxscript.rewriter.rule_name': 'FuseBatchNormIntoConv' };
    const model = (traced: string): ModelSpec => ({
      nodes: [
        node('DequantizeLinear', ['w', 's'], 'wd'),
        node('Conv', ['x', 'wd'], 'y', { metadata: { ...metadata, 'pkg.torch.onnx.fx_node': traced } }),
      ],
      inputs: [{ name: 'x', dims: [1, 3, 8, 8] }],
      initializers: [tensor('w', [4, 3, 3, 3], INT8), weight('s')],
      outputs: ['y'],
    });
    const note = (more: string) =>
      `The exporter folded batch norm into 1 convolutions: the source model has ${more}more parameters for its scales and shifts.`;
    expect((await importModel(model('%bn'))).notes).toContain(note(''));
    expect((await importModel(model('call(%x, %p_bn_weight, %p_bn_bias)'))).notes).toContain(note('8 '));
  });
});
