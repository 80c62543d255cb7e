import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { Designs, readSpace, SpaceRun, specChain } from '../../../src/core/sweep/index.js';

/** Parameters and multiply-adds of one edge over the 15 cells (3 stages of 5): k²C² + 2C, k²C²·H·W. */
const edge = (kernel: number) =>
  [16, 32, 64].reduce(
    ({ params, madds }, channels) => {
      const weights = kernel ** 2 * channels ** 2;
      return { params: params + 5 * (weights + 2 * channels), madds: madds + 5 * weights * (512 / channels) ** 2 };
    },
    { params: 0, madds: 0 },
  );

describe('NAS-Bench-201', { timeout: 600_000 }, () => {
  it('has 15,625 cells of exactly the published params and FLOPs', async () => {
    const file = 'fixtures/spaces/nas-bench-201.yaml';
    const space = readSpace(await readFile(file, 'utf8'), file);
    const spec = 'fixtures/spaces/nas-bench-201.spec.yaml';
    const names = space.parameters.map(({ name }) => name);
    const run = new SpaceRun(space, await specChain(await readFile(spec, 'utf8'), spec, names), {
      devices: [],
      precision: 'float32',
    });
    const [one, three] = [edge(1), edge(3)];
    let [least, most] = [
      { params: Infinity, madds: Infinity },
      { params: 0, madds: 0 },
    ];
    for (const { rows, parameters, figures } of run.walk(0, new Designs(space.parameters).size)) {
      for (let row = 0; row < rows; row++) {
        const count = (operation: string) => names.filter((name) => parameters[name]?.[row] === operation).length;
        const [ones, threes] = [count('conv1x1'), count('conv3x3')];
        const [params, madds] = [figures['params']?.[row] as number, figures['madds']?.[row] as number];
        expect(params).toBe(73_306 + ones * one.params + threes * three.params);
        expect(madds).toBe(7_783_040 + ones * one.madds + threes * three.madds);
        least = { params: Math.min(least.params, params), madds: Math.min(least.madds, madds) };
        most = { params: Math.max(most.params, params), madds: Math.max(most.madds, madds) };
      }
    }
    expect(run.counts.designs).toBe(15_625);
    // The benchmark's tables for CIFAR-10: 0.073306 to 1.531546 M params and 7.78305 to 220.11969 M FLOPs, which are
    // multiply-adds and the classifier's 10 additions of a bias.
    expect([least.params, most.params]).toEqual([73_306, 1_531_546]);
    expect([least.madds + 10, most.madds + 10]).toEqual([7_783_050, 220_119_690]);
  });
});
