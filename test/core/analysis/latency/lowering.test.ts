import { describe, expect, it } from 'vitest';
import { batchedShapes } from '../../../../src/core/analysis/latency/batch-axis.js';
import { type Kernel, lowerKernels } from '../../../../src/core/analysis/latency/index.js';
import { GraphBuilder } from '../../../../src/core/graph/builder.js';
import type { Value } from '../../../../src/core/ir/graph.js';

function graphOf(shape: readonly number[], build: (b: GraphBuilder, x: Value) => Value) {
  const builder = new GraphBuilder('test');
  return builder.finish([build(builder, builder.input('x', shape))]);
}
const eager = { execution: 'eager', precision: 'float32' } as const;
const classes = (kernels: readonly Kernel[]) => kernels.map((kernel) => kernel.class);

describe('layouts that torch chooses', () => {
  it('copy the input of a linear layer across its axes, and then add the bias apart', () => {
    const graph = graphOf([2, 6, 10], (b, x) =>
      b.add('linear', [b.add('transpose', [x], { permutation: [0, 2, 1] })], { outFeatures: 4 }),
    );
    expect(classes(lowerKernels(graph, eager))).toEqual(['transposition', 'linear', 'broadcast']);
    const plain = graphOf([2, 6, 10], (b, x) => b.add('linear', [x], { outFeatures: 4 }));
    expect(classes(lowerKernels(plain, eager))).toEqual(['linear']);
  });

  it.each([1, 2])('copy heads before a product of matrices, as larger batches do, at batch %i', (batch) => {
    const graph = graphOf([batch, 10, 12], (b, x) => {
      const heads = b.add('transpose', [b.add('reshape', [x], { shape: [batch, 10, 3, 4] })], {
        permutation: [0, 2, 1, 3],
      });
      return b.add('matmul', [heads, b.add('transpose', [heads], { permutation: [0, 1, 3, 2] })]);
    });
    expect(classes(lowerKernels(graph, eager))).toEqual(['copy', 'transposition', 'matmul']);
  });

  it('lay a sum out as its first operand', () => {
    const sum = (swap: boolean) =>
      graphOf([2, 8, 4, 4], (b, x) => {
        const last = b.add('transpose', [b.add('reshape', [x], { shape: [2, 4, 4, 8] })], {
          permutation: [0, 3, 1, 2],
        });
        const added = b.add('add', swap ? [x, last] : [last, x]);
        return b.add('conv', [added], { outChannels: 8, kernel: 3, bias: false });
      });
    const [add, conv] = lowerKernels(sum(false), eager);
    expect([add?.class, conv?.channelsLast]).toEqual(['transposition', true]);
    expect(lowerKernels(sum(true), eager)[1]?.channelsLast).toBe(false);
  });

  it('keep channels last through concatenation of images alone', () => {
    const image = graphOf([2, 8, 4, 4], (b, x) => {
      const last = b.add('transpose', [b.add('reshape', [x], { shape: [2, 4, 4, 8] })], { permutation: [0, 3, 1, 2] });
      return b.add('conv', [b.add('concat', [last, last], { axis: 1 })], { outChannels: 8, kernel: 1, bias: false });
    });
    expect(lowerKernels(image, eager).map(({ channelsLast }) => channelsLast)).toEqual([true, true]);
    const tokens = graphOf([2, 8, 4], (b, x) => {
      const there = b.add('transpose', [x], { permutation: [0, 2, 1] });
      return b.add('add', [b.add('concat', [there, there], { axis: 1 }), b.parameter('position', [1, 8, 8])]);
    });
    expect(classes(lowerKernels(tokens, eager))).toEqual(['concat', 'broadcast']);
  });
});

