import { ArchmeterError } from '../../core/errors.js';

/** Energy counters that wrap: adds up what each has gone since it was last read. */
export interface CounterDomain {
  readonly name: string;
  /** The counter, in joules. */
  readonly read: () => number;
  /** Where it starts again at 0, in joules; Infinity where it never does. */
  readonly range: number;
  /** Twice what it can rise by in a second; default 2000 W. */
  readonly mostWatts?: number;
}

const MOST_WATTS = 2000;

/** Domains are read so often that none can wrap unseen, but no more often than this. */
const LEAST_POLL_MS = 20;
const MOST_POLL_MS = 5000;

/** How often counters have to be read. */
export function pollMsOf(domains: readonly CounterDomain[]): number {
  const shortest = Math.min(...domains.map(({ range, mostWatts = MOST_WATTS }) => (1000 * range) / mostWatts / 2));
  return Math.max(LEAST_POLL_MS, Math.min(MOST_POLL_MS, shortest));
}

/**
 * Energy since `start` by domain. `poll` must be called at least once for each time that a counter wraps.
 *
 * @param now milliseconds
 * @throws ArchmeterError where a counter was reset, or may have wrapped unseen: no energy is known then
 */
export function accumulate(
  domains: readonly CounterDomain[],
  now: () => number,
): { poll(): void; joules(): Record<string, number> } {
  const last = domains.map(({ read }) => read());
  let readMs = now();
  const totals = domains.map(() => 0);
  const poll = (): void => {
    const seconds = (now() - readMs) / 1000;
    domains.forEach((domain, i) => {
      const { name, read, range, mostWatts = MOST_WATTS } = domain;
      const before = last[i] as number;
      const value = read();
      // A clock of ms and a counter renewed every ms leave some slack.
      const most = mostWatts * (seconds + 0.1);
      if (most >= range + 0.1 * mostWatts)
        throw new ArchmeterError(
          `the energy counter ${name} was not read for ${seconds.toFixed(1)} s, in which it may have wrapped more than once`,
          'Time smaller models or batches, so that calls are shorter.',
        );
      const gone = value >= before ? value - before : value - before + range;
      if (!(gone <= most) || (value < before && !Number.isFinite(range)))
        throw new ArchmeterError(
          `the energy counter ${name} went from ${before.toFixed(1)} J to ${value.toFixed(1)} J in ${seconds.toFixed(1)} s: it was reset`,
          'Measure again; another program or a sleep of the machine may have reset it.',
        );
      totals[i] = (totals[i] as number) + gone;
      last[i] = value;
    });
    readMs = now();
  };
  return {
    poll,
    joules() {
      poll();
      return Object.fromEntries(domains.map(({ name }, i) => [name, totals[i] as number]));
    },
  };
}
