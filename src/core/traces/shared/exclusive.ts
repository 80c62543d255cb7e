/** A stretch of one thread. */
export interface Stretched {
  readonly thread: string;
  readonly start: number;
  readonly duration: number;
}

/** What each stretch took itself: its duration less that of those directly inside it on the same thread. */
export function exclusiveDurations(stretches: readonly Stretched[]): Float64Array {
  const own = Float64Array.from(stretches, ({ duration }) => duration);
  const order = stretches
    .map((_, i) => i)
    .sort((a, b) => {
      const [first, second] = [stretches[a] as Stretched, stretches[b] as Stretched];
      if (first.thread !== second.thread) return first.thread < second.thread ? -1 : 1;
      return first.start - second.start || second.duration - first.duration || a - b;
    });
  let open: number[] = [];
  let thread: string | undefined;
  for (const i of order) {
    const one = stretches[i] as Stretched;
    if (one.thread !== thread) open = [];
    thread = one.thread;
    const endOf = (at: number) => (stretches[at] as Stretched).start + (stretches[at] as Stretched).duration;
    // Clocks of whole µs: what ends a tick after its holder is inside it no more.
    while (open.length > 0 && endOf(open.at(-1) as number) < one.start + one.duration) open.pop();
    const outer = open.at(-1);
    if (outer !== undefined) own[outer] = Math.max(0, (own[outer] as number) - one.duration);
    open.push(i);
  }
  return own;
}
