import { describe, expect, it } from 'vitest';
import { runReference } from '../../../src/bench/reference/interpret.js';
import { multiply } from '../../../src/bench/reference/product.js';
import { GraphBuilder } from '../../../src/core/graph/builder.js';

const numbers = (count: number, frequency: number) =>
  Float64Array.from({ length: count }, (_, i) => Math.sin(frequency * i));

describe('a product of rows', () => {
  it.each([
    [1, 1, 1],
    [4, 4, 7],
    [5, 3, 2],
    [6, 9, 0],
    // Beyond what is multiplied at once, each.
    [259, 5, 3],
    [2, 514, 3],
    [3, 2, 500],
  ])('of %i and %i rows of %i adds products in order, rounded as scalar code rounds', (m, n, k) => {
    const a = numbers(m * k, 0.7);
    const b = numbers(n * k, 1.3);
    const c = new Float64Array(1 + m * n);
    multiply(a, b, c, { m, n, k }, { c: 1 });
    const expected = new Float64Array(1 + m * n);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let p = 0; p < k; p++) sum += (a[i * k + p] as number) * (b[j * k + p] as number);
        expected[1 + i * n + j] = sum;
      }
    }
    expect(c).toEqual(expected);
  });
});

describe('a convolution of more windows than fit at once', () => {
  it('gives what its definition says, for every group, stride, dilation and padding', async () => {
    const [channels, side, filters, stride, dilation, padding] = [4, 53, 6, 2, 3, 2] as const;
    const x = numbers(channels * side * side, 0.3);
    const weight = numbers(filters * 2 * 9, 0.9);
    const b = new GraphBuilder('conv');
    const graph = b.finish([
      b.add(
        'conv',
        [
          b.input('x', [1, channels, side, side]),
          b.stored('w', 'parameter', [filters, 2, 3, 3], 'float32', [...weight]),
        ],
        { outChannels: filters, kernel: 3, stride, dilation, padding, groups: 2, bias: false },
      ),
    ]);
    const [y] = await runReference(graph, 1, [{ shape: [1, channels, side, side], data: x }]);
    const width = Math.floor((side + 2 * padding - (dilation * 2 + 1)) / stride) + 1;
    expect(y?.shape).toEqual([1, filters, width, width]);
    for (let at = 0; at < filters * width * width; at += 7) {
      const filter = Math.floor(at / width / width);
      let sum = 0;
      for (let tap = 0; tap < 18; tap++) {
        const channel = (filter < 3 ? 0 : 2) + Math.floor(tap / 9);
        const row = (Math.floor(at / width) % width) * stride - padding + (Math.floor(tap / 3) % 3) * dilation;
        const column = (at % width) * stride - padding + (tap % 3) * dilation;
        if (row < 0 || row >= side || column < 0 || column >= side) continue;
        sum += Math.fround(weight[filter * 18 + tap] as number) * (x[(channel * side + row) * side + column] as number);
      }
      expect(y?.data[at]).toBeCloseTo(sum, 12);
    }
  });
});
