import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Front } from '../../../src/core/sweep/front.js';

const points = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 12 })),
  {
    maxLength: 80,
  },
);

describe('Front', () => {
  it('is what brute force finds, of equal points the first', () => {
    fc.assert(
      fc.property(points, (all) => {
        const front = new Front(['min', 'max', 'min']);
        all.forEach((point, i) => {
          front.offer(i, point);
        });
        const costs = all.map(([a, b, c]) => [a, -b, c]);
        const beats = (a: number[], b: number[]) =>
          a.every((v, i) => v <= (b[i] as number)) && a.some((v, i) => v < (b[i] as number));
        const same = (a: number[], b: number[]) => a.every((v, i) => v === b[i]);
        const expected = costs.flatMap((cost, i) =>
          costs.some((other, j) => beats(other, cost) || (j < i && same(other, cost))) ? [] : [i],
        );
        expect(
          front
            .sorted()
            .map(({ index }) => index)
            .sort((a, b) => a - b),
        ).toEqual(expected);
      }),
    );
  });

  it('does not depend on the order of points', () => {
    fc.assert(
      fc.property(points, fc.integer(), (all, seed) => {
        const shuffled = all
          .map((point, i) => ({ point, i }))
          .sort((a, b) => ((a.i * 7919 + seed) % 101) - ((b.i * 7919 + seed) % 101));
        const [one, two] = [new Front(['min', 'min', 'min']), new Front(['min', 'min', 'min'])];
        all.forEach((point, i) => {
          one.offer(i, point);
        });
        for (const { point, i } of shuffled) two.offer(i, point);
        expect(two.sorted()).toEqual(one.sorted());
      }),
    );
  });

  it('leaves out what has no figure', () => {
    const front = new Front(['min']);
    front.offer(0, [Number.NaN]);
    expect(front.size).toBe(0);
  });
});
