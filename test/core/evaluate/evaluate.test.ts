import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate, FOLD_LIMIT, type KnownTensor } from '../../../src/core/evaluate/evaluate.js';
import { rounded } from '../../../src/core/evaluate/rounded.js';
import type { DType } from '../../../src/core/ir/tensor.js';

const vector = (dtype: DType, ...data: readonly number[]): KnownTensor => ({ shape: [data.length], dtype, data });
const matrix = (dtype: DType, rows: number, ...data: readonly number[]): KnownTensor => ({
  shape: [rows, data.length / rows],
  dtype,
  data,
});
const valuesOf = (op: string, inputs: readonly KnownTensor[], attributes: Record<string, unknown> = {}) =>
  evaluate(op, inputs, attributes)?.map(({ data }) => data);

describe('values of ops on small tensors', () => {
  const x = matrix('int64', 2, 1, 2, 3, 4, 5, 6);

  it.each<[string, readonly KnownTensor[], Record<string, unknown>, readonly (readonly number[])[]]>([
    ['add', [x, vector('int64', 10, 20, 30)], {}, [[11, 22, 33, 14, 25, 36]]],
    ['transpose', [x], { permutation: [1, 0] }, [[1, 4, 2, 5, 3, 6]]],
    ['concat', [x, x], { axis: 1 }, [[1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6]]],
    ['stack', [vector('int64', 1, 2), vector('int64', 3, 4)], { axis: 1 }, [[1, 3, 2, 4]]],
    [
      'split',
      [x],
      { axis: 1, sizes: [1, 2] },
      [
        [1, 4],
        [2, 3, 5, 6],
      ],
    ],
    ['slice', [x], { starts: [-1], ends: [-9], axes: [1], steps: [-2] }, [[3, 1, 6, 4]]],
    ['gather', [x, vector('int64', -1, 0)], { axis: 1 }, [[3, 1, 6, 4]]],
    ['scatterNd', [vector('int64', 0, 0, 0), matrix('int64', 2, 2, 0), vector('int64', 7, 8)], {}, [[8, 0, 7]]],
    ['cumSum', [x], { axis: 1, exclusive: true }, [[0, 1, 3, 0, 4, 9]]],
    ['cumSum', [x], { axis: 0, reverse: true }, [[5, 7, 9, 4, 5, 6]]],
    ['reduceProd', [x], { axes: [1], keepDims: true }, [[6, 120]]],
    ['reduceMean', [vector('int32', 1, 2, 4)], {}, [[2]]],
    ['argMax', [vector('float32', 3, 5, 5)], { axis: 0 }, [[1]]],
    ['where', [vector('bool', 1, 0), vector('int64', 1, 2), vector('int64', 3, 4)], {}, [[1, 4]]],
    ['pad', [vector('int64', 1, 2)], { pads: [[1, 1]], value: 9 }, [[9, 1, 2, 9]]],
    [
      'topK',
      [vector('int64', 4, 9, 6)],
      { k: 2 },
      [
        [9, 6],
        [1, 2],
      ],
    ],
  ])('%s', (op, inputs, attributes, expected) => {
    expect(valuesOf(op, inputs, attributes)).toEqual(expected);
  });

  it('are undefined for ops that have none, and for many elements', () => {
    expect(evaluate('matmul', [x, x], { transposeRight: true })).toBeUndefined();
    const one = vector('float32', 1);
    expect(evaluate('expand', [one], { shape: [FOLD_LIMIT] })?.[0]?.data.length).toBe(FOLD_LIMIT);
    expect(evaluate('expand', [one], { shape: [FOLD_LIMIT + 1] })).toBeUndefined();
  });

  it('refuse an index outside the axis', () => {
    expect(() => valuesOf('gather', [x, vector('int64', 3)], { axis: 1 })).toThrow('index 3 is outside an axis of 3');
  });
});

describe('what an element type keeps', () => {
  it.each<[DType, number, number]>([
    ['int8', 128, -128],
    ['int8', -1.9, -1],
    ['uint8', -1, 255],
    ['uint2', 5, 1],
    ['int2', 2, -2],
    ['int32', 2 ** 31, -(2 ** 31)],
    ['int64', 2.7, 2],
    ['bool', -3, 1],
    ['bool', 0, 0],
    ['float32', 0.1, Math.fround(0.1)],
    ['float64', 0.1, 0.1],
  ])('%s of %f is %f', (dtype, value, kept) => {
    expect(rounded(value, dtype)).toBe(kept);
  });

  it('is what typed arrays keep', () => {
    const arrays = { int8: Int8Array, uint8: Uint8Array, int16: Int16Array, uint16: Uint16Array, int32: Int32Array };
    const types = fc.constantFrom(...(Object.keys(arrays) as (keyof typeof arrays)[]));
    fc.assert(
      fc.property(types, fc.integer({ min: -(2 ** 40), max: 2 ** 40 }), (dtype, value) => {
        expect(rounded(value, dtype)).toBe(arrays[dtype].of(value)[0]);
      }),
    );
  });

  it('holds for each result: quotients of integers have no fraction', () => {
    expect(valuesOf('div', [vector('int64', 7, -7), vector('int64', 2, 2)], { rounding: 'trunc' })).toEqual([[3, -3]]);
    expect(valuesOf('add', [vector('uint8', 200), vector('uint8', 100)])).toEqual([[44]]);
    expect(valuesOf('less', [vector('float32', 1, 2), vector('float32', 2, 1)])).toEqual([[1, 0]]);
  });
});
