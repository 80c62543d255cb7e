import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyze } from '../../../src/core/analysis/analyze.js';
import { GraphBuilder } from '../../../src/core/graph/builder.js';
import type { Graph } from '../../../src/core/ir/graph.js';

/** conv 3x3 (8→16, no bias) → batch norm → relu → add with a 1x1 convolution of the input. */
function residual(batch = 1, channels = 8, size = 10): Graph {
  const builder = new GraphBuilder('residual');
  const x = builder.input('input', [batch, channels, size, size]);
  const conv = builder.add('conv', [x], { outChannels: 16, kernel: 3, padding: 1, bias: false }, { name: 'conv' });
  const norm = builder.add('batchNorm', [conv], {}, { name: 'norm' });
  const relu = builder.add('relu', [norm], {}, { name: 'relu' });
  const shortcut = builder.add('conv', [x], { outChannels: 16, kernel: 1 }, { name: 'shortcut' });
  const sum = builder.add('add', [relu, shortcut], {}, { name: 'sum' });
  return builder.finish([sum]);
}

const layer = (graph: Graph, name: string, options = {}) => {
  const found = analyze(graph, options).layers.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no layer ${name}`);
  return found;
};

describe('analyze', () => {
  it('counts a convolution by its closed forms', () => {
    const conv = layer(residual(), 'conv');
    expect(conv).toMatchObject({
      params: 16 * 8 * 9,
      paramBytes: 4 * 16 * 8 * 9,
      madds: 100 * 16 * 8 * 9,
      flops: 2 * 100 * 16 * 8 * 9,
      activations: 1600,
      memoryAccessCost: 800 + 1600 + 16 * 8 * 9,
      eagerReadBytes: 4 * (800 + 16 * 8 * 9),
      eagerWriteBytes: 4 * 1600,
    });
    expect(conv.memoryAccessCostLowerBound).toBeCloseTo(2 * Math.sqrt(800 * 1600) + 16 * 8 * 9, 9);
    expect(layer(residual(), 'shortcut').flops).toBe(2 * 100 * 16 * 8 + 1600);
  });

  it('sums layers into totals and keeps the figure of the paper to convolutions', () => {
    const { totals, layers } = analyze(residual());
    for (const figure of ['params', 'madds', 'flops', 'memoryAccessCost', 'readBytes', 'writeBytes'] as const) {
      expect(totals[figure]).toBe(layers.reduce((sum, item) => sum + item[figure], 0));
    }
    expect(totals.paperMemoryAccessCost).toBe(2400 + 1152 + 2400 + 128);
    expect(totals.convolutionalInputOutput).toBe(2 * 2400);
    expect(totals.memoryAccessCostByKind.normalization).toBe(1600 + 1600 + 4 * 16);
  });

  it('joins convolution, norm and activation into one kernel, and the addition to its latest input', () => {
    const { layers, totals } = analyze(residual(), { execution: 'fused' });
    expect(layers.map(({ kernel }) => kernel)).toEqual([0, 0, 0, 1, 1]);
    expect(totals.fused.kernels).toBe(2);
    expect(totals.eager.kernels).toBe(5);
    const bytes = Object.fromEntries(layers.map((item) => [item.name, [item.readBytes, item.writeBytes]]));
    expect(bytes).toEqual({
      conv: [4 * (800 + 1152), 0],
      norm: [4 * 64, 0],
      relu: [0, 4 * 1600],
      shortcut: [4 * (800 + 128 + 16), 0],
      sum: [4 * 1600, 4 * 1600],
    });
  });

  it('does not fuse over a value that something else reads', () => {
    const builder = new GraphBuilder('branch');
    const x = builder.input('input', [1, 4, 4, 4]);
    const conv = builder.add('conv', [x], { outChannels: 4, kernel: 1 });
    const relu = builder.add('relu', [conv]);
    const pool = builder.add('maxPool', [conv], { kernel: 2 });
    expect(analyze(builder.finish([relu, pool])).layers.map(({ kernel }) => kernel)).toEqual([0, 1, 2]);
  });

  it('fuses a gate whose readers meet again', () => {
    const builder = new GraphBuilder('silu');
    const x = builder.input('input', [1, 4, 4, 4]);
    const conv = builder.add('conv', [x], { outChannels: 4, kernel: 1 });
    const gate = builder.add('sigmoid', [conv]);
    expect(analyze(builder.finish([builder.add('mul', [conv, gate])])).layers.map(({ kernel }) => kernel)).toEqual([
      0, 0, 0,
    ]);
  });

  it('finds the peak by liveness and names its tensors', () => {
    const { totals } = analyze(residual());
    // While the shortcut runs: input 800, relu 1600, its own output 1600; while sum runs: three times 1600.
    expect(totals.peakActivationBytes).toBe(4 * 4800);
    expect(totals.peakLayer).toBe('sum');
    expect(totals.peakTensors.map(({ name }) => name)).toEqual(['relu', 'shortcut', 'sum']);
  });

  it('lets views share memory', () => {
    const builder = new GraphBuilder('view');
    const x = builder.input('input', [1, 4, 4, 4]);
    const relu = builder.add('relu', [x]);
    const flat = builder.add('flatten', [relu]);
    const { totals, layers } = analyze(builder.finish([builder.add('relu', [flat])]));
    expect(totals.peakActivationBytes).toBe(4 * 128);
    expect(layers[1]).toMatchObject({
      kernel: -1,
      readBytes: 0,
      writeBytes: 0,
      memoryAccessCost: 0,
      arithmeticIntensity: null,
    });
  });

  it('counts the backward pass by the operands that need a gradient', () => {
    const graph = residual();
    const conv = layer(graph, 'conv');
    // The first convolution's input needs none: forward and the gradient of its weights.
    expect(conv.trainingFlops).toBe(conv.flops + 2 * conv.madds);
    const builder = new GraphBuilder('second');
    const first = builder.add('conv', [builder.input('input', [1, 4, 4, 4])], {
      outChannels: 4,
      kernel: 1,
      bias: false,
    });
    const second = builder.add('conv', [first], { outChannels: 4, kernel: 1, bias: false }, { name: 'second' });
    const { flops, madds, trainingFlops } = layer(builder.finish([second]), 'second');
    expect(trainingFlops).toBe(flops + 4 * madds);
  });

  it('counts a shared parameter once and an unused one in the total', () => {
    const builder = new GraphBuilder('shared');
    const x = builder.input('input', [2, 8]);
    const weight = builder.stored('weight', 'parameter', [8, 8]);
    builder.stored('unused', 'parameter', [5]);
    const once = builder.add('linear', [x, weight], { outFeatures: 8, bias: false });
    const twice = builder.add('linear', [once, weight], { outFeatures: 8, bias: false });
    const { totals, layers } = analyze(builder.finish([twice]));
    expect(layers.map(({ params }) => params)).toEqual([64, 0]);
    expect(totals.params).toBe(69);
    expect(totals.madds).toBe(2 * 2 * 64);
  });

  it('counts bytes in the element type asked for, integers in their own', () => {
    const half = layer(residual(), 'conv', { dtype: 'float16' });
    expect(half.eagerWriteBytes).toBe(2 * 1600);
    expect(half.paramBytes).toBe(2 * 1152);
  });

  it('lists unknown ops and leaves them out of every total', () => {
    const builder = new GraphBuilder('unknown');
    const x = builder.input('input', [1, 4]);
    const odd = builder.add(
      'opaque',
      [x],
      { type: 'Mystery', reason: 'custom', outputs: [{ shape: [1, 4], dtype: 'float32' }] },
      { name: 'odd' },
    );
    const result = analyze(builder.finish([odd]));
    expect(result.unsupportedOps).toEqual([{ type: 'Mystery', count: 1, layers: ['odd'], reason: 'custom' }]);
    expect(result.totals.flops).toBe(0);
  });

  it('scales activations with the batch, not parameters', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 3, max: 12 }),
        (batch, channels, size) => {
          const one = analyze(residual(1, channels, size)).totals;
          const many = analyze(residual(batch, channels, size)).totals;
          expect(many.params).toBe(one.params);
          for (const figure of ['madds', 'flops', 'activations', 'peakActivationBytes'] as const) {
            expect(many[figure]).toBe(batch * one[figure]);
          }
          expect(many.fused.readBytes + many.fused.writeBytes).toBeLessThanOrEqual(
            many.eager.readBytes + many.eager.writeBytes,
          );
          expect(many.memoryAccessCostRatio).toBeGreaterThanOrEqual(1);
        },
      ),
    );
  });

  it('refuses counts too large to be exact', () => {
    const builder = new GraphBuilder('huge');
    const x = builder.input('input', [1, 2 ** 20, 2 ** 15]);
    const y = builder.add('linear', [x], { outFeatures: 2 ** 20 }, { name: 'fc' });
    expect(() => analyze(builder.finish([y]))).toThrow(
      "layer 'fc': its counts exceed 2^53 and would not be exact. Use a smaller input.",
    );
  });
});
