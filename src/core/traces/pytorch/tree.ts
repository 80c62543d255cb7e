import { rowsOfParts } from '../shared/columns.js';
import type { Collected } from './collect.js';

/** Rows of each thread, by start; those that start together with the longest first. */
export type Threads = readonly Int32Array[];

/** Finds what each operator, module and annotation ran in, thread by thread, by containment, and writes it to `parent`. */
export function nest({ spans }: Collected): Threads {
  let count = 0;
  for (let row = 0; row < spans.length; row++) count = Math.max(count, spans.get(row, 'thread') + 1);
  const threads = rowsOfParts(count, spans.length, (row) => spans.get(row, 'thread'));
  for (const sorted of threads) {
    // Where a module and its only operator take the same time, the module is the outer one.
    sorted.sort(
      (a, b) =>
        spans.get(a, 'start') - spans.get(b, 'start') ||
        spans.get(b, 'duration') - spans.get(a, 'duration') ||
        spans.get(b, 'kind') - spans.get(a, 'kind') ||
        a - b,
    );
    const open: number[] = [];
    for (const row of sorted) {
      const start = spans.get(row, 'start');
      while (open.length > 0 && endOf(spans, open.at(-1) as number) <= start) open.pop();
      spans.set(row, 'parent', open.at(-1) ?? -1);
      open.push(row);
    }
  }
  return threads;
}

export function endOf(spans: Collected['spans'], row: number): number {
  return spans.get(row, 'start') + spans.get(row, 'duration');
}

/** The innermost span of a thread that was running at a time and is wanted; -1 where there was none. */
export function spanAt(
  spans: Collected['spans'],
  rows: Int32Array | undefined,
  time: number,
  isWanted: (row: number) => boolean,
): number {
  if (rows === undefined) return -1;
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans.get(rows[middle] as number, 'start') <= time) low = middle + 1;
    else high = middle;
  }
  let row = low === 0 ? -1 : (rows[low - 1] as number);
  while (row >= 0 && (endOf(spans, row) < time || !isWanted(row))) {
    row = spans.get(row, 'parent');
  }
  return row;
}

/** What a span ran in, outermost first, itself last. */
export function chainOf(spans: Collected['spans'], row: number): number[] {
  const chain: number[] = [];
  for (let at = row; at >= 0; at = spans.get(at, 'parent')) chain.push(at);
  return chain.reverse();
}
