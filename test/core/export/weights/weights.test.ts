import { describe, expect, it } from 'vitest';
import { runReference } from '../../../../src/bench/reference/interpret.js';
import { randomInputs, randomWeights } from '../../../../src/core/export/weights/index.js';
import { stream, uniform } from '../../../../src/core/export/weights/random.js';
import { GraphBuilder } from '../../../../src/core/graph/builder.js';
import type { Graph, Value } from '../../../../src/core/ir/graph.js';
import { denseBlock, residualBlocks } from '../../../bench/models.js';

const valueNamed = (graph: Graph, name: string) => graph.values.find((value) => value.name === name) as Value;

const meanSquare = (data: ArrayLike<number>) => Array.from(data).reduce((sum, x) => sum + x * x, 0) / data.length;

describe('random weights', () => {
  it('depend on the seed and the value only', () => {
    const graph = denseBlock(4, 8, 4, 2);
    const { id } = valueNamed(graph, 'conv.weight');
    expect(randomWeights(graph, 1)(id)).toEqual(randomWeights(structuredClone(graph), 1)(id));
    expect(randomWeights(graph, 1)(id)).not.toEqual(randomWeights(graph, 2)(id));
    expect(randomWeights(graph, 1)(id)).not.toEqual(randomWeights(graph, 1)(valueNamed(graph, 'conv_2.weight').id));
  });

  it('have variance 1 / (fan-in · E[x²]), as He et al. draw them', () => {
    const b = new GraphBuilder('wide');
    const x = b.input('x', [1, 64, 8, 8]);
    const graph = b.finish([b.add('conv', [x], { outChannels: 64, kernel: 3 })]);
    const weight = randomWeights(graph, 3)(valueNamed(graph, 'conv.weight').id);
    expect(meanSquare(weight) * 64 * 9).toBeCloseTo(1, 1);
  });

  it('have positive running variances', () => {
    const graph = residualBlocks(4, 16, 4, 3);
    const weights = randomWeights(graph, 1);
    for (const value of graph.values.filter(({ name }) => name.endsWith('.variance'))) {
      expect(Math.min(...weights(value.id))).toBeGreaterThan(0);
    }
  });

  it('keep known contents, and spread a single one', () => {
    const b = new GraphBuilder('constants');
    const x = b.input('x', [3]);
    const known = b.stored('known', 'constant', [3], 'float32', [1, 2, 3]);
    const single = b.stored('single', 'constant', [3], 'float32', [7]);
    const graph = b.finish([b.add('add', [b.add('mul', [x, known]), single])]);
    const weights = randomWeights(graph, 1);
    expect([...weights(known.id)]).toEqual([1, 2, 3]);
    expect([...weights(single.id)]).toEqual([7, 7, 7]);
  });

  it('let activations grow by about one for each residual block, and not at all through dense ones', async () => {
    const size = async (graph: Graph) => {
      const shape = (graph.values[graph.inputs[0] as number] as Value).shape;
      const [output] = await runReference(graph, 1, [{ shape, data: randomInputs(graph, 2)[0] as Float32Array }]);
      return meanSquare(output?.data ?? []);
    };
    const residual = await size(residualBlocks(4, 32, 8, 100));
    expect(residual).toBeGreaterThan(10);
    expect(residual).toBeLessThan(300);
    const dense = await size(denseBlock(4, 16, 8, 24));
    expect(dense).toBeGreaterThan(0.1);
    expect(dense).toBeLessThan(10);
  });

  it('index within the table that they index', () => {
    const b = new GraphBuilder('tokens');
    const tokens = b.input('tokens', [2, 50], 'int64');
    const flat = b.add('reshape', [tokens], { shape: [-1] });
    const mask = b.input('mask', [4], 'int64');
    const graph = b.finish([b.add('embedding', [flat], { count: 7, features: 3 }), b.add('neg', [mask])]);
    const [ids = new Float32Array(), flags = new Float32Array()] = randomInputs(graph, 1);
    expect(new Set(ids)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6]));
    expect(Math.max(...flags)).toBeLessThan(2);
  });
});

describe('a random stream', () => {
  it('is even: each tenth holds a tenth', () => {
    const values = uniform(100_000, 0, 10, stream(1, 2, 3));
    const counts = new Array<number>(10).fill(0);
    for (const value of values) counts[Math.floor(value)] = (counts[Math.floor(value)] as number) + 1;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });
});
