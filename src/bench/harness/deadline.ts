import type { Executable, RuntimeSession } from '../define-runtime.js';

/** A runtime's call that did not settle. */
export class NoAnswer extends Error {}

export interface Patience {
  /** Longest that any call may take. */
  readonly callLimitSeconds: number;
  readonly signal?: AbortSignal | undefined;
}

/** Once an arm has been timed, its calls may take this many times as long as it led to expect, and this at least. */
const SLOWEST = 100;
const LEAST_SECONDS = 30;
/** What a call under way gets after an interrupt. */
const SECONDS_AFTER_INTERRUPT = 10;

/**
 * A session whose calls reject where the runtime does not answer: a promise that never settles would hold the whole
 * benchmark. After the first such call all others reject at once, since what hangs holds the device.
 */
export function withDeadline(session: RuntimeSession, { callLimitSeconds, signal }: Patience): RuntimeSession {
  let hangs = false;

  const answered = <T>(call: () => Promise<T>, seconds = callLimitSeconds): Promise<T> => {
    if (hangs) return Promise.reject(new NoAnswer('the runtime had stopped answering before'));
    return new Promise<T>((resolve, reject) => {
      let timer: ReturnType<typeof setTimeout>;
      const wait = (limit: number, text: string) => {
        const since = performance.now();
        timer = setTimeout(() => {
          // A call that kept this thread busy past its time has had no chance to settle.
          if (performance.now() - since > limit * 1000 + 1000) return wait(LEAST_SECONDS, text);
          hangs = true;
          settled();
          reject(new NoAnswer(text));
        }, limit * 1000);
      };
      const onInterrupt = () => {
        clearTimeout(timer);
        wait(
          SECONDS_AFTER_INTERRUPT,
          `the runtime did not answer for ${SECONDS_AFTER_INTERRUPT} s after the interrupt`,
        );
      };
      const settled = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onInterrupt);
      };
      signal?.addEventListener('abort', onInterrupt, { once: true });
      wait(seconds, `the runtime did not answer for ${Number(seconds.toPrecision(3))} s`);
      call().finally(settled).then(resolve, reject);
    });
  };

  const guarded = (executable: Executable): Executable => {
    let runSeconds: number | undefined;
    const limit = (runs: number) =>
      runSeconds === undefined
        ? callLimitSeconds
        : Math.min(callLimitSeconds, Math.max(LEAST_SECONDS, SLOWEST * runs * runSeconds));
    const { timeLayers } = executable;
    const calls: Omit<Required<Executable>, 'timeLayers'> = {
      run: (inputs) => answered(() => executable.run(inputs), limit(1)),
      async time(iterations) {
        const timing = await answered(() => executable.time(iterations), limit(iterations));
        runSeconds = timing.wallMs / 1000 / iterations;
        return timing;
      },
      dispose: () => answered(() => executable.dispose(), limit(1)),
    };
    if (timeLayers === undefined) return calls;
    return { ...calls, timeLayers: () => answered(() => timeLayers.call(executable)) };
  };

  const { openFile, renew } = session;
  return {
    ...session,
    ...(renew && { renew: () => answered(() => renew.call(session)) }),
    prepare: async (graph, seed) => guarded(await answered(() => session.prepare(graph, seed))),
    ...(openFile && {
      async openFile(file, graph, seed) {
        const opening = await answered(() => openFile.call(session, file, graph, seed));
        return opening.declined === undefined ? { executable: guarded(opening.executable) } : opening;
      },
    }),
    flushCaches: (bytes) => answered(() => session.flushCaches(bytes)),
  };
}
