import { describe, expect, it } from 'vitest';
import type { RuntimeSession } from '../../../src/bench/define-runtime.js';
import { failureOf } from '../../../src/bench/harness/failure.js';
import type { Progress } from '../../../src/bench/progress.js';
import type { Measurement } from '../../../src/core/measurement.js';
import { arm, measure, schemaErrors, withFault } from './helpers.js';

/** Tells when rounds are under way and many samples are taken. */
function inRounds() {
  let samples = 0;
  return {
    get now(): boolean {
      return samples > 60;
    },
    hooks: {
      onProgress: ({ phase }: Progress) => {
        if (phase === 'hot') samples++;
      },
    },
  };
}

describe('an arm that goes wrong', () => {
  it('fails with the reason while the others finish', async () => {
    const rounds = inRounds();
    const result = await measure({
      arms: { a: 5, b: 6, c: 7 },
      hooks: rounds.hooks,
      session: (session) =>
        withFault(session, 6, (copy) => ({
          async time(iterations: number) {
            if (rounds.now) throw new Error('kernel timed out\n    at somewhere');
            return copy.time(iterations);
          },
        })),
    });
    expect(schemaErrors(result)).toEqual([]);
    expect(arm(result, 'b')).toMatchObject({
      status: 'failed',
      failure: 'runtime-error',
      message: "the runtime threw while timing 'b': kernel timed out",
    });
    // What was timed before the failure stays, without figures derived from it.
    expect(arm(result, 'b').wall?.hot.samplesMs.length).toBeGreaterThan(3);
    expect(arm(result, 'b').imagesPerSecond).toBeUndefined();
    expect(arm(result, 'a').status).toBe('ok');
    expect(arm(result, 'c').status).toBe('ok');
    expect(result.comparisons.map(({ name }) => name)).toEqual(['c']);
    expect(result.settings.stoppedBy).toBe('precision');
  });

  it('fails where it cannot be prepared', async () => {
    const result = await measure({
      session: (session) => ({
        ...session,
        async prepare(graph, seed) {
          if (graph.name === 'true 5.5 ms') throw new Error("op 'einsum' is not supported");
          return session.prepare(graph, seed);
        },
      }),
    });
    expect(schemaErrors(result)).toEqual([]);
    expect(arm(result, 'b')).toMatchObject({
      status: 'failed',
      message: "the runtime threw while preparing 'b': op 'einsum' is not supported",
    });
    expect(arm(result, 'b').wall).toBeUndefined();
    expect(arm(result, 'a').status).toBe('ok');
  });

  it('is told from one on a lost device, which fails them all', async () => {
    const rounds = inRounds();
    const result = await measure({
      hooks: rounds.hooks,
      session: (session) => ({
        ...session,
        async prepare(graph, seed) {
          const copy = await session.prepare(graph, seed);
          return {
            ...copy,
            async time(iterations) {
              if (rounds.now) throw new Error('A valid external Instance reference no longer exists: device was lost');
              return copy.time(iterations);
            },
            async dispose() {
              if (rounds.now) throw new Error('device was lost');
            },
          };
        },
      }),
    });
    expect(schemaErrors(result)).toEqual([]);
    expect(result.settings.stoppedBy).toBe('failure');
    for (const { status, failure, message, wall } of result.arms) {
      expect([status, failure]).toEqual(['failed', 'device-lost']);
      expect(message).toMatch(/^the device was lost while timing '[ab]': A valid external/);
      expect(wall?.hot.samplesMs.length).toBeGreaterThan(0);
    }
  });
});

