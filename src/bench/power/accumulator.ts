/** Energy counters that wrap: adds up what each has gone since it was last read. */
export interface CounterDomain {
  readonly name: string;
  /** The counter, in joules. */
  readonly read: () => number;
  /** Where it starts again at 0, in joules; Infinity where it never does. */
  readonly range: number;
}

/** Energy since `start` by domain. `poll` must be called at least once for each time that a counter wraps. */
export function accumulate(domains: readonly CounterDomain[]): { poll(): void; joules(): Record<string, number> } {
  const last = domains.map(({ read }) => read());
  const totals = domains.map(() => 0);
  const poll = (): void => {
    domains.forEach(({ read, range }, i) => {
      const value = read();
      const gone = value - (last[i] as number);
      totals[i] = (totals[i] as number) + (gone < 0 ? gone + range : gone);
      last[i] = value;
    });
  };
  return {
    poll,
    joules() {
      poll();
      return Object.fromEntries(domains.map(({ name }, i) => [name, totals[i] as number]));
    },
  };
}
