import { repetition } from '../shared/repetition.js';
import { type Collected, SPAN } from './collect.js';
import { endOf } from './tree.js';

/** A stretch of the host's time in which the model ran once; µs. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** The whole trace. */
export const WHOLE: Stretch = { start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY };

/**
 * Where each iteration lies: the profiler's steps (`ProfilerStep#7`); else runs of the outermost module; else repetitions
 * of the same sequence of operators, with the same shapes or without; else the whole trace is one.
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
  if (top.length === 0) return [WHOLE];
  const kinds = collected.calls.texts.length;
  const nameOf = (row: number) => spans.get(row, 'name');
  const alike = repetition(Float64Array.from(top, (row) => nameOf(row) * kinds + spans.get(row, 'call')));
  // Of a sequence that grows, each iteration has its own shapes.
  const { first, period, count } = alike.count > 1 ? alike : repetition(Float64Array.from(top, nameOf));
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
