import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arithmeticOf, build, errorOf, memoryAccessCost, shapesOf } from './sample-calls.js';

describe('matmul', () => {
  it.each([
    [
      [
        [3, 4],
        [4, 5],
      ],
      {},
      '3x5',
      60,
    ],
    [
      [
        [7, 1, 3, 4],
        [6, 4, 5],
      ],
      {},
      '7x6x3x5',
      7 * 6 * 60,
    ],
    [[[4], [4]], {}, 'scalar', 4],
    [[[4], [2, 4, 5]], {}, '2x5', 40],
    [[[2, 3, 4], [4]], {}, '2x3', 24],
    [
      [
        [2, 4, 3],
        [2, 5, 4],
      ],
      { transposeLeft: true, transposeRight: true },
      '2x3x5',
      120,
    ],
    [
      [
        [0, 3, 4],
        [4, 5],
      ],
      {},
      '0x3x5',
      0,
    ],
    [
      [
        [3, 0],
        [0, 5],
      ],
      {},
      '3x5',
      0,
    ],
  ])('of %j %j gives %s by %i multiply-adds', (inputs, attributes, shape, madds) => {
    expect(shapesOf('matmul', inputs, attributes)).toEqual([shape]);
    expect(arithmeticOf('matmul', inputs, attributes)).toEqual({ madds, flops: 2 * madds });
  });

  it('tells what does not fit', () => {
    expect(
      errorOf('matmul', [
        [3, 4],
        [5, 4],
      ]),
    ).toBe(
      'matmul of 3x4 and 5x4: the left has 4 columns, the right 5 rows. Transpose an operand, or give shapes whose inner sizes agree.',
    );
    expect(
      errorOf('matmul', [
        [2, 3, 4],
        [3, 4, 5],
      ]),
    ).toBe('shapes 2 and 3 do not broadcast.');
    expect(errorOf('matmul', [[], [3]])).toBe(
      'matmul takes tensors with at least one axis, not a scalar. Use mul for a scalar.',
    );
  });
});

