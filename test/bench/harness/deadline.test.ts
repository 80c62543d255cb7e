import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Executable, RuntimeSession } from '../../../src/bench/define-runtime.js';
import { NoAnswer, withDeadline } from '../../../src/bench/harness/deadline.js';
import { syntheticArm, syntheticMachine } from '../simulation/synthetic-runtime.js';
import { CALM } from './helpers.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const never = () => new Promise<never>(() => {});

/** An executable whose next call of `time` does what is asked, under a session that waits 300 s. */
async function guarded(time: (copy: Executable) => Executable['time'], signal?: AbortSignal): Promise<Executable> {
  const { session } = syntheticMachine(CALM, 1);
  const changed: RuntimeSession = {
    ...session,
    async prepare(graph, seed) {
      const copy = await session.prepare(graph, seed);
      return { ...copy, time: time(copy) };
    },
  };
  return withDeadline(changed, { callLimitSeconds: 300, signal }).prepare(syntheticArm('a', 10).graph, 1);
}

/** What a promise comes to once so many seconds have passed; undefined where it has not settled. */
async function after(seconds: number, promise: Promise<unknown>): Promise<unknown> {
  let outcome: unknown;
  promise.then(
    (value) => {
      outcome = value;
    },
    (error: unknown) => {
      outcome = error;
    },
  );
  await vi.advanceTimersByTimeAsync(seconds * 1000);
  return outcome;
}

it('waits long for a first call, and less for one whose time is known', async () => {
  const first = await guarded(() => never);
  expect(await after(299, first.time(1))).toBeUndefined();
  expect(await after(301, (await guarded(() => never)).time(1))).toEqual(
    new NoAnswer('the runtime did not answer for 300 s'),
  );

  let calls = 0;
  const known = await guarded((copy) => (iterations) => (calls++ === 0 ? copy.time(iterations) : never()));
  expect(await after(0, known.time(10))).toMatchObject({ wallMs: expect.closeTo(100, -1) });
  // 100 times the 10 s that a thousand runs of 10 ms take is more than the limit; 30 s is the least.
  expect(await after(31, known.time(10))).toEqual(new NoAnswer('the runtime did not answer for 30 s'));
});

it('waits no longer for a runtime that starts anew', async () => {
  const { session } = syntheticMachine(CALM, 1);
  const renewing = withDeadline({ ...session, renew: () => never() }, { callLimitSeconds: 5 });
  expect(await after(6, renewing.renew?.() ?? never())).toEqual(new NoAnswer('the runtime did not answer for 5 s'));
});

it('gives a call under way a moment after an interrupt', async () => {
  const interrupt = new AbortController();
  const executable = await guarded(() => never, interrupt.signal);
  const call = executable.time(1);
  expect(await after(20, call)).toBeUndefined();
  interrupt.abort();
  expect(await after(11, call)).toEqual(new NoAnswer('the runtime did not answer for 10 s after the interrupt'));
});

it('lets a call that kept the thread busy past its time settle', async () => {
  const executable = await guarded(() => async () => {
    vi.setSystemTime(Date.now() + 400_000);
    await new Promise((resolve) => setTimeout(resolve, 300_001));
    return { wallMs: 400_000 };
  });
  const now = vi.spyOn(performance, 'now');
  const call = executable.time(1);
  now.mockReturnValue(performance.now() + 400_000);
  expect(await after(302, call)).toEqual({ wallMs: 400_000 });
});
