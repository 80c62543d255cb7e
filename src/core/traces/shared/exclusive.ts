/** Stretches of time, each of a thread, by row. */
export interface Stretches {
  readonly length: number;
  thread(row: number): number;
  start(row: number): number;
  duration(row: number): number;
}

/** What each stretch took itself: its duration less that of those directly inside it on the same thread. */
export function exclusiveDurations(stretches: Stretches): Float64Array {
  const { length, thread, start, duration } = stretches;
  const own = Float64Array.from({ length }, (_, row) => duration(row));
  const order = Int32Array.from({ length }, (_, row) => row).sort(
    (a, b) => thread(a) - thread(b) || start(a) - start(b) || duration(b) - duration(a) || a - b,
  );
  let open: number[] = [];
  let last: number | undefined;
  const endOf = (row: number) => start(row) + duration(row);
  for (const row of order) {
    if (thread(row) !== last) open = [];
    last = thread(row);
    // Clocks of whole µs: what ends a tick after its holder is inside it no more.
    while (open.length > 0 && endOf(open.at(-1) as number) < endOf(row)) open.pop();
    const outer = open.at(-1);
    if (outer !== undefined) own[outer] = Math.max(0, (own[outer] as number) - duration(row));
    open.push(row);
  }
  return own;
}
