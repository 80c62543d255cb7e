import { quantile } from '../../statistics/quantile.js';

/** A first iteration slower than the rest by more is warm-up. */
const SLOWER = 1.2;

/**
 * How many leading iterations are warm-up: those slower by a fifth than the median of all that follow. At least two stay.
 *
 * @param times of all iterations, in order
 */
export function warmUpCount(times: readonly number[]): number {
  let count = 0;
  while (times.length - count > 2) {
    const rest = times.slice(count + 1);
    if ((times[count] as number) <= SLOWER * quantile(rest, 0.5)) break;
    count++;
  }
  return count;
}
