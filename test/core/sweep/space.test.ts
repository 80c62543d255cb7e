import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCondition } from '../../../src/core/sweep/condition.js';
import { Designs } from '../../../src/core/sweep/designs.js';
import { rangeValues } from '../../../src/core/sweep/domain.js';
import { createSampler } from '../../../src/core/sweep/sampling.js';
import { sobol } from '../../../src/core/sweep/sobol.js';
import { readSpace } from '../../../src/core/sweep/space.js';

const SCIPY_5 = [
  0.875, 0.875, 0.125, 0.375, 0.875, 0.625, 0.875, 0.375, 0.375, 0.125, 0.375, 0.875, 0.875, 0.125, 0.875, 0.375, 0.875,
  0.375, 0.375, 0.625, 0.625,
];
const SCIPY_100 = [
  0.4140625, 0.2578125, 0.7734375, 0.7265625, 0.8828125, 0.7421875, 0.0234375, 0.4765625, 0.6328125, 0.6953125,
  0.4609375, 0.6796875, 0.4765625, 0.8515625, 0.3203125, 0.4921875, 0.6796875, 0.7421875, 0.8359375, 0.3359375,
  0.7578125,
];

const SPACE = `
schema: archmeter/space@1
family: regnet
parameters:
  depth: { from: 12, to: 16, step: 2 }
  squeeze: [false, true]
  ratio: { values: [4, 8], when: squeeze == true }
constraints: [madds <= 600e6]
objectives: { estimatedLatencyMs_rtx_4090: min, depth: max }
devices: [rtx-4090]
`;

describe('space files', () => {
  it('are read', () => {
    const space = readSpace(SPACE, 'space.yaml');
    expect(space.name).toBe('space');
    expect(space.model).toMatchObject({ kind: 'family', family: 'regnet', variant: undefined });
    expect(space.parameters.map(({ name, values }) => [name, values])).toEqual([
      ['depth', [12, 14, 16]],
      ['squeeze', [false, true]],
      ['ratio', [4, 8]],
    ]);
    expect(space.objectives).toEqual([
      { name: 'estimatedLatencyMs_rtx_4090', direction: 'min' },
      { name: 'depth', direction: 'max' },
    ]);
  });

  it.each([
    ['depth: {', 'depht: {', undefined],
    ['family: regnet', 'famly: regnet', "space.yaml:3:1: unknown key 'famly'. Did you mean 'family'?"],
    ['step: 2', 'stepp: 2', "space.yaml:5:30: unknown key 'stepp'. Did you mean 'step'?"],
    [
      'madds <= 600e6',
      'madd <= 600e6',
      "space.yaml:8:15: no parameter or figure is named 'madd'. Did you mean 'madds'?",
    ],
    [
      'madds <= 600e6',
      'madds',
      "space.yaml:8:15: 'madds' is no comparison. Write e.g. 'madds <= 600e6' or 'width3 >= width2'.",
    ],
    ['to: 16', 'to: 1', "space.yaml:5:10: the range from 12 to 1 is empty. Give 'to' no less than 'from'."],
    ['[4, 8]', '[4, 4]', "space.yaml:7:24: parameter 'ratio' lists 4 twice. Leave one out."],
    ['depth: max', 'depth: up', "space.yaml:9:56: objective 'depth' is 'up'. Write 'min' or 'max'."],
    [
      'when: squeeze == true',
      'when: squeze > 1',
      "space.yaml:7:34: no parameter or figure is named 'squeze'. Did you mean 'squeeze'?",
    ],
  ])('name what is wrong with %s written as %s', (right, wrong, message) => {
    const read = () => readSpace(SPACE.replace(right, wrong), 'space.yaml');
    if (message === undefined) expect(read).toThrow(/no parameter or figure is named 'depth'/);
    else expect(read).toThrow(message);
  });
});

