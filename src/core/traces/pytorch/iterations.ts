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
export function findIterations(collected: Collected, top: Int32Array): Stretch[] {
  const { spans, names } = collected;
  const stretch = (row: number): Stretch => ({ start: spans.get(row, 'start'), end: endOf(spans, row) });
  const steps: number[] = [];
  const roots = new Map<number, number[]>();
  for (let row = 0; row < spans.length; row++) {
    const kind = spans.get(row, 'kind');
    if (kind === SPAN.annotation && names.of(spans.get(row, 'name')).startsWith('ProfilerStep')) steps.push(row);
    if (kind === SPAN.module && !isInside(spans, row, SPAN.module)) {
      const name = spans.get(row, 'name');
      const list = roots.get(name);
      if (list === undefined) roots.set(name, [row]);
      else list.push(row);
    }
  }
  const byStart = (a: Stretch, b: Stretch) => a.start - b.start;
  if (steps.length > 0) return steps.map(stretch).sort(byStart);
  const called = [...roots.values()].sort((a, b) => b.length - a.length)[0] ?? [];
  if (roots.size === 1 && called.length > 1) return untilNext(called.map(stretch).sort(byStart));
  if (top.length === 0) return [{ start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY }];
  const kinds = collected.calls.texts.length;
  const { first, period, count } = repetition(
    Float64Array.from(top, (row) => spans.get(row, 'name') * kinds + spans.get(row, 'call')),
  );
  const startAt = (i: number) => spans.get(top[i] as number, 'start');
  return untilNext(
    Array.from({ length: count }, (_, i) => ({
      start: startAt(first + i * period),
      end: Number.POSITIVE_INFINITY,
    })),
    first + count * period < top.length ? startAt(first + count * period) : Number.POSITIVE_INFINITY,
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

/** `count` parts alike of `period` elements each, from `first` on. */
interface Repetition {
  readonly first: number;
  readonly period: number;
  readonly count: number;
}

/** So many elements of a part must be those that the list begins with, where the list as a whole is no repetition. */
const BEGINNING = 8;

/**
 * What a list repeats: the shortest part of which its longest end consists, twice or more (borders after Knuth, Morris and
 * Pratt 1977). A first part with more in it, and a last one cut short, are none; each part begins as the list does. The
 * whole list is one part where it repeats nothing.
 */
export function repetition(list: Float64Array): Repetition {
  const whole = { first: 0, period: list.length, count: 1 };
  const last = list.length - 1;
  const border = new Int32Array(list.length);
  let best = { length: 0, period: 0 };
  for (let i = 0; i < list.length; i++) {
    let k = i === 0 ? 0 : (border[i - 1] as number);
    while (k > 0 && list[last - i] !== list[last - k]) k = border[k - 1] as number;
    border[i] = i > 0 && list[last - i] === list[last - k] ? k + 1 : k;
    const period = i + 1 - (border[i] as number);
    if (i + 1 >= 2 * period) best = { length: i + 1, period };
  }
  const { length, period } = best;
  if (length === 0) return whole;
  const from = list.length - length;
  const asBegun = (at: number) => {
    const most = Math.min(period, BEGINNING);
    for (let i = 0; i < most; i++) if (list[at + i] !== list[i]) return false;
    return true;
  };
  for (let first = from; first < from + period; first++) {
    const count = Math.floor((list.length - first) / period);
    if (asBegun(first)) return count > 1 ? { first, period, count } : whole;
  }
  return whole;
}
