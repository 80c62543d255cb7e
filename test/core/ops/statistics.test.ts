import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../../src/core/graph/builder.js';
import { windowLengths } from '../../../src/core/ops/pooling/adaptive-windows.js';
import { arithmeticOf, build, errorOf, shapesOf } from './sample-calls.js';

const flops = (...call: Parameters<typeof arithmeticOf>) => arithmeticOf(...call).flops;

describe('pooling', () => {
  it.each<[string, number[][], Record<string, unknown>, string[], number]>([
    ['maxPool', [[1, 64, 112, 112]], { kernel: 3, stride: 2, padding: 1 }, ['1x64x56x56'], 64 * 56 * 56 * 8],
    ['maxPool', [[1, 2, 7, 7]], { kernel: 2, ceilMode: true, indices: true }, ['1x2x4x4', '1x2x4x4'], 32 * 3],
    ['avgPool', [[1, 2, 7, 7]], { kernel: 2 }, ['1x2x3x3'], 18 * 4],
    ['avgPool', [[1, 7, 7, 2]], { kernel: 2, layout: 'channelsLast' }, ['1x3x3x2'], 18 * 4],
    ['lpPool', [[1, 2, 8]], { kernel: 4, stride: 2 }, ['1x2x3'], 2 * 6 * 4],
    ['globalAvgPool', [[1, 2, 7, 5]], {}, ['1x2x1x1'], 70],
    ['globalAvgPool', [[1, 7, 5, 2]], { keepDims: false, layout: 'channelsLast' }, ['1x2'], 70],
    ['globalMaxPool', [[1, 2, 7]], {}, ['1x2x1'], 12],
    ['adaptiveAvgPool', [[1, 2, 7, 7]], { outputSize: 7 }, ['1x2x7x7'], 98],
    ['adaptiveAvgPool', [[1, 2, 10, 7]], { outputSize: [3, null] }, ['1x2x3x7'], 2 * 12 * 7],
    ['adaptiveMaxPool', [[1, 2, 10, 7]], { outputSize: [3, 7] }, ['1x2x3x7'], 2 * 12 * 7 - 42],
  ])('%s of %j by %j', (name, inputs, attributes, shapes, count) => {
    expect(shapesOf(name, inputs, attributes)).toEqual(shapes);
    expect(flops(name, inputs, attributes)).toBe(count);
  });

  it('adaptive windows cover every element, and none is longer than its share and 1 more on each side', () => {
    const size = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(size, size, (input, output) => {
        const covered = new Set<number>();
        let sum = 0;
        for (let i = 0; i < output; i++) {
          for (let k = Math.floor((i * input) / output); k < Math.ceil(((i + 1) * input) / output); k++) {
            covered.add(k);
            sum++;
          }
        }
        expect(covered.size).toBe(input);
        expect(windowLengths(input, output)).toBe(sum);
      }),
    );
  });

  it('tells what does not fit', () => {
    expect(errorOf('globalAvgPool', [[2, 3]])).toBe(
      'globalAvgPool takes an input with batch, channels and spatial axes, not shape 2x3. Use reduceMean or reduceMax for other axes.',
    );
    expect(errorOf('adaptiveAvgPool', [[1, 2, 3, 4]], { outputSize: [1] })).toBe(
      'outputSize has 1 values for 2 spatial axes. Give one number or 2 of them.',
    );
  });
});