describe('a runtime that does not answer', () => {
  it('fails the arm that waited, and the others at once, with what was timed before', async () => {
    const rounds = inRounds();
    const result = await measure({
      arms: { a: 5, b: 6 },
      options: { callLimitSeconds: 0.05 },
      hooks: rounds.hooks,
      session: (session) =>
        withFault(session, 6, (copy) => ({
          time: (iterations: number) => (rounds.now ? new Promise<never>(() => {}) : copy.time(iterations)),
        })),
    });
    expect(schemaErrors(result)).toEqual([]);
    expect(result.settings.stoppedBy).toBe('failure');
    expect(result.arms.map(({ failure }) => failure)).toEqual(['no-answer', 'no-answer']);
    expect(arm(result, 'b').message).toBe("the runtime did not answer for 0.05 s while timing 'b'");
    expect(arm(result, 'a').message).toBe("the runtime had stopped answering before while timing 'a'");
    for (const { wall } of result.arms) expect(wall?.hot.samplesMs.length).toBeGreaterThan(3);
  });

  it('is not waited for when models are prepared, caches flushed or all is over', async () => {
    const never = () => new Promise<never>(() => {});
    const faults: ((session: RuntimeSession) => RuntimeSession)[] = [
      (session) => ({ ...session, prepare: never }),
      (session) => ({ ...session, flushCaches: never }),
      (session) => withFault(session, 5, () => ({ run: never })),
      (session) => withFault(session, 5, () => ({ timeLayers: never })),
      (session) => withFault(session, 5, () => ({ dispose: never })),
    ];
    const failures = await Promise.all(
      faults.map(async (session) => {
        const options = { callLimitSeconds: 0.05, cold: true, flushBytes: 1, perLayer: true };
        return (await measure({ arms: { a: 5 }, options, session })).arms[0]?.failure;
      }),
    );
    expect(failures).toEqual(new Array(5).fill('no-answer'));
  });
});

describe('kinds of failure', () => {
  it('are told by what runtimes say', () => {
    const kind = (text: string) => failureOf(new Error(text), 'timing').kind;
    expect(kind('GPUDevice was lost: destroyed')).toBe('device-lost');
    expect(kind('WebGL context lost')).toBe('device-lost');
    expect(kind('DXGI_ERROR: the device was removed')).toBe('device-lost');
    expect(kind('Uncaptured WebGPU error: binding size mismatch')).toBe('device-error');
    expect(kind('CUDA_ERROR_LAUNCH_FAILED')).toBe('device-error');
    expect(kind('Out of memory')).toBe('device-error');
    expect(kind('x is not a function')).toBe('runtime-error');
    expect(failureOf('plain text', "timing 'a'").message).toBe("the runtime threw while timing 'a': plain text");
  });
});

