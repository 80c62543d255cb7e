import { accumulate, type CounterDomain } from './accumulator.js';
import type { MeterMethod, MeterSession } from './define-meter.js';
import { epochNow } from './sampling.js';

/** Often enough that a 32-bit microjoule counter cannot wrap twice at 400 W. */
const POLL_MS = 5000;

/** A session over hardware energy counters. */
export function counterSession(
  name: string,
  domains: readonly CounterDomain[],
  method: Omit<MeterMethod, 'kind'>,
  close: () => Promise<void> = async () => undefined,
): MeterSession {
  let running: { since: number; counters: ReturnType<typeof accumulate>; timer: NodeJS.Timeout } | undefined;
  return {
    name,
    method: { kind: 'counter', ...method },
    async start() {
      clearInterval(running?.timer);
      const counters = accumulate(domains);
      running = { since: epochNow(), counters, timer: setInterval(() => counters.poll(), POLL_MS).unref() };
    },
    async stop() {
      if (running === undefined) throw new Error('stop before start');
      const { since, counters, timer } = running;
      clearInterval(timer);
      running = undefined;
      const domainsJoules = counters.joules();
      const seconds = (epochNow() - since) / 1000;
      const joules = Object.values(domainsJoules).reduce((sum, value) => sum + value, 0);
      return { seconds, joules, ...(domains.length > 1 ? { domainsJoules } : {}) };
    },
    async close() {
      clearInterval(running?.timer);
      await close();
    },
  };
}
