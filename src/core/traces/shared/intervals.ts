/** Length of the union of intervals, given as their starts and their ends, each in any order; both are sorted in place. */
export function unionLength(starts: Float64Array, ends: Float64Array): number {
  starts.sort();
  ends.sort();
  let total = 0;
  let open = 0;
  let since = 0;
  for (let s = 0, e = 0; e < ends.length; ) {
    if (s < starts.length && (starts[s] as number) <= (ends[e] as number)) {
      if (open++ === 0) since = starts[s] as number;
      s++;
    } else {
      if (--open === 0) total += (ends[e] as number) - since;
      e++;
    }
  }
  return total;
}

/** Index of the last of some stretches, sorted by start, that began before a time and was not over; -1 for none. */
export function stretchAt(
  stretches: readonly { readonly start: number; readonly end: number }[],
  time: number,
): number {
  let low = 0;
  let high = stretches.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((stretches[middle]?.start as number) <= time) low = middle + 1;
    else high = middle;
  }
  return low > 0 && time <= (stretches[low - 1]?.end as number) ? low - 1 : -1;
}
