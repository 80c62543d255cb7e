import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { calibrateEnergyFrom, energyWorkloads } from '../../../src/bench/calibrate/calibrate-energy.js';
import { microbenchmarks } from '../../../src/bench/calibrate/microbenchmarks.js';
import type { RuntimeSession } from '../../../src/bench/define-runtime.js';
import { runBenchmark } from '../../../src/bench/harness/run-benchmark.js';
import { createCsvMeter } from '../../../src/bench/power/csv.js';
import type { MeterSession } from '../../../src/bench/power/define-meter.js';
import { createRaplMeter } from '../../../src/bench/power/rapl.js';
import { analyze } from '../../../src/core/analysis/analyze.js';
import { ENERGY_CONSTANTS } from '../../../src/core/analysis/energy/calibrated.js';
import type { Graph } from '../../../src/core/ir/graph.js';
import { createRandom } from '../../../src/core/statistics/random.js';

/** The made-up device: what an operation, a byte and a second cost it, at work and at rest. */
const TRUTH = { joulesPerFlop: 30e-12, joulesPerByte: 400e-12, staticWatts: 20 };
const REST_WATTS = 12;
const CPU = { kind: 'cpu', name: 'made-up CPU' } as const;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'archmeter-energy-'));
  vi.useFakeTimers({ toFake: ['performance', 'Date', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

function workOf({ name }: Graph) {
  const graph = microbenchmarks().find((one) => one.name === name)?.counted as Graph;
  const { flops, readBytes, writeBytes } = analyze(graph, { execution: 'fused', dtype: 'float32' }).totals;
  const bytes = readBytes + writeBytes;
  const seconds = 2e-5 + Math.max(flops / 1e11, bytes / 2e10);
  const { joulesPerFlop, joulesPerByte, staticWatts } = TRUTH;
  return { seconds, joules: flops * joulesPerFlop + bytes * joulesPerByte + seconds * staticWatts };
}

/** Runs the harness on a machine whose virtual time the fake timers are, and whose power `draw` shows to a meter. */
async function calibrated(
  meter: () => Promise<MeterSession>,
  draw: (ms: number, watts: number) => void,
  noise: number,
  seed = 7,
) {
  const random = createRandom(seed);
  const pass = (ms: number, watts: number) => {
    vi.advanceTimersByTime(ms);
    draw(ms, watts);
  };
  pass(1000, REST_WATTS);
  const session: RuntimeSession = {
    runtime: { name: 'onnxruntime', details: {} },
    device: CPU,
    hasDeviceClock: false,
    async prepare(graph) {
      const work = workOf(graph);
      return {
        run: async () => [new Float32Array([1])],
        async time(iterations) {
          const seconds = iterations * work.seconds * Math.exp(noise * random.normal());
          pass(1e3 * seconds, (iterations * work.joules) / seconds);
          return { wallMs: 1e3 * seconds };
        },
        dispose: async () => undefined,
      };
    },
    flushCaches: async () => undefined,
    close: async () => undefined,
  };
  const workloads = energyWorkloads(microbenchmarks());
  const opened = await meter();
  const measurement = await runBenchmark(
    session,
    workloads.map(({ name, graph }) => ({ name, graph, batch: 1 })),
    { cold: false, precision: 0.05, minimumRounds: 5, copies: 1, timeBudgetSeconds: 10 },
    {
      now: () => performance.now(),
      sleep: async (ms) => pass(ms, REST_WATTS),
      meter: opened,
    },
  );
  await opened.close();
  return calibrateEnergyFrom(measurement, workloads);
}

describe('energy calibrated with a power meter', () => {
  it('finds the constants of a device from its RAPL counter, what it draws at rest included', async () => {
    const zone = join(folder, 'class/powercap/intel-rapl:0');
    mkdirSync(zone, { recursive: true });
    const range = 262_143_328_850;
    let joules = 262_000;
    const show = () => writeFileSync(join(zone, 'energy_uj'), `${Math.round(joules * 1e6) % range}\n`);
    writeFileSync(join(zone, 'name'), 'package-0\n');
    writeFileSync(join(zone, 'max_energy_range_uj'), `${range}\n`);
    show();
    const profile = await calibrated(
      () => createRaplMeter({ sysfs: folder }).open({ device: CPU }),
      (ms, watts) => {
        joules += (watts * ms) / 1e3;
        show();
      },
      0,
    );
    expect(profile).toMatchObject({ device: 'made-up CPU', execution: 'fused', precision: 'float32' });
    expect(profile.joulesPerFlop / TRUTH.joulesPerFlop).toBeCloseTo(1, 2);
    expect(profile.joulesPerByte / TRUTH.joulesPerByte).toBeCloseTo(1, 2);
    expect(profile.staticWatts / TRUTH.staticWatts).toBeCloseTo(1, 2);
    expect(profile.heldOut?.p90).toBeLessThan(0.01);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    "finds them from a watt-meter's log within 5 %% and within their ranges (seed %i)",
    async (seed) => {
      const file = join(folder, 'watts.csv');
      writeFileSync(file, 'timestamp,power_watts\n');
      const errors = createRandom(seed + 100);
      let [joules, sinceMs] = [0, 0];
      const profile = await calibrated(
        () => createCsvMeter({ patienceMs: 0 }).open({ device: CPU, argument: file }),
        (ms, watts) => {
          // A reading is the mean power since the one before, 1 % off.
          joules += (watts * ms) / 1e3;
          sinceMs += ms;
          if (sinceMs < 50) return;
          const shown = ((1e3 * joules) / sinceMs) * (1 + 0.01 * errors.normal());
          appendFileSync(file, `${Date.now()},${shown}\n`);
          [joules, sinceMs] = [0, 0];
        },
        0.02,
        seed,
      );
      for (const name of ENERGY_CONSTANTS) {
        expect([name, Math.abs(profile[name] / TRUTH[name] - 1) < 0.05]).toEqual([name, true]);
        const { low, high } = profile.ranges?.[name] ?? { low: Number.NaN, high: Number.NaN };
        // Ranges are of 95 %: twice as wide they hold the truth nearly always.
        const reach = (high - low) / 2;
        expect([name, Math.abs(profile[name] - TRUTH[name]) < 2 * reach]).toEqual([name, true]);
      }
      expect(profile.source).toContain('watt-meter log');
      expect(profile.heldOut?.p90).toBeLessThan(0.02);
    },
  );

  it('says why, where no energy could be measured', async () => {
    const silent: MeterSession = {
      name: 'silent',
      unavailable: 'the sensor is unplugged',
      method: { kind: 'counter', periodMs: 1, windowMs: 0, riseMs: 0, description: 'silent' },
      start: async () => undefined,
      stop: async () => ({ seconds: 1, joules: 0 }),
      close: async () => undefined,
    };
    await expect(
      calibrated(
        async () => silent,
        () => undefined,
        0,
      ),
    ).rejects.toThrow(/the energy of only 0 of 16 microbenchmarks could be measured \(the sensor is unplugged\)/);
  });
});