describe('einsum', () => {
  it.each([
    [
      'ij,jk->ik',
      [
        [3, 4],
        [4, 5],
      ],
      '3x5',
      60,
      120,
    ],
    [
      'ij,jk',
      [
        [3, 4],
        [4, 5],
      ],
      '3x5',
      60,
      120,
    ],
    [
      '...ij,...jk',
      [
        [2, 7, 3, 4],
        [7, 4, 5],
      ],
      '2x7x3x5',
      840,
      1680,
    ],
    [
      'b...d,...d->b',
      [
        [2, 3, 4],
        [3, 4],
      ],
      '2',
      24,
      48,
    ],
    // Left to right: (2x3)(3x4) then (2x4)(4x5).
    [
      'ij,jk,kl->il',
      [
        [2, 3],
        [3, 4],
        [4, 5],
      ],
      '2x5',
      24 + 40,
      2 * 64,
    ],
    // Nothing is summed: products only.
    ['i,j->ij', [[3], [4]], '3x4', 0, 12],
    [
      'bi,bi->bi',
      [
        [2, 3],
        [2, 3],
      ],
      '2x3',
      0,
      6,
    ],
    // j and k each stand in one operand alone: summed before the product.
    [
      'ij,kl->il',
      [
        [3, 4],
        [5, 6],
      ],
      '3x6',
      0,
      18,
    ],
    [
      'ij,jk->i',
      [
        [3, 4],
        [4, 5],
      ],
      '3',
      12,
      24,
    ],
    ['ii->i', [[3, 3]], '3', 0, 0],
    ['ij->', [[3, 4]], 'scalar', 0, 0],
    [
      'ba,cb',
      [
        [2, 3],
        [4, 2],
      ],
      '3x4',
      24,
      48,
    ],
    [
      ' b i j , b j k -> b i k ',
      [
        [2, 3, 4],
        [1, 4, 5],
      ],
      '2x3x5',
      120,
      240,
    ],
    ['...->...', [[2, 3]], '2x3', 0, 0],
  ])('%s of %j gives %s', (equation, inputs, shape, madds, flops) => {
    expect(shapesOf('einsum', inputs, { equation })).toEqual([shape]);
    expect(arithmeticOf('einsum', inputs, { equation })).toEqual({ madds, flops });
  });

  it.each([
    ['ij,jk', [[3, 4]], "einsum 'ij,jk' names 2 operands, there are 1."],
    ['ij', [[3, 4, 5]], "einsum 'ij': 'ij' names 2 axes of an operand of shape 3x4x5."],
    [
      'ij,jk->ik',
      [
        [3, 4],
        [5, 6],
      ],
      "einsum 'ij,jk->ik' gives axis j the sizes 4 and 5.",
    ],
    ['ij->ik', [[3, 4]], "einsum 'ij->ik' has axis k only in its output."],
    ['ij->ii', [[3, 4]], "einsum 'ij->ii' names an axis of its output twice."],
    ['i->j->k', [[3]], "'i->j->k' is not an einsum equation. Write one like 'bij,bjk->bik'."],
    ['i.j', [[3]], "'i.j' is not an einsum equation. Write one like 'bij,bjk->bik'."],
    ['i1', [[3, 4]], "'i1' is not an einsum equation. Write one like 'bij,bjk->bik'."],
  ])('%s of %j is refused', (equation, inputs, message) => {
    expect(errorOf('einsum', inputs, { equation })).toBe(message);
  });

  it('counts a random pair as the product of the sizes of all axes, where each axis is shared or kept', () => {
    const sizes = fc.array(fc.integer({ min: 2, max: 6 }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(
        sizes,
        fc.shuffledSubarray(['b', 'i', 'k'], { minLength: 3 }),
        ([b = 2, i = 2, j = 2, k = 2], order) => {
          const inputs = [
            [b, i, j],
            [j, b, k],
          ];
          const equation = `bij,jbk->${order.join('')}`;
          expect(arithmeticOf('einsum', inputs, { equation }).madds).toBe(b * i * j * k);
        },
      ),
    );
  });
});

describe('attention', () => {
  it('counts scores and weighted sums of ViT-B', () => {
    const head = [1, 12, 197, 64];
    const scores = 12 * 197 * 197;
    expect(arithmeticOf('attention', [head, head, head])).toEqual({
      madds: scores * 128,
      flops: 2 * scores * 128 + 6 * scores - 2 * 12 * 197,
    });
  });

  it('shares keys and values among query heads, and counts a causal mask in full', () => {
    const query = [2, 32, 10, 64];
    const key = [2, 8, 10, 64];
    const plain = build('attention', { inputs: [query, key, key] });
    const causal = build('attention', { inputs: [query, key, key], attributes: { causal: true } });
    expect(plain.op.arithmetic(plain.call).madds).toBe(2 * 32 * 10 * 10 * 128);
    expect(causal.op.arithmetic(causal.call)).toEqual(plain.op.arithmetic(plain.call));
    expect(memoryAccessCost(plain)).toBe(2 * (2 * 32 * 10 * 64) + 2 * (2 * 8 * 10 * 64));
  });

  it('reads a cache of keys and values beside the new ones', () => {
    const [query, key] = [
      [1, 32, 1, 128],
      [1, 8, 1, 128],
    ];
    const step = build('attention', { inputs: [query, key, key], attributes: { cacheLength: 1023 } });
    const full = build('attention', { inputs: [query, [1, 8, 1024, 128], [1, 8, 1024, 128]] });
    expect(step.op.arithmetic(step.call)).toEqual(full.op.arithmetic(full.call));
    expect(memoryAccessCost(step)).toBe(memoryAccessCost(full));
  });

  it('adds an operation per score for the mask, three for the cap', () => {
    const head = [1, 2, 5, 8];
    const flops = (mask: number[][], attributes = {}) =>
      arithmeticOf('attention', [head, head, head, ...mask], attributes).flops;
    expect(flops([[5, 5]]) - flops([])).toBe(2 * 25);
    expect(flops([], { softCap: 30 }) - flops([])).toBe(3 * 2 * 25);
  });

  it('tells what does not fit', () => {
    const q = [1, 6, 5, 8];
    const shown = (k: string, v = k) => `(query 1x6x5x8, key ${k}, value ${v})`;
    expect(errorOf('attention', [q, [1, 4, 5, 8], [1, 4, 5, 8]])).toBe(
      '4 key or value heads do not divide 6 query heads. Give a number of key and value heads that divides the query heads.',
    );
    expect(errorOf('attention', [q, [1, 6, 5, 7], [1, 6, 5, 7]])).toBe(
      `queries have 8 features, keys 7 ${shown('1x6x5x7')}.`,
    );
    expect(errorOf('attention', [q, [1, 6, 4, 8], [1, 6, 5, 8]])).toBe(
      `there are 4 keys for 5 values ${shown('1x6x4x8', '1x6x5x8')}.`,
    );
    expect(errorOf('attention', [q, [5, 8], [5, 8]])).toBe(
      'attention needs operands of equal rank, at least 2, not query 1x6x5x8, key 5x8, value 5x8.',
    );
    expect(errorOf('attention', [q, [2, 6, 5, 8], [2, 6, 5, 8]])).toBe(
      'batch axes differ in query 1x6x5x8, key 2x6x5x8, value 2x6x5x8.',
    );
    expect(errorOf('attention', [q, q, q, [3, 5]])).toBe('shapes 1x6x5x5 and 3x5 do not broadcast.');
    expect(errorOf('attention', [q, q, q, [2, 6, 5, 5]])).toBe(
      'a mask of shape 2x6x5x5 does not fit scores of shape 1x6x5x5.',
    );
  });
});
