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
