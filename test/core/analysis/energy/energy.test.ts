import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findDevice } from '../../../../src/core/analysis/devices/index.js';
import {
  calibratedEnergy,
  calibrateEnergy,
  ENERGY_CONSTANTS,
  HOROWITZ_45NM,
  JOUPPI_7NM,
  literatureEnergy,
  nearestTable,
  unseparated,
} from '../../../../src/core/analysis/energy/index.js';
import { estimateLatency } from '../../../../src/core/analysis/latency/index.js';
import { GraphBuilder } from '../../../../src/core/graph/builder.js';
import { createRandom } from '../../../../src/core/statistics/random.js';
import { buildModel } from '../../../../src/core/zoo/index.js';

const MADE_UP = {
  device: 'made-up',
  runtime: 'made-up',
  precision: 'float32',
  execution: 'fused',
  source: 'test',
} as const;

const runs = [
  ['a', 1e9, 1e8, 0.01],
  ['a', 2e9, 1e8, 0.02],
  ['b', 5e9, 4e8, 0.03],
  ['c', 1e9, 9e8, 0.05],
  ['d', 7e9, 2e8, 0.02],
] as const;
const observations = runs.map(([model, flops, bytes, seconds]) => ({
  model,
  flops,
  bytes,
  seconds,
  joules: flops * 2e-11 + bytes * 3e-10 + seconds * 40,
}));

describe('energy from the literature', () => {
  it('is multiply-adds and bytes at their published energies', () => {
    const builder = new GraphBuilder('one');
    const y = builder.add('linear', [builder.input('x', [2, 100])], { outFeatures: 50, bias: false });
    const energy = literatureEnergy(builder.finish([y]), { table: HOROWITZ_45NM });
    const bytes = 4 * (2 * 100 + 100 * 50 + 2 * 50);
    expect(energy.computeJoules).toBeCloseTo((2 * 100 * 50 * 4.6e-12) / 2, 18);
    expect(energy.energyLowJoules - energy.computeJoules).toBeCloseTo((bytes * (162.5 + 12.5) * 1e-12) / 2, 18);
    expect(energy.energyHighJoules - energy.computeJoules).toBeCloseTo((bytes * (325 + 12.5) * 1e-12) / 2, 18);
    expect(energy.staticJoules).toBe(0);
    expect(energy.mode).toBe('literature');
  });

  it('takes the nearest process', () => {
    expect(nearestTable(28)).toBe(HOROWITZ_45NM);
    expect(nearestTable(8)).toBe(JOUPPI_7NM);
    expect(nearestTable(null)).toBe(JOUPPI_7NM);
  });
});

describe('energy published by the VoVNet paper', () => {
  it('of the six backbones of Table 4 ranks as the literature estimate does', async () => {
    const { columns, rows } = JSON.parse(readFileSync('fixtures/published/vovnet-table4.json', 'utf8')) as {
      columns: string[];
      rows: (string | number)[][];
    };
    const names = rows.map(([backbone]) => String(backbone));
    const published = new Map(rows.map((row) => [String(row[0]), Number(row[columns.indexOf('J_per_img')])]));
    const device = await findDevice('titan-x-pascal');
    const estimates = new Map<string, number>();
    for (const name of names) {
      const graph = await buildModel(name.toLowerCase().replace('-', ''), { resolution: 320 });
      estimates.set(name, literatureEnergy(graph, { device, execution: 'eager' }).energyJoules);
    }
    const order = (by: ReadonlyMap<string, number>) =>
      [...names].sort((a, b) => (by.get(a) as number) - (by.get(b) as number));
    expect(order(estimates)).toEqual(order(published));
  });
});

describe('calibrated energy', () => {
  it('finds the constants that made the runs', () => {
    const profile = calibrateEnergy(observations, MADE_UP);
    expect(profile.joulesPerFlop).toBeCloseTo(2e-11, 15);
    expect(profile.joulesPerByte).toBeCloseTo(3e-10, 14);
    expect(profile.staticWatts).toBeCloseTo(40, 6);
    expect(profile.heldOut?.median).toBeLessThan(1e-6);
  });

  it('has no held-out error where one model alone was measured', () => {
    expect(calibrateEnergy(observations.slice(0, 2), MADE_UP).heldOut).toBeNull();
  });

  describe('with ranges', () => {
    const truth = { joulesPerFlop: 2e-11, joulesPerByte: 3e-10, staticWatts: 40 };
    /** Kernels that compute, that move bytes and that only start, their energies off by so much. */
    const measured = (noise: number, seed: number, bound: 'mixed' | 'operations') => {
      const random = createRandom(seed);
      return Array.from({ length: 16 }, (_, i) => {
        const kind = bound === 'operations' ? 0 : i % 3;
        const [flops, bytes] = [kind === 0 ? 1e9 * (1 + i) : 1e5, kind === 1 ? 1e8 * (1 + i) : 1e4];
        const seconds = 2e-5 + Math.max(flops / 1e12, bytes / 5e10);
        const { joulesPerFlop, joulesPerByte, staticWatts } = truth;
        const joules = flops * joulesPerFlop + bytes * joulesPerByte + seconds * staticWatts;
        return { model: `${i}`, flops, bytes, seconds, joules: joules * Math.exp(noise * random.normal()) };
      });
    };

    it('that hold the constants as often as they say', () => {
      let held = 0;
      const trials = 200;
      for (let seed = 1; seed <= trials; seed++) {
        const { ranges } = calibrateEnergy(measured(0.03, seed, 'mixed'), MADE_UP);
        for (const name of ENERGY_CONSTANTS) {
          const { low, high } = ranges?.[name] ?? { low: Number.NaN, high: Number.NaN };
          if (low <= truth[name] && truth[name] <= high) held++;
        }
      }
      expect(held / (3 * trials)).toBeGreaterThan(0.92);
      expect(held / (3 * trials)).toBeLessThan(0.99);
    });

    it('says what runs of one kind cannot tell apart', async () => {
      // Operations and time go together: either explains the energy.
      const profile = calibrateEnergy(measured(0.03, 3, 'operations'), MADE_UP);
      expect(unseparated(profile)).toContain('joulesPerFlop');
      const latency = estimateLatency(await buildModel('squeezenet1-1'), { device: await findDevice('rtx-4090') });
      const { note } = calibratedEnergy(await buildModel('squeezenet1-1'), profile, latency);
      expect(note).toMatch(/The runs do not tell the energy of operations.* apart from the rest: parts are less sure/);
      expect(unseparated(calibrateEnergy(measured(0.03, 3, 'mixed'), MADE_UP))).toEqual([]);
    });

    it('has none where there are no more workloads than constants', () => {
      expect(calibrateEnergy(observations.slice(0, 4), MADE_UP)).not.toHaveProperty('ranges');
    });
  });

  it('splits an image into compute, memory and static, layer by layer', async () => {
    const graph = await buildModel('squeezenet1-1', { batch: 4 });
    const latency = estimateLatency(graph, { device: await findDevice('rtx-4090') });
    const energy = calibratedEnergy(graph, calibrateEnergy(observations, MADE_UP), latency);
    expect(energy.staticJoules).toBeCloseTo((40 * latency.latencyMs) / 1e3 / 4, 6);
    expect(energy.computeJoules + energy.memoryJoules + energy.staticJoules).toBeCloseTo(energy.energyJoules, 9);
    expect(energy.layers.reduce((sum, layer) => sum + layer.energyJoules, 0)).toBeCloseTo(energy.energyJoules, 9);
  });
});