describe('resize', () => {
  it.each<[number[][], Record<string, unknown>, string, number]>([
    [[[1, 3, 8, 8]], { scale: 2 }, '1x3x16x16', 0],
    [[[1, 3, 8, 8]], { scale: [0.5, 1.3] }, '1x3x4x10', 0],
    [[[1, 3, 8, 8]], { size: 4, mode: 'linear' }, '1x3x4x4', 48 * 7],
    [[[1, 8, 8, 3]], { size: [4, 6], mode: 'cubic', layout: 'channelsLast' }, '1x4x6x3', 72 * 31],
    [[[1, 3, 8, 8]], { size: 4, mode: 'area' }, '1x3x4x4', 192],
  ])('%j by %j', (inputs, attributes, shape, count) => {
    expect(shapesOf('resize', inputs, attributes)).toEqual([shape]);
    expect(flops('resize', inputs, attributes)).toBe(count);
  });

  it('tells what does not fit', () => {
    expect(errorOf('resize', [[1, 3, 8, 8]])).toBe('resize has neither size nor scale. Give one of the two.');
    expect(errorOf('resize', [[1, 3, 8, 8]], { scale: 0.1 })).toBe(
      'scale 0.1, 0.1 leaves nothing of 8x8. Give a larger scale, or a size.',
    );
    expect(
      errorOf('gridSample', [
        [1, 3, 8, 8],
        [1, 4, 4, 3],
      ]),
    ).toBe(
      'a grid of shape 1x4x4x3 does not fit an input of shape 1x3x8x8. Give a grid [batch, …output size, number of spatial axes].',
    );
    expect(
      shapesOf('gridSample', [
        [1, 3, 8, 8],
        [1, 4, 5, 2],
      ]),
    ).toEqual(['1x3x4x5']);
  });
});

describe('normalisation', () => {
  it.each<[string, number[], Record<string, unknown>, number, number]>([
    // Rows of statistics: 2 each; elements: 5 (rmsNorm 3), and 1 each for scale and shift.
    ['layerNorm', [2, 197, 768], {}, 1536, 2 * 197 * (768 * 7 + 2)],
    ['layerNorm', [2, 197, 768], { affine: false }, 0, 2 * 197 * (768 * 5 + 2)],
    ['layerNorm', [2, 197, 768], { bias: false }, 768, 2 * 197 * (768 * 6 + 2)],
    ['layerNorm', [2, 3, 4], { axes: 2 }, 24, 2 * (12 * 7 + 2)],
    ['rmsNorm', [2, 5, 8], {}, 8, 10 * (8 * 4 + 2)],
    ['groupNorm', [2, 6, 4, 4], { groups: 3 }, 12, 192 * 7 + 12],
    ['instanceNorm', [2, 6, 4, 4], { affine: false }, 0, 192 * 5 + 24],
    ['batchNorm', [2, 6, 4, 4], {}, 12, 384],
    ['batchNorm', [2, 6, 4, 4], { affine: false }, 0, 384],
    ['batchNorm', [2, 4, 4, 6], { scale: false, layout: 'channelsLast' }, 6, 384],
    ['batchNorm', [2, 6], { shift: false }, 6, 24],
    ['localResponseNorm', [1, 8, 2, 2], { size: 5 }, 0, 32 * 9],
    ['normalize', [2, 8], { axis: -1 }, 0, 2 * (3 * 8 + 1)],
    ['softmax', [2, 8], {}, 0, 2 * (5 * 8 - 2)],
    ['softmax', [2, 8, 3], { axis: 1 }, 0, 6 * (5 * 8 - 2)],
    ['softmax', [], {}, 0, 3],
    ['logSoftmax', [2, 8], {}, 0, 2 * (5 * 8 - 1)],
  ])('%s of %j by %j has %i parameters and %i operations', (name, shape, attributes, params, count) => {
    const built = build(name, { inputs: [shape], attributes });
    expect(built.params).toBe(params);
    expect(built.op.arithmetic(built.call)).toEqual({ madds: 0, flops: count });
    expect(built.call.outputs[0]?.shape).toEqual(shape);
  });

  it('stores statistics of batch norm as buffers', () => {
    const builder = new GraphBuilder('m');
    builder.add('batchNorm', [builder.input('x', [1, 6, 2, 2])]);
    expect(builder.finish([]).values.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'x input',
      'batchNorm.scale parameter',
      'batchNorm.shift parameter',
      'batchNorm.mean buffer',
      'batchNorm.variance buffer',
      'batchNorm activation',
    ]);
  });

  it('tells what does not fit', () => {
    expect(errorOf('groupNorm', [[2, 6, 4]], { groups: 4 })).toBe(
      '4 groups do not divide 6 channels. Choose a number of groups that divides the channels.',
    );
    expect(errorOf('batchNorm', [[6]])).toBe('batchNorm takes an input with batch and channels, not shape [6].');
    expect(errorOf('layerNorm', [[6]], { axes: 2 })).toBe(
      'layerNorm over 2 trailing axes needs as many, the input has shape 6.',
    );
    const builder = new GraphBuilder('m');
    const x = builder.input('x', [2, 6, 4]);
    const weight = builder.stored('w', 'parameter', [5]);
    expect(() => builder.add('batchNorm', [x, weight])).toThrow(
      "layer 'batchNorm': batchNorm has a weight of shape 5 for 6 channels. Give weights of 6 elements.",
    );
    expect(() => builder.add('layerNorm', [x, weight], { axes: 2 })).toThrow(
      "layer 'layerNorm': layerNorm has a weight of shape 5 for normalised axes 6x4. Give weights of shape 6x4.",
    );
  });
});

