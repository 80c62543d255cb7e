import { accumulate, type CounterDomain, pollMsOf } from './accumulator.js';
import type { MeterMethod, MeterSession } from './define-meter.js';
import { epochNow } from './sampling.js';

/** A session over hardware energy counters. */
export function counterSession(
  name: string,
  domains: readonly CounterDomain[],
  method: Omit<MeterMethod, 'kind'>,
  { now = epochNow, close = async () => undefined }: { now?: () => number; close?: () => Promise<void> } = {},
): MeterSession {
  // What goes wrong at a poll in between is told when the session stops.
  let problem: unknown;
  let running: { since: number; counters: ReturnType<typeof accumulate>; timer: NodeJS.Timeout } | undefined;
  return {
    name,
    method: { kind: 'counter', ...method },
    async start() {
      clearInterval(running?.timer);
      const counters = accumulate(domains, now);
      problem = undefined;
      const poll = (): void => {
        try {
          counters.poll();
        } catch (error) {
          problem ??= error;
        }
      };
      running = { since: now(), counters, timer: setInterval(poll, pollMsOf(domains)).unref() };
    },
    async stop() {
      if (running === undefined) throw new Error('stop before start');
      const { since, counters, timer } = running;
      clearInterval(timer);
      running = undefined;
      if (problem !== undefined) throw problem;
      const domainsJoules = counters.joules();
      const seconds = (now() - since) / 1000;
      const joules = Object.values(domainsJoules).reduce((sum, value) => sum + value, 0);
      return { seconds, joules, ...(domains.length > 1 ? { domainsJoules } : {}) };
    },
    async close() {
      clearInterval(running?.timer);
      await close();
    },
  };
}
