import { distance } from 'fastest-levenshtein';

/** Letters that a shortened or lengthened name shares at least with the one that was meant. */
const SHORTEST_START = 3;

/** The nearest of some names, where one is near enough to be a misspelling or begins alike ('padd', 'kernelSize'). */
export function nearest(name: string, names: Iterable<string>): string | undefined {
  let best: string | undefined;
  let start: string | undefined;
  let least = Math.max(2, Math.floor(name.length / 3)) + 1;
  const given = name.toLowerCase();
  for (const candidate of names) {
    const other = candidate.toLowerCase();
    const steps = distance(given, other);
    if (steps < least) {
      least = steps;
      best = candidate;
    }
    const shared = Math.min(given.length, other.length) >= SHORTEST_START;
    if (shared && (other.startsWith(given) || given.startsWith(other))) start ??= candidate;
  }
  return best ?? start;
}