describe('reductions', () => {
  it.each<[string, Record<string, unknown>, string, number]>([
    ['reduceSum', { axes: [1] }, '2x4', 8 * 2],
    ['reduceSum', { axes: [1], keepDims: true }, '2x1x4', 8 * 2],
    ['reduceSum', {}, 'scalar', 23],
    ['reduceSum', { axes: [] }, 'scalar', 23],
    ['reduceSum', { keepDims: true }, '1x1x1', 23],
    ['reduceMean', { axes: [-1, 0] }, '3', 24],
    ['reduceMax', { axes: [2] }, '2x3', 18],
    ['reduceMin', { axes: [2] }, '2x3', 18],
    ['reduceProd', { axes: [2] }, '2x3', 18],
    ['reduceAny', { axes: [2] }, '2x3', 18],
    ['reduceL1', { axes: [2] }, '2x3', 42],
    ['reduceL2', { axes: [2] }, '2x3', 48],
    ['reduceSumSquare', { axes: [2] }, '2x3', 42],
    ['reduceLogSum', { axes: [2] }, '2x3', 24],
    ['reduceLogSumExp', { axes: [2] }, '2x3', 96],
    ['reduceVariance', { axes: [2] }, '2x3', 96],
    ['reduceStd', { axes: [2] }, '2x3', 102],
    ['argMax', { axis: 2 }, '2x3', 18],
    ['argMax', {}, 'scalar', 23],
    ['argMin', { axis: 0, keepDims: true }, '1x3x4', 12],
    ['cumSum', { axis: 1 }, '2x3x4', 16],
    ['sort', { axis: 1 }, '2x3x4', 48],
    ['topK', { k: 2, axis: 1 }, '2x2x4', 24],
    ['nonZero', {}, '3x24', 24],
  ])('%s of 2x3x4 by %j gives %s with %i operations', (name, attributes, shape, count) => {
    expect(shapesOf(name, [[2, 3, 4]], attributes)[0]).toBe(shape);
    expect(flops(name, [[2, 3, 4]], attributes)).toBe(count);
  });

  it('cost nothing where there is nothing', () => {
    expect(shapesOf('reduceSum', [[3, 0]], { axes: [1] })).toEqual(['3']);
    for (const name of ['reduceSum', 'reduceMean', 'reduceStd', 'reduceL2']) {
      expect(flops(name, [[3, 0]], { axes: [1] })).toBe(0);
    }
    expect(flops('softmax', [[3, 0]])).toBe(0);
    expect(flops('layerNorm', [[3, 0]])).toBe(0);
    expect(flops('argMax', [[3, 0]], { axis: 1 })).toBe(0);
  });

  it('tell element types that differ from the input', () => {
    const dtypes = (name: string, attributes = {}) =>
      build(name, { inputs: [[2, 3]], attributes }).call.outputs.map(({ dtype }) => dtype);
    expect(dtypes('reduceAll')).toEqual(['bool']);
    expect(dtypes('argMax')).toEqual(['int64']);
    expect(dtypes('topK', { k: 1 })).toEqual(['float32', 'int64']);
    expect(dtypes('sort')).toEqual(['float32', 'int64']);
    expect(dtypes('oneHot', { depth: 2 })).toEqual(['float32']);
  });

  it('tell what does not fit', () => {
    expect(errorOf('reduceSum', [[2, 3]], { axes: [2] })).toBe('axis 2 is outside a tensor of 2 axes. Give -2 to 1.');
    expect(errorOf('reduceSum', [[2, 3]], { axes: [1, -1] })).toBe(
      'axes [1, -1] name an axis twice. Name each axis once.',
    );
  });
});