describe('outputs', () => {
  const reference = () => [[1]];
  const outputs = (before: readonly number[], after: readonly number[] = before) => {
    let runs = 0;
    return () => ({ run: async () => [Float32Array.from(runs++ === 0 ? before : after)] });
  };
  const withOutputs = (change: ReturnType<typeof outputs>, hooks: object = { reference }): Promise<Measurement> =>
    measure({ hooks, session: (session) => withFault(session, 5.5, change) });

  it('that agree are recorded, before and after', async () => {
    const result = await withOutputs(outputs([1.0001], [0.9998]));
    const { check, status } = arm(result, 'b');
    expect(status).toBe('ok');
    expect(check?.before).toBeCloseTo(1e-4, 6);
    expect(check?.after).toBeCloseTo(2e-4, 6);
    expect(check?.tolerance).toBe(1e-3);
    expect(result.warnings.map(({ id }) => id)).not.toContain('unchecked');
    expect(schemaErrors(result)).toEqual([]);
  });

  it('that are wrong fail the arm before it is timed', async () => {
    const b = arm(await withOutputs(outputs([1.01])), 'b');
    expect(b).toMatchObject({
      failure: 'wrong-output',
      message: 'outputs before timing differ from the reference by 1.0e-2 of its largest magnitude; 0.001 is allowed',
    });
    expect(b.raw).toEqual([]);
  });

  it('that go wrong while it is timed void its times', async () => {
    const b = arm(await withOutputs(outputs([1], [2])), 'b');
    expect(b.message).toMatch(/^outputs after timing differ from the reference by 1.0e\+0/);
    expect(b.wall).toBeUndefined();
    expect(b.raw?.length).toBeGreaterThan(0);
  });

  it('that are no numbers fail it, with a reference or without', async () => {
    const message = 'output 0 holds NaN at element 1 before timing';
    expect(arm(await withOutputs(outputs([1, Number.NaN])), 'b')).toMatchObject({ failure: 'not-a-number', message });
    const unchecked = await withOutputs(outputs([1, Number.NaN]), {});
    expect(arm(unchecked, 'b').message).toBe(message);
    expect(arm(unchecked, 'a').status).toBe('ok');
    expect(unchecked.warnings.filter(({ id }) => id === 'unchecked').map((warning) => warning.arm)).toEqual(['a']);
  });

  it('may be infinite where the reference is', async () => {
    const infinite = { reference: () => [[Number.NEGATIVE_INFINITY]] };
    const result = await withOutputs(outputs([Number.NEGATIVE_INFINITY]), infinite);
    expect(arm(result, 'b').check?.before).toBe(0);
    expect(arm(result, 'a').failure).toBe('wrong-output');
  });

  it('of another number or size are wrong', async () => {
    expect(arm(await withOutputs(outputs([])), 'b').message).toBe('output 0 has 0 elements where the reference has 1');
    const two = () => ({ run: async () => [new Float32Array(1), new Float32Array(1)] });
    expect(arm(await withOutputs(two), 'b').message).toBe('2 outputs where the reference has 1');
  });

  it('are compared for as many images as the reference computes', async () => {
    expect(arm(await withOutputs(outputs([1, 7, 7])), 'b').check?.before).toBe(0);
  });

  it('without a reference for an op leave the times, with the reason', async () => {
    const failing = {
      reference: () => {
        throw new Error("op 'gridSample' has no reference implementation");
      },
    };
    const result = await measure({ hooks: failing });
    expect(arm(result, 'a')).toMatchObject({
      status: 'ok',
      message: "outputs were not compared with the reference: op 'gridSample' has no reference implementation",
    });
    expect(result.warnings.filter(({ id }) => id === 'unchecked')).toHaveLength(2);
  });

  it('are held before and after against a reference that is computed once for each graph', async () => {
    let computed = 0;
    const hooks = {
      reference: () => {
        computed++;
        return [[1]];
      },
    };
    const result = await measure({ hooks });
    expect(computed).toBe(2);
    expect(arm(result, 'a').check).toMatchObject({ before: 0, after: 0 });
  });
});

describe('rates and clocks', () => {
  it('above the peak are refused', async () => {
    const result = await measure({ options: { peak: { flopsPerSecond: 380, source: 'a table' } } });
    expect(arm(result, 'a')).toMatchObject({ status: 'failed', failure: 'above-peak' });
    expect(arm(result, 'a').message).toMatch(
      /^\S+ GFLOP\/s is above the device's peak of \S+ GFLOP\/s \(a table\): the work was not done or the clock is wrong$/,
    );
    expect(arm(result, 'a').wall).toBeUndefined();
    // 2 operations in 5.5 ms are below it.
    expect(arm(result, 'b').status).toBe('ok');
  });

  it('that show nothing are saturated', async () => {
    const result = await measure({
      session: (session) => withFault(session, 5.5, () => ({ time: async () => ({ wallMs: 0 }) })),
    });
    expect(arm(result, 'b')).toMatchObject({
      failure: 'saturated-clock',
      message:
        'the clock is saturated: 4194304 runs do not span 200 of its quanta. The work is empty or the clock is wrong',
    });
    expect(arm(result, 'a').status).toBe('ok');
  });

  it('that are no times are refused', async () => {
    for (const wallMs of [Number.NaN, -1, Number.POSITIVE_INFINITY]) {
      const result = await measure({
        session: (session) => withFault(session, 5.5, () => ({ time: async () => ({ wallMs }) })),
      });
      expect(arm(result, 'b').message).toBe(`the runtime gave a wall time of ${wallMs} ms`);
    }
    const result = await measure({ session: (session) => ({ ...session, hasDeviceClock: true }) });
    expect(arm(result, 'a')).toMatchObject({ failure: 'device-error', message: 'the device clock gave no time' });
  });
});