describe('what is read once', () => {
  it('weights computed of weights do not grow with the batch', () => {
    const graph = graphOf([1, 4, 8, 8], (b, x) => {
      const weight = b.add('sigmoid', [b.parameter('w', [4, 4, 3, 3])]);
      return b.add('conv', [x, weight], { outChannels: 4, kernel: 3, padding: 1, bias: false });
    });
    const conv = lowerKernels(graph, eager)[1];
    expect(conv).toMatchObject({ class: 'conv', readBytes: 4 * 4 * 64, weightBytes: 4 * 4 * 4 * 9 });
  });

  it('a repeated tensor is read as it lies in memory', () => {
    const graph = graphOf([2, 4, 8, 8], (b, x) => {
      const gate = b.add('expand', [b.add('globalAvgPool', [x])], { shape: [2, 4, 8, 8] });
      return b.add('mul', [x, gate]);
    });
    expect(lowerKernels(graph, eager)[1]?.readBytes).toBe(4 * (2 * 4 * 64 + 2 * 4));
  });

  it('linear interpolation walks images and channels one by one', () => {
    const resize = (mode: 'linear' | 'nearest') =>
      lowerKernels(
        graphOf([2, 8, 4, 4], (b, x) => b.add('resize', [x], { scale: [2, 2], mode })),
        eager,
      )[0];
    expect(resize('linear')).toMatchObject({ serialLoads: 16, threads: 64 });
    expect(resize('nearest')).toMatchObject({ serialLoads: 0 });
  });
});

describe('attention', () => {
  const [batch, heads, keyHeads, tokens, size] = [2, 8, 2, 64, 16];
  const graph = (queries: number, attributes: { causal?: boolean; cacheLength?: number }) => {
    const builder = new GraphBuilder('attention');
    const [q, k, v] = (['q', 'k', 'v'] as const).map((name) =>
      builder.input(name, [batch, name === 'q' ? heads : keyHeads, queries, size]),
    );
    return builder.finish([builder.add('attention', [q, k, v], attributes)]);
  };

  it('in one kernel packs the heads that share keys, and skips what a causal mask hides', () => {
    const full = lowerKernels(graph(tokens, {}), eager);
    expect(full).toHaveLength(1);
    expect(full[0]).toMatchObject({
      class: 'attention',
      madds: 2 * batch * heads * tokens * tokens * size,
      rows: tokens * (heads / keyHeads),
      groups: batch * keyHeads,
      readBytes: 4 * batch * (heads + 2 * keyHeads) * tokens * size,
    });
    const [causal] = lowerKernels(graph(tokens, { causal: true }), eager);
    expect(causal?.madds).toBe((full[0]?.madds ?? 0) * ((tokens + 1) / 2 / tokens));
  });

  it('of one query against a cache reads the cache', () => {
    const [decode] = lowerKernels(graph(1, { causal: true, cacheLength: 1023 }), eager);
    expect(decode).toMatchObject({
      madds: 2 * batch * heads * 1024 * size,
      rows: heads / keyHeads,
      readBytes: 4 * batch * size * (heads + 2 * keyHeads * 1024),
    });
  });

  it('written out materialises scores, repeats shared keys and joins the cache', () => {
    const run = (attributes: { causal?: boolean; cacheLength?: number }) =>
      lowerKernels(graph(tokens, attributes), { ...eager, attention: 'eager' });
    const plain = run({});
    expect(plain.map(({ class: name }) => name)).toEqual([
      'copy',
      'copy',
      'matmul',
      'elementwise',
      'softmax',
      'matmul',
    ]);
    const scores = 4 * batch * heads * tokens * tokens;
    expect(plain[2]).toMatchObject({
      writeBytes: scores,
      rows: tokens,
      depth: size,
      width: tokens,
      groups: batch * heads,
    });
    expect(plain.reduce((sum, { madds }) => sum + madds, 0)).toBe(2 * batch * heads * tokens * tokens * size);
    expect(run({ causal: true }).map(({ class: name }) => name)).toContain('broadcast');
    expect(run({ cacheLength: 64 }).filter(({ class: name }) => name === 'concat')).toHaveLength(2);
  });
});

describe('shapes at a larger batch', () => {
  it('follow the axis of images through transpositions and joined axes', () => {
    const graph = graphOf([1, 10, 12], (b, x) => {
      const parts = b.add('transpose', [b.add('reshape', [x], { shape: [1, 10, 3, 2, 2] })], {
        permutation: [2, 0, 3, 1, 4],
      });
      return b.add('reshape', [parts], { shape: [3, 2, 20] });
    });
    expect(batchedShapes(graph)).toEqual([
      [2, 10, 12],
      [2, 10, 3, 2, 2],
      [3, 2, 2, 10, 2],
      [3, 4, 20],
    ]);
  });
});
