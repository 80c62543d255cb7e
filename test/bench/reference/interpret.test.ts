import { describe, expect, it } from 'vitest';
import { runReference } from '../../../src/bench/reference/interpret.js';
import { GraphBuilder } from '../../../src/core/graph/builder.js';
import type { Value } from '../../../src/core/ir/graph.js';
import type { DType, Shape } from '../../../src/core/ir/tensor.js';

interface Operand {
  readonly shape: Shape;
  readonly data: readonly number[];
  readonly dtype?: DType;
  /** Stored with the model. */
  readonly weight?: boolean;
}

/** Outputs of one op on given numbers. */
async function compute(
  op: string,
  operands: readonly (Operand | undefined)[],
  attributes: object = {},
): Promise<number[][]> {
  const b = new GraphBuilder(op);
  const values = operands.map((operand, i): Value | undefined => {
    if (operand === undefined) return undefined;
    const { shape, dtype = 'float32' } = operand;
    if (operand.weight) return b.stored(`w${i}`, 'parameter', shape, dtype, operand.data);
    return b.input(`x${i}`, shape, dtype);
  });
  const graph = b.finish(b.addUntyped(op, values, attributes));
  const fed = operands.filter((operand) => operand !== undefined && !operand.weight) as Operand[];
  return (await runReference(graph, 1, fed)).map(({ data }) => [...data]);
}

const row = (...data: number[]): Operand => ({ shape: [1, 1, data.length], data });

describe('the reference', () => {
  it('convolves: 1·1 + 2·0 + 3·(-1) and so on, zeros outside', async () => {
    const kernel = { shape: [1, 1, 3], data: [1, 0, -1], weight: true };
    const [y] = await compute('conv', [row(1, 2, 3, 4), kernel], {
      outChannels: 1,
      kernel: 3,
      padding: 1,
      bias: false,
    });
    expect(y).toEqual([-2, -2, -2, 3]);
  });

  it('keeps the groups of a convolution apart', async () => {
    const x = { shape: [1, 2, 2], data: [1, 2, 10, 20] };
    const w = { shape: [2, 1, 1], data: [3, 5], weight: true };
    const [y] = await compute('conv', [x, w], { outChannels: 2, kernel: 1, groups: 2, bias: false });
    expect(y).toEqual([3, 6, 50, 100]);
  });

  it('transposes a convolution: each element spreads its kernel', async () => {
    const w = { shape: [1, 1, 3], data: [1, 2, 3], weight: true };
    const [y] = await compute('convTranspose', [row(1, 10), w], { outChannels: 1, kernel: 3, stride: 2, bias: false });
    expect(y).toEqual([1, 2, 13, 20, 30]);
  });

  it('normalises by stored statistics', async () => {
    const stored = (value: number) => ({ shape: [1], data: [value], weight: true });
    const inputs = [row(1, 3), stored(2), stored(5), stored(1), stored(4)];
    const [y] = await compute('batchNorm', inputs, { epsilon: 0 });
    expect(y).toEqual([5, 7]);
  });

  it('normalises a layer to mean 0 and variance 1', async () => {
    const [y] = await compute('layerNorm', [row(1, 3)], { affine: false, epsilon: 0 });
    expect(y).toEqual([-1, 1]);
  });

  it('averages with and without the padding', async () => {
    const padded = { kernel: 2, stride: 2, padding: 1 };
    expect((await compute('avgPool', [row(2, 4, 6)], padded))[0]).toEqual([1, 5]);
    const without = { ...padded, countIncludePad: false };
    expect((await compute('avgPool', [row(2, 4, 6)], without))[0]).toEqual([2, 5]);
    // The last window of ceil mode reaches one past the padding: three elements count, of four.
    const beyond = { kernel: 4, stride: 3, padding: 1, ceilMode: true };
    expect((await compute('avgPool', [row(1, 1, 1, 6, 6)], beyond))[0]).toEqual([3 / 4, (1 + 6 + 6) / 4]);
  });

  it('pools adaptively over windows that overlap', async () => {
    const [y] = await compute('adaptiveAvgPool', [row(0, 1, 2, 3, 4)], { outputSize: 3 });
    expect(y).toEqual([0.5, 2, 3.5]);
  });

  it('attends: equal scores average the values, a causal query sees no later key', async () => {
    const zeros = { shape: [1, 1, 2, 1], data: [0, 0] };
    const values = { shape: [1, 1, 2, 1], data: [2, 4] };
    expect((await compute('attention', [zeros, zeros, values]))[0]).toEqual([3, 3]);
    expect((await compute('attention', [zeros, zeros, values], { causal: true }))[0]).toEqual([2, 3]);
    const mask = { shape: [1, 2], data: [0, 1], dtype: 'bool' as const };
    expect((await compute('attention', [zeros, zeros, values, mask]))[0]).toEqual([4, 4]);
  });

  it('interpolates between pixel centres', async () => {
    expect((await compute('resize', [row(0, 4)], { scale: 2, mode: 'linear' }))[0]).toEqual([0, 1, 3, 4]);
    const corners = { scale: 2, mode: 'linear', alignCorners: true };
    expect((await compute('resize', [row(0, 3)], corners))[0]).toEqual([0, 1, 2, 3]);
    expect((await compute('resize', [row(1, 2)], { scale: 2 }))[0]).toEqual([1, 1, 2, 2]);
  });

  it('steps a recurrent cell: h = tanh(w·x + r·h)', async () => {
    const x = { shape: [2, 1, 1], data: [1, 0] };
    const weight = (value: number) => ({ shape: [1, 1], data: [value], weight: true });
    const [y, last] = await compute('rnn', [x, undefined, weight(0.5), weight(2)], { hiddenSize: 1, bias: false });
    const first = Math.tanh(0.5);
    expect(y).toEqual([first, Math.tanh(2 * first)]);
    expect(last).toEqual([Math.tanh(2 * first)]);
  });

  it('shuffles channels into blocks of pixels', async () => {
    const x = { shape: [1, 4, 1, 1], data: [1, 2, 3, 4] };
    expect((await compute('pixelShuffle', [x], { factor: 2 }))[0]).toEqual([1, 2, 3, 4]);
    const two = { shape: [1, 8, 1, 1], data: [1, 2, 3, 4, 5, 6, 7, 8] };
    expect((await compute('pixelShuffle', [two], { factor: 2 }))[0]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const depth = { factor: 2, order: 'depthColumnRow' };
    expect((await compute('pixelShuffle', [two], depth))[0]).toEqual([1, 3, 5, 7, 2, 4, 6, 8]);
  });

  it('contracts what an equation sums', async () => {
    const x = { shape: [2, 2], data: [1, 2, 3, 4] };
    const y = { shape: [2], data: [10, 1] };
    expect((await compute('einsum', [x, y], { equation: 'ij,j->i' }))[0]).toEqual([12, 34]);
    expect((await compute('einsum', [x], { equation: 'ii->' }))[0]).toEqual([5]);
    expect((await compute('einsum', [x, y, y], { equation: 'ij,i,j->' }))[0]).toEqual([100 + 20 + 30 + 4]);
  });

  it('says which op it does not have', async () => {
    const x = { shape: [1, 1, 2, 2], data: [1, 2, 3, 4] };
    const grid = { shape: [1, 1, 1, 2], data: [0, 0] };
    await expect(compute('gridSample', [x, grid])).rejects.toThrow(
      "layer 'gridSample': op 'gridSample' has no reference implementation.",
    );
  });
});