describe('domains', () => {
  it('are linear, logarithmic and rounded', () => {
    expect(rangeValues({ from: 0, to: 1, step: 0.25 })).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(rangeValues({ from: 0.1, to: 0.3, step: 0.1 })).toEqual([0.1, 0.2, 0.3]);
    expect(rangeValues({ from: 1, to: 100, points: 3, scale: 'log' })).toEqual([1, 10, 100]);
    expect(rangeValues({ from: 10, to: 30, points: 5, round: 8 })).toEqual([8, 16, 24, 32]);
    expect(() => rangeValues({ from: 0, to: 8, points: 3, scale: 'log' })).toThrow(
      'a logarithmic range cannot start at 0',
    );
  });
});

describe('conditions', () => {
  it('compare arithmetic and words', () => {
    expect(readCondition('a * 2 >= b + 1').holds({ a: 2, b: 3 })).toBe(true);
    expect(readCondition('a < 1e3').holds({ a: 1000 })).toBe(false);
    expect(readCondition('kind == relu').holds({ kind: 'relu' })).toBe(true);
    expect(readCondition('kind != "relu"').holds({ kind: 'relu' })).toBe(false);
    expect(readCondition('on == true').holds({ on: true })).toBe(true);
    expect(() => readCondition('kind < 3').holds({ kind: 'relu' })).toThrow('not a number');
  });
});

describe('designs', () => {
  const { parameters } = readSpace(SPACE, 'space.yaml');
  const designs = new Designs(parameters);

  it('are counted in mixed radix, what does not apply left out', () => {
    expect(designs.size).toBe(12);
    const all = Array.from({ length: 12 }, (_, i) => designs.valuesOf(i)).filter((values) => values !== undefined);
    // For each depth: without squeeze one design, with it two.
    expect(all.length).toBe(9);
    expect(all[0]).toEqual({ depth: 12, squeeze: false, ratio: 4 });
    expect(all[8]).toEqual({ depth: 16, squeeze: true, ratio: 8 });
  });

  it('skip from a number of no design to the next that may be one', () => {
    expect(designs.valuesOf(1)).toBeUndefined();
    expect(designs.skip(1, 2)).toBe(2);
  });

  it('have numbers that decode and encode', () => {
    const large = new Designs(
      Array.from({ length: 9 }, (_, i) => ({
        name: `p${i}`,
        values: Array.from({ length: 10 }, (__, v) => v),
        otherwise: 0,
      })),
    );
    expect(large.size).toBe(1e9);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 - 1 }), (index) => {
        const digits = new Int32Array(9);
        large.decode(index, digits);
        expect(large.encode(digits)).toBe(index);
        expect(Number([...digits].join(''))).toBe(index);
      }),
    );
  });

  it('are drawn by seed and number alone', () => {
    for (const method of ['random', 'sobol'] as const) {
      const draw = (seed: number) => {
        const sampler = createSampler(designs, { method, count: 10, seed });
        return Array.from({ length: 10 }, (_, at) => designs.encode(sampler(at, 0)));
      };
      expect(draw(1)).toEqual(draw(1));
      expect(draw(1)).not.toEqual(draw(2));
      expect(draw(3).every((index) => designs.valuesOf(index) !== undefined)).toBe(true);
    }
  });
});

describe('Sobol points', () => {
  it('are those of scipy.stats.qmc.Sobol(21, scramble=False)', () => {
    const point = sobol(21, 0);
    expect([...point(1)]).toEqual(new Array(21).fill(0.5));
    expect([...point(5)]).toEqual(SCIPY_5);
    expect([...point(100)]).toEqual(SCIPY_100);
  });

  it('fill every half, quarter and eighth of each axis evenly', () => {
    const point = sobol(21, 7);
    for (let axis = 0; axis < 21; axis++) {
      const counts = new Array(8).fill(0);
      for (let at = 0; at < 64; at++) counts[Math.floor((point(at)[axis] as number) * 8)]++;
      expect(counts).toEqual(new Array(8).fill(8));
    }
  });
});
