import { describe, expect, it } from 'vitest';
import { elementCount } from '../../../src/core/ir/tensor.js';
import { buildModel } from '../../../src/core/zoo/index.js';
import { count, sum } from './count.js';

/** Sums over convolutions alone, as the paper's ablation gives them. */
async function convolutions(name: string) {
  const layers = count(await buildModel(name)).layers.filter(({ op }) => op === 'conv');
  return {
    memoryAccessCost: sum(layers.map((layer) => layer.memoryAccessCost)),
    madds: sum(layers.map((layer) => layer.madds)),
    weights: sum(layers.map(({ weight }) => elementCount(weight))),
  };
}

const rounded = (value: number) => Math.round(value / 1e3) * 1e3;

/** paper-facts.json `cifar10`: the paper prints 3.7 M and 2.5 M; the OSA rows are rounded to thousands. */
describe('DenseNet-40 and its OSA counterparts on CIFAR-10', () => {
  it('gives the paper’s memory access cost of DenseNet-40', async () => {
    expect(await convolutions('densenet40-cifar')).toEqual({
      memoryAccessCost: 3679504,
      madds: 264808448,
      weights: 997136,
    });
  });

  it.each([
    ['osa5x43-cifar', 2587000, 263704000, 1164000, 661],
    ['osa12x20-cifar', 2735000, 238882000, 1118000, 736],
  ])('gives the figures of %s', async (name, memoryAccessCost, madds, params, features) => {
    const figures = await convolutions(name);
    expect(rounded(figures.memoryAccessCost)).toBe(memoryAccessCost);
    expect(rounded(figures.madds)).toBe(madds);
    // Without batch norm: convolutions and the classifier.
    expect(rounded(figures.weights + 10 * features + 10)).toBe(params);
  });

  it('reads 32x32 images and tells ten classes apart', async () => {
    const graph = await buildModel('densenet40-cifar');
    expect(graph.values[graph.inputs[0] as number]?.shape).toEqual([1, 3, 32, 32]);
    expect(graph.values[graph.outputs[0] as number]?.shape).toEqual([1, 10]);
  });
});
