import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Graph } from '../../../src/core/ir/graph.js';
import { findBlock, matchBlock } from '../../../src/core/zoo/index.js';
import { count, sum } from './count.js';

const params = (graph: Graph) => count(graph).params;
const madds = (graph: Graph) => count(graph).madds;
const memoryAccessCost = (graph: Graph) => sum(count(graph).layers.map((layer) => layer.memoryAccessCost));

describe('matchBlock', () => {
  it('finds the width that a budget was made from', async () => {
    const osa = await findBlock('osa');
    for (const cost of [params, madds, memoryAccessCost]) {
      const request = { input: [1, 64, 28, 28], outChannels: 128, budget: 0 };
      const wanted = matchBlock(osa, { ...request, budget: 1 }, () => 1).graph;
      expect(wanted.nodes.length).toBeGreaterThan(0);
      for (const width of [1, 2, 3, 20, 77, 128]) {
        const budget = cost(graphOf(osa.sizing?.options(64, 128, width)));
        expect(matchBlock(osa, { ...request, budget }, cost)).toMatchObject({ width, cost: budget, deviation: 0 });
      }
    }

    function graphOf(options: unknown): Graph {
      return matchBlock(
        { ...osa, sizing: { width: 'fixed', options: () => options } },
        { input: [1, 64, 28, 28], outChannels: 128, budget: 1 },
        () => 1,
      ).graph;
    }
  });

  it('comes nearest: no neighbour is nearer', async () => {
    const blocks = await Promise.all(['osa', 'dense', 'basic', 'bottleneck', 'hardnet', 'csp-stage'].map(findBlock));
    await fc.assert(
      fc.property(fc.constantFrom(...blocks), fc.integer({ min: 1e5, max: 5e6 }), (block, budget) => {
        const request = { input: [1, 64, 14, 14], outChannels: 96, budget };
        const found = matchBlock(block, request, params);
        expect(found.deviation).toBeCloseTo((found.cost - budget) / budget, 12);
        for (const step of [-1, 1]) {
          if (found.width + step < 1) continue;
          const neighbour = matchBlock(
            { ...block, sizing: { width: '', options: (i, o) => block.sizing?.options(i, o, found.width + step) } },
            { ...request, budget: 1 },
            params,
          );
          expect(Math.abs(neighbour.cost - budget)).toBeGreaterThanOrEqual(Math.abs(found.cost - budget));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('keeps widths to a multiple', async () => {
    const found = matchBlock(
      await findBlock('osa'),
      { input: [1, 64, 14, 14], outChannels: 96, budget: 300_000, multiple: 8 },
      params,
    );
    expect(found.width % 8).toBe(0);
    expect(Math.abs(found.deviation)).toBeLessThan(0.1);
  });

  it('gives the narrowest block where even that exceeds the budget, and says by how much', async () => {
    const found = matchBlock(await findBlock('basic'), { input: [1, 64, 8, 8], outChannels: 96, budget: 100 }, params);
    expect(found.width).toBe(1);
    expect(found.deviation).toBeGreaterThan(60);
  });

  it.each([
    ['repvgg', 64, 1000, "block 'repvgg' has no width that could be matched to a budget."],
    ['convnext', 96, 1000, "block 'convnext' makes 64 of 64 channels, not 96. Give as many output as input channels."],
    ['osa', 64, 0, 'the budget must be greater than 0, not 0.'],
    ['osa', 64, Number.NaN, 'the budget must be greater than 0, not NaN.'],
  ])('%s to %i channels within %f: error', async (name, outChannels, budget, message) => {
    const block = await findBlock(name);
    expect(() => matchBlock(block, { input: [1, 64, 14, 14], outChannels, budget }, params)).toThrow(message);
  });
});