describe('a benchmark cut short', () => {
  it('by an interrupt keeps what is finished', async () => {
    const abort = new AbortController();
    const result = await measure({
      noise: { ...(await import('./helpers.js')).CALM, jitter: 0.2 },
      hooks: {
        signal: abort.signal,
        onProgress: ({ phase, fraction }) => {
          if (phase === 'hot' && fraction > 0.3) abort.abort();
        },
      },
    });
    expect(schemaErrors(result)).toEqual([]);
    expect(result.settings.stoppedBy).toBe('interrupt');
    expect(result.settings.elapsedSeconds).toBeLessThan(15);
    for (const each of result.arms) {
      expect(each).toMatchObject({ status: 'partial', message: 'timing ended before this arm was finished' });
      expect(each.wall?.hot.samplesMs.length).toBeGreaterThan(5);
    }
    expect(result.warnings.map(({ id }) => id)).toContain('interrupted');
  });

  it('by an interrupt blames no runtime for its first, wild samples', async () => {
    const abort = new AbortController();
    const result = await measure({
      options: { peak: { flopsPerSecond: 1, source: 'a table' } },
      hooks: {
        signal: abort.signal,
        onProgress: ({ phase }) => {
          if (phase === 'hot') abort.abort();
        },
      },
    });
    expect(result.arms.map(({ status, failure }) => [status, failure])).toEqual([
      ['partial', undefined],
      ['partial', undefined],
    ]);
  });

  it('before it began is valid too', async () => {
    const result = await measure({ hooks: { signal: AbortSignal.abort() } });
    expect(schemaErrors(result)).toEqual([]);
    expect(result.settings.stoppedBy).toBe('interrupt');
    expect(result.arms.map(({ status }) => status)).toEqual(['partial', 'partial']);
    expect(result.comparisons).toEqual([]);
  });

  it('by a kill has handed on what there was', async () => {
    const saved: Measurement[] = [];
    const result = await measure({
      noise: { ...(await import('./helpers.js')).CALM, jitter: 0.2 },
      hooks: { onPartial: (measurement) => void saved.push(measurement) },
    });
    expect(saved.length).toBeGreaterThan(3);
    for (const partial of saved) {
      expect(schemaErrors(partial)).toEqual([]);
      expect(partial.arms.every(({ status }) => status === 'partial')).toBe(true);
    }
    const samples = saved.map((partial) => arm(partial, 'a').wall?.hot.samplesMs.length ?? 0);
    expect(samples).toEqual([...samples].sort((a, b) => a - b));
    expect(samples.at(-1)).toBe(arm(result, 'a').wall?.hot.samplesMs.length);
  });

  it('of disk space goes on and says so', async () => {
    const onPartial = async () => {
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    };
    const result = await measure({ hooks: { onPartial } });
    expect(schemaErrors(result)).toEqual([]);
    expect(arm(result, 'a').status).toBe('ok');
    expect(result.warnings.filter(({ id }) => id === 'not-saved').map(({ text }) => text)).toEqual([
      'results could not be saved while timing went on: ENOSPC: no space left on device, write. A killed run would have left nothing. Free some space, or write elsewhere.',
    ]);
  });

  it('by slow work has timed every arm at least once', async () => {
    const result = await measure({ arms: { a: 9000, b: 12000 }, options: { timeBudgetSeconds: 20 } });
    expect(schemaErrors(result)).toEqual([]);
    for (const { wall } of result.arms) expect(wall?.hot.samplesMs.length).toBeGreaterThanOrEqual(1);
    expect(result.comparisons[0]?.verdict).toBe('inconclusive');
    expect(result.warnings.map(({ id }) => id)).toContain('few-samples');
  });
});
