import type { TableColumn } from './table.js';

/** Columns that stand beside each other, by index, and how wide each is. */
export interface Stack {
  readonly shown: readonly number[];
  readonly widths: readonly number[];
}

/** A path is cut to no less than this, and words are broken into no narrower a column. */
const LEAST = { path: 24, words: 28 } as const;
const GAP = 2;

/** What a column would take: its widest cell, its heading on one line, and the longest word of that. */
export interface Natural {
  readonly cells: number;
  readonly heading: number;
  readonly word: number;
}

/** How the columns of a table share the room: in one table, or in several that stand below each other. */
export function fitColumns(columns: readonly TableColumn[], natural: readonly Natural[], room: number): Stack[] {
  const all = columns.map((_, i) => i);
  const one = squeeze(columns, natural, all, room);
  if (widthOf(one.widths) <= room) return [one];
  const named = all.filter((i) => columns[i]?.isKey);
  const keys = named.length > 0 ? named : all.slice(0, 1);
  const groups: number[][] = [];
  for (const i of all) {
    if (keys.includes(i)) continue;
    const last = groups.at(-1);
    const fits = last !== undefined && widthOf(squeeze(columns, natural, [...keys, ...last, i], room).widths) <= room;
    if (fits) last.push(i);
    else groups.push([i]);
  }
  if (groups.length === 0) return [one];
  return groups.map((group) => squeeze(columns, natural, [...keys, ...group], room));
}

function widthOf(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + GAP * (widths.length - 1);
}

/** The chosen columns: headings are broken as far as it takes, then columns that may be narrower are made so. */
function squeeze(
  columns: readonly TableColumn[],
  natural: readonly Natural[],
  shown: readonly number[],
  room: number,
): Stack {
  const sizes = shown.map((i) => natural[i] as Natural);
  const widths = sizes.map(({ cells, heading }) => Math.max(cells, heading));
  narrow(
    widths,
    sizes.map(({ cells, word }) => Math.max(cells, word)),
    room,
  );
  narrow(
    widths,
    shown.map((i, at) => leastOf(columns[i] as TableColumn, sizes[at] as Natural)),
    room,
  );
  return { shown, widths };
}

/** Takes from the widest first, none below its least, until all fit or none can give. */
function narrow(widths: number[], least: readonly number[], room: number): void {
  for (;;) {
    const over = widthOf(widths) - room;
    if (!(over > 0)) return;
    const able = widths
      .map((width, at) => ({ at, width, spare: width - (least[at] as number) }))
      .filter(({ spare }) => spare > 0)
      .sort((a, b) => b.width - a.width);
    const [widest, next] = able;
    if (widest === undefined) return;
    const lead = next === undefined ? over : Math.max(1, widest.width - next.width);
    widths[widest.at] = widest.width - Math.min(widest.spare, over, lead);
  }
}

function leastOf({ shrinkable, wraps }: TableColumn, { cells, word }: Natural): number {
  const least = shrinkable ? LEAST.path : wraps ? LEAST.words : cells;
  return Math.max(Math.min(cells, least), word);
}
