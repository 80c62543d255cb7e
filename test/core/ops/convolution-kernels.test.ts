import { expect, it } from 'vitest';
import { convolutionKernel, convolutionProduct } from '../../../src/core/ops/convolution/convolution-cost.js';

const call = (weight: readonly number[], groups: number) => ({
  inputs: [
    { shape: [1, (weight[1] as number) * groups, 14, 14], dtype: 'float32' as const },
    { shape: weight, dtype: 'float32' as const },
  ],
  outputs: [{ shape: [1, weight[0] as number, 12, 12], dtype: 'float32' as const }],
  attributes: { groups, outChannels: weight[0] as number },
});

it.each([
  [[32, 16, 3, 3], 1, 'conv'],
  [[32, 16, 1, 1], 1, 'pointwiseConv'],
  [[32, 2, 3, 3], 8, 'groupedConv'],
  [[32, 1, 3, 3], 32, 'depthwiseConv'],
  [[32, 1, 5, 5], 32, 'largeDepthwiseConv'],
  [[32, 1, 1, 3], 32, 'largeDepthwiseConv'],
] as const)('a weight of %j in %i groups runs as %s', (weight, groups, kernel) => {
  expect(convolutionKernel(call(weight, groups))).toBe(kernel);
});

it('a grouped convolution is as many products as it has groups, each of a group’s channels', () => {
  expect(convolutionProduct(call([32, 2, 3, 3], 8))).toEqual({ rows: 144, depth: 18, width: 4, groups: 8 });
});
