import { describe, expect, it } from 'vitest';
import type { RuntimeSession } from '../../../src/bench/define-runtime.js';
import type { BenchmarkArm } from '../../../src/bench/harness/options.js';
import { runBenchmark } from '../../../src/bench/harness/run-benchmark.js';
import type { Progress } from '../../../src/bench/progress.js';
import type { Value } from '../../../src/core/ir/graph.js';
import type { Measurement } from '../../../src/core/measurement.js';
import { QUIET, type SyntheticMachine, syntheticArm, syntheticMachine } from '../simulation/synthetic-runtime.js';
import { arm, CALM, measure, schemaErrors, withFault } from './helpers.js';

describe('a benchmark', () => {
  it('finds the true times and ratios, whatever a call costs by itself', async () => {
    for (const overheadMs of [0, 0.05, 2]) {
      const result = await measure({ seed: 2, noise: { ...CALM, overheadMs } });
      expect(schemaErrors(result)).toEqual([]);
      const { wall, status } = arm(result, 'a');
      expect(status).toBe('ok');
      expect(Math.abs((wall?.hot.medianMs ?? 0) / 5 - 1)).toBeLessThan(0.005);
      const [comparison] = result.comparisons;
      expect(comparison).toMatchObject({ name: 'b', baseline: 'a', verdict: 'slower' });
      expect(Math.abs((comparison?.ratio ?? 0) / 1.1 - 1)).toBeLessThan(0.004);
      expect(comparison?.low).toBeLessThan(1.1);
      expect(comparison?.high).toBeGreaterThan(1.1);
    }
  });

  it('preheats short runs of large weights, and takes one sample of each arm and visit', async () => {
    const weighty = (name: string, trueMs: number): BenchmarkArm => {
      const plain = syntheticArm(name, trueMs);
      const weights = { ...plain.graph.values[0], id: 2, kind: 'parameter', shape: [2 ** 20] } as Value;
      return { ...plain, graph: { ...plain.graph, values: [...plain.graph.values, weights] } };
    };
    // 4 MiB at 10 GB/s take 0.42 ms.
    for (const [trueMs, preheated] of [
      [20, true],
      [200, false],
    ] as const) {
      let calls = 0;
      const { session, now } = syntheticMachine(CALM, 1);
      const counted: RuntimeSession = {
        ...session,
        async prepare(graph, seed) {
          const copy = await session.prepare(graph, seed);
          return { ...copy, time: (iterations) => copy.time(iterations + 0 * calls++) };
        },
      };
      const options = { timeBudgetSeconds: 60, cold: false, maximumRounds: 10, copies: 1 };
      const result = await runBenchmark(counted, [weighty('a', trueMs)], options, { now });
      const hot = arm(result, 'a').raw?.filter(({ phase }) => phase === 'hot').length ?? 0;
      const timed = result.arms.flatMap(({ raw }) => raw ?? []).length;
      expect([trueMs, hot]).toEqual([trueMs, 20]);
      // The empty model's 136 calls aside.
      expect([trueMs, calls - 136 - timed]).toEqual([trueMs, preheated ? 20 : 0]);
    }
  });

  it('prepares every arm anew several times and states how far copies of one stand apart', async () => {
    const { control, arms, comparisons, settings } = await measure({ noise: { ...CALM, layout: 0.005 } });
    expect(arms.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(settings.copies).toBe(8);
    expect(arm({ arms } as Measurement, 'a').wall?.hot.copiesMs).toHaveLength(8);
    expect(comparisons[0]?.copies).toBe(8);
    expect(control?.copies).toBe(8);
    expect(control?.deviation).toBeGreaterThan(0.002);
    expect(control?.deviation).toBeLessThan(0.012);
    // Student's t at 7 degrees of freedom.
    expect(Math.log(control?.floor ?? 0)).toBeCloseTo(2.3646 * (control?.deviation ?? 0) * Math.sqrt(2 / 8), 5);
  });

  it('starts the runtime anew before each copy where it can, with nothing of the last still open', async () => {
    let open = 0;
    const openAtStart: number[] = [];
    const { settings } = await measure({
      session: (session) => ({
        ...session,
        async renew() {
          openAtStart.push(open);
        },
        async prepare(graph, seed) {
          open++;
          const copy = await session.prepare(graph, seed);
          return {
            ...copy,
            dispose: async () => {
              open--;
            },
          };
        },
      }),
    });
    expect(openAtStart).toEqual(Array.from({ length: settings.copies ?? 0 }, () => 0));
    expect(open).toBe(0);
  });

  it('fails all arms where the runtime does not start anew', async () => {
    const { arms } = await measure({
      session: (session) => ({ ...session, renew: () => Promise.reject(new Error('no memory')) }),
    });
    expect(arms.map(({ message }) => message)).toEqual([
      "the runtime threw while preparing 'a': no memory",
      "the runtime threw while preparing 'b': no memory",
    ]);
  });

  it('takes each model to differ by its heap unless the runtime starts anew for each copy', async () => {
    // In one heap every copy is off alike, and no interval over copies can know.
    const noise = { ...CALM, heap: 0.02 };
    const held = async (renews: boolean): Promise<number> => {
      let count = 0;
      for (let seed = 1; seed <= 12; seed++) {
        const { comparisons } = await measure({
          noise,
          seed,
          arms: { a: 5, b: 5 },
          session: ({ renew, ...session }) => (renews && renew !== undefined ? { ...session, renew } : session),
        });
        const { low = Number.NaN, high = Number.NaN } = comparisons[0] ?? {};
        if (low <= 1 && high >= 1) count++;
      }
      return count;
    };
    expect(await held(true)).toBeGreaterThanOrEqual(11);
    expect(await held(false)).toBeLessThanOrEqual(6);
  });

  it('takes as many copies as the time budget holds, and says where they are few', async () => {
    const slow = (session: RuntimeSession, machine: SyntheticMachine): RuntimeSession => ({
      ...session,
      async prepare(graph, seed) {
        if (graph.name !== 'archmeter-empty') machine.pass(2500);
        return session.prepare(graph, seed);
      },
    });
    const result = await measure({ session: slow, options: { timeBudgetSeconds: 20 } });
    expect(result.settings.copies).toBe(3);
    expect(result.settings.elapsedSeconds).toBeLessThan(24);
    expect(result.warnings.find(({ id }) => id === 'few-copies')?.text).toBe(
      'each model was prepared 3 times only. What differs from copy to copy is hardly known: intervals are wide. Give more time (--time-budget).',
    );
    const one = await measure({ session: slow, options: { timeBudgetSeconds: 8 } });
    expect(one.settings.copies).toBe(1);
    expect(one.comparisons[0]).not.toHaveProperty('low');
    expect(one.comparisons[0]?.verdict).toBe('inconclusive');
    expect(one.control).toBeUndefined();
    expect(schemaErrors(one)).toEqual([]);
  });

  it('gives no interval from fewer than 6 samples of one copy', async () => {
    for (const [maximumRounds, known] of [
      [2, false],
      [3, true],
    ] as const) {
      const result = await measure({ options: { maximumRounds, copies: 1 } });
      expect(arm(result, 'a').wall?.hot.samplesMs).toHaveLength(2 * maximumRounds);
      expect(arm(result, 'a').wall?.hot.lowMs !== undefined).toBe(known);
      expect(schemaErrors(result)).toEqual([]);
    }
  });

  it('is the same for the same seed', async () => {
    const first = await measure({ options: { seed: 4 } });
    const second = await measure({ options: { seed: 4 } });
    expect({ ...second, startedAt: '' }).toEqual({ ...first, startedAt: '' });
    expect((await measure({ options: { seed: 5 } })).arms).not.toEqual(first.arms);
  });

  it('stops at the precision, or at the time budget, and says which', async () => {
    const precise = await measure();
    expect(precise.settings.stoppedBy).toBe('precision');
    expect(precise.settings.elapsedSeconds).toBeLessThan(10);
    for (const { wall } of precise.arms) {
      const { lowMs = 0, highMs = 1, medianMs = 1 } = wall?.hot ?? {};
      expect((highMs - lowMs) / 2 / medianMs).toBeLessThan(0.006);
    }
    const noisy = await measure({ noise: { ...CALM, jitter: 0.5 }, options: { timeBudgetSeconds: 5 } });
    expect(noisy.settings.stoppedBy).toBe('time-budget');
    expect(noisy.settings.elapsedSeconds).toBeLessThan(5.5);
    expect(noisy.warnings.map(({ id }) => id)).toContain('imprecise');
  });

  it('goes on for longer where more precision is asked for', async () => {
    const noise = { ...CALM, jitter: 0.03 };
    const options = { timeBudgetSeconds: 60 };
    const coarse = await measure({ noise, options: { ...options, precision: 0.05, tolerance: 0.1 } });
    const fine = await measure({ noise, options: { ...options, precision: 0.003 } });
    expect(fine.settings.rounds).toBeGreaterThan(2 * coarse.settings.rounds);
  });

  it('times one copy more than the precision asks for', async () => {
    for (const [copies, timed] of [
      [8, 5],
      [4, 4],
    ] as const) {
      const { settings } = await measure({ noise: { ...CALM, jitter: 0.001 }, options: { copies } });
      expect(settings).toMatchObject({ stoppedBy: 'precision', copies: timed });
    }
  });

  it('times identical arms by as many runs a sample, whatever interrupted the first of them', async () => {
    // Ten runs are what makes the fixed cost of a call negligible; a plan by the first calls alone holds four.
    let calls = 0;
    const result = await measure({
      arms: { a: 4, b: 4.0001 },
      noise: { ...CALM, jitter: 0.001 },
      session: (session) =>
        withFault(session, 4.0001, (copy) => ({
          time: async (iterations) => {
            const { wallMs } = await copy.time(iterations);
            return { wallMs: calls++ < 2 ? 2.5 * wallMs : wallMs };
          },
        })),
    });
    const [a, b] = result.arms.map(({ method }) => method?.iterations);
    expect(a).toBeGreaterThanOrEqual(10);
    expect(b).toBe(a);
  });

  it('does not take the fixed cost of a call for a difference of arms that hold more or fewer runs a sample', async () => {
    const { comparisons } = await measure({
      arms: { a: 4, b: 40 },
      noise: { ...CALM, jitter: 1e-5, overheadMs: 0.04 },
    });
    expect(comparisons[0]?.ratio).toBeCloseTo(10, 3);
  });

  it('prepares each arm as often first as last', async () => {
    const order: string[] = [];
    await measure({
      noise: { ...CALM, layout: 0.005 },
      session: (session) => ({
        ...session,
        prepare(graph, seed) {
          if (graph.name !== 'archmeter-empty') order.push(graph.name);
          return session.prepare(graph, seed);
        },
      }),
    });
    const first = order.filter((_, i) => i % 2 === 0);
    expect(first).toHaveLength(8);
    expect(first.filter((name) => name === 'true 5 ms')).toHaveLength(4);
  });

  it('keeps every raw sample', async () => {
    const result = await measure();
    const { raw = [], wall, method } = arm(result, 'a');
    const hot = raw.filter(({ phase }) => phase === 'hot');
    expect(hot.length).toBe((wall?.hot.samplesMs.length ?? 0) * (method?.reduction === 'single' ? 1 : 2));
    expect(raw.some(({ phase }) => phase === 'warm-up')).toBe(true);
    expect(new Set(hot.map(({ round }) => round)).size).toBe(result.settings.rounds);
  });

  it('waits until the model is warm', async () => {
    const noise = { ...CALM, warmUpExtra: 3, warmUpRuns: 15 };
    const { wall, method } = arm(await measure({ noise }), 'a');
    expect(method?.warmUpFlat).toBe(true);
    expect(Math.abs((wall?.hot.medianMs ?? 0) / 5 - 1)).toBeLessThan(0.01);
    const [first = 0] = wall?.hot.samplesMs ?? [];
    expect(first / 5).toBeLessThan(1.1);
  });

  it('says so where the model never gets warm', async () => {
    const noise = { ...CALM, warmUpExtra: 3, warmUpRuns: 600 };
    const result = await measure({ noise, options: { timeBudgetSeconds: 60 } });
    expect(arm(result, 'a').method?.warmUpFlat).toBe(false);
    expect(result.warnings.map(({ id }) => id)).toEqual(expect.arrayContaining(['not-warm', 'drift']));
  });

  it('sees through a coarse clock', async () => {
    const result = await measure({ noise: { ...CALM, quantumMs: 0.25 }, arms: { a: 0.4, b: 0.44 } });
    expect(result.settings.clockQuantumMs).toBeCloseTo(0.25, 6);
    const { method, wall } = arm(result, 'a');
    expect((method?.iterations ?? 0) * 0.4).toBeGreaterThan(0.9 * 200 * 0.25);
    expect(Math.abs((wall?.hot.medianMs ?? 0) / 0.4 - 1)).toBeLessThan(0.01);
    expect(result.comparisons[0]?.verdict).toBe('slower');
  });

  it('times cold runs apart, less the cost of a call', async () => {
    let flushed = 0;
    const result = await measure({
      arms: { a: 5 },
      noise: { ...CALM, overheadMs: 2 },
      options: { cold: true, flushBytes: 1000 },
      session: (session) => ({
        ...session,
        async flushCaches(bytes) {
          flushed += bytes;
        },
        async prepare(graph, seed) {
          const copy = await session.prepare(graph, seed);
          let before = 0;
          return {
            ...copy,
            async time(iterations) {
              const penalty = flushed > before ? 1.5 : 0;
              before = flushed;
              const { wallMs } = await copy.time(iterations);
              return { wallMs: wallMs + penalty };
            },
          };
        },
      }),
    });
    const { wall } = arm(result, 'a');
    expect(Math.abs((wall?.cold?.medianMs ?? 0) - 6.5)).toBeLessThan(0.1);
    expect(Math.abs((wall?.hot.medianMs ?? 0) - 5)).toBeLessThan(0.05);
    expect(result.settings.coldRounds).toBeGreaterThanOrEqual(10);
    expect(flushed).toBe(1000 * (wall?.cold?.samplesMs.length ?? 0));
    expect(schemaErrors(result)).toEqual([]);
  });

  it('rests on the device clock where there is one, and shows wall time beside it', async () => {
    const result = await measure({
      session: (session) => ({
        ...session,
        hasDeviceClock: true,
        async prepare(graph, seed) {
          const copy = await session.prepare(graph, seed);
          return {
            ...copy,
            async time(iterations) {
              const { wallMs } = await copy.time(iterations);
              return { wallMs, deviceMs: (wallMs - 0.05) / 2 };
            },
          };
        },
      }),
    });
    expect(schemaErrors(result)).toEqual([]);
    expect(result.settings.clock).toBe('device');
    const { wall, device, imagesPerSecond } = arm(result, 'a');
    expect(Math.abs((device?.hot.medianMs ?? 0) / 2.5 - 1)).toBeLessThan(0.01);
    expect(Math.abs((wall?.hot.medianMs ?? 0) / 5 - 1)).toBeLessThan(0.01);
    // What a caller gets: by the wall clock.
    expect(imagesPerSecond).toBeCloseTo(1000 / (wall?.hot.medianMs ?? 1), 6);
  });

  it('derives its rates from the median', async () => {
    const machine = syntheticMachine(QUIET, 1);
    const counts = { madds: 1e6, flops: 2.5e6, fusedBytes: 4e6 };
    const result = await runBenchmark(
      machine.session,
      [{ ...syntheticArm('a', 8), batch: 4, counts }],
      { cold: false, peak: { flopsPerSecond: 1e9, source: 'a table' } },
      { now: machine.now },
    );
    const a = arm(result, 'a');
    expect(a.imagesPerSecond).toBeCloseTo(500, 6);
    expect(a.maddsPerSecond).toBeCloseTo(125e6, 0);
    expect(a.flopsPerSecond).toBeCloseTo(312.5e6, 0);
    expect(a.fractionOfPeak).toBeCloseTo(0.25, 9);
    expect(a.bandwidthBytesPerSecond).toBeCloseTo(500e6, 0);
    expect(result.settings.peak).toEqual({ flopsPerSecond: 1e9, source: 'a table' });
  });

  it('counts by itself where the caller does not', async () => {
    const machine = syntheticMachine(QUIET, 1);
    const { counts: _, ...bare } = syntheticArm('a', 8);
    const hooks = { now: machine.now };
    const a = arm(await runBenchmark(machine.session, [bare], { cold: false }, hooks), 'a');
    // One ReLU of one float32 element: one operation, read and written once.
    expect([a.madds, a.flops, a.fusedBytes]).toEqual([0, 1, 8]);
  });

  it('compares with another arm than the first where asked', async () => {
    const machine = syntheticMachine(CALM, 1);
    const arms = [
      syntheticArm('base one', 5),
      { ...syntheticArm('head one', 5.5), baseline: 'base one' },
      syntheticArm('base two', 8),
      { ...syntheticArm('head two', 7.2), baseline: 'base two' },
    ];
    const hooks = { now: machine.now };
    const { comparisons } = await runBenchmark(machine.session, arms, { cold: false, timeBudgetSeconds: 30 }, hooks);
    expect(comparisons.map(({ name, baseline, verdict }) => [name, baseline, verdict])).toEqual([
      ['head one', 'base one', 'slower'],
      ['base two', 'base one', 'slower'],
      ['head two', 'base two', 'faster'],
    ]);
  });

  it('tells how far it is', async () => {
    const seen: Progress[] = [];
    await measure({ hooks: { onProgress: (progress) => void seen.push(progress) } });
    expect([...new Set(seen.map(({ phase }) => phase))]).toEqual(['prepare', 'check', 'warm-up', 'hot', 'done']);
    for (const { fraction } of seen) expect(fraction >= 0 && fraction <= 1).toBe(true);
    const left = seen.filter(({ phase }) => phase === 'hot').map(({ secondsLeft = -1 }) => secondsLeft);
    expect(left.every((seconds, i) => seconds >= 0 && seconds <= (left[i - 1] ?? 30))).toBe(true);
  });

  it('refuses what makes no sense', async () => {
    const { session } = syntheticMachine(QUIET, 1);
    const a = syntheticArm('a', 1);
    const run = (arms: Parameters<typeof runBenchmark>[1], options = {}) => runBenchmark(session, arms, options);
    await expect(run([])).rejects.toThrow('there is nothing to time. Name at least one model.');
    await expect(run([a, a])).rejects.toThrow("two arms are called 'a'. Give each its own name.");
    await expect(run([{ ...a, batch: 0 }])).rejects.toThrow(
      "the batch of 'a' is 0. Give a whole number of at least 1.",
    );
    await expect(run([{ ...a, baseline: 'b' }])).rejects.toThrow("'a' is compared with 'b', which is not timed.");
    await expect(run([a], { precision: 0 })).rejects.toThrow('precision is 0. Give a number above 0.');
    await expect(run([a], { timeBudgetSeconds: Number.NaN })).rejects.toThrow('timeBudgetSeconds is NaN.');
  });
});
