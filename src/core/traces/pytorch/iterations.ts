import { type Collected, SPAN } from './collect.js';
import { endOf } from './tree.js';

/** A stretch of the host's time in which the model ran once; µs. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/**
 * Where each iteration lies: the profiler's steps (`ProfilerStep#7`); else runs of the outermost module; else repetitions
 * of the same sequence of operators; else the whole trace is one.
 *
 * @param top outermost operators in the order run
 */
export function findIterations(collected: Collected, top: readonly number[]): Stretch[] {
  const { spans, names } = collected;
  const stretch = (row: number): Stretch => ({ start: spans.get(row, 'start'), end: endOf(spans, row) });
  const steps: number[] = [];
  const roots = new Map<number, number[]>();
  for (let row = 0; row < spans.length; row++) {
    const kind = spans.get(row, 'kind');
    if (kind === SPAN.annotation && names.of(spans.get(row, 'name')).startsWith('ProfilerStep')) steps.push(row);
    if (kind === SPAN.module && !isInside(spans, row, SPAN.module)) {
      const name = spans.get(row, 'name');
      roots.set(name, [...(roots.get(name) ?? []), row]);
    }
  }
  const byStart = (a: Stretch, b: Stretch) => a.start - b.start;
  if (steps.length > 0) return steps.map(stretch).sort(byStart);
  const called = [...roots.values()].sort((a, b) => b.length - a.length)[0] ?? [];
  if (roots.size === 1 && called.length > 1) return untilNext(called.map(stretch).sort(byStart));
  const period = repetition(top.map((row) => `${spans.get(row, 'name')} ${spans.get(row, 'call')}`));
  const starts = top.filter((_, i) => i % period === 0).map((row) => spans.get(row, 'start'));
  return untilNext(
    starts.map((start) => ({ start, end: Number.POSITIVE_INFINITY })),
    Number.POSITIVE_INFINITY,
  );
}

/** What runs between two calls of a model (its loss, its optimizer) belongs to the first of them. */
function untilNext(stretches: readonly Stretch[], last?: number): Stretch[] {
  const [first, second] = stretches;
  const step = first === undefined || second === undefined ? 0 : second.start - first.start;
  return stretches.map(({ start, end }, i) => ({
    start,
    end: stretches[i + 1]?.start ?? last ?? Math.max(end, start + step),
  }));
}

function isInside(spans: Collected['spans'], row: number, kind: number): boolean {
  for (let at = spans.get(row, 'parent'); at >= 0; at = spans.get(at, 'parent')) {
    if (spans.get(at, 'kind') === kind) return true;
  }
  return false;
}

/** Length of the shortest part that the whole list repeats; the list's own length where it repeats none. Knuth, Morris, Pratt. */
export function repetition(list: readonly string[]): number {
  const border = new Int32Array(list.length);
  for (let i = 1; i < list.length; i++) {
    let k = border[i - 1] as number;
    while (k > 0 && list[i] !== list[k]) k = border[k - 1] as number;
    border[i] = list[i] === list[k] ? k + 1 : k;
  }
  const period = list.length - (border.at(-1) ?? 0);
  return period > 0 && list.length % period === 0 ? period : Math.max(1, list.length);
}
