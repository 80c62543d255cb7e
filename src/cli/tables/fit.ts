import type { TableColumn } from './table.js';

/** Columns that stand beside each other, by index, and how wide each is. */
export interface Stack {
  readonly shown: readonly number[];
  readonly widths: readonly number[];
}

/** A path is cut to no less than this, and words are broken into no narrower a column. */
const LEAST = { path: 24, words: 28 } as const;
const GAP = 2;

/** How the columns of a table share the room: in one table, or in several that stand below each other. */
export function fitColumns(columns: readonly TableColumn[], natural: readonly number[], room: number): Stack[] {
  const all = columns.map((_, i) => i);
  const one = squeeze(columns, natural, all, room);
  if (widthOf(one) <= room) return [one];
  const named = all.filter((i) => columns[i]?.isKey);
  const keys = named.length > 0 ? named : all.slice(0, 1);
  const groups: number[][] = [];
  for (const i of all) {
    if (keys.includes(i)) continue;
    const last = groups.at(-1);
    const fits = last !== undefined && widthOf(squeeze(columns, natural, [...keys, ...last, i], room)) <= room;
    if (fits) last.push(i);
    else groups.push([i]);
  }
  if (groups.length === 0) return [one];
  return groups.map((group) => squeeze(columns, natural, [...keys, ...group], room));
}

function widthOf({ widths }: Stack): number {
  return widths.reduce((sum, width) => sum + width, 0) + GAP * (widths.length - 1);
}

/** The chosen columns, those that may be narrower made so as far as it takes, the widest first. */
function squeeze(
  columns: readonly TableColumn[],
  natural: readonly number[],
  shown: readonly number[],
  room: number,
): Stack {
  const widths = shown.map((i) => natural[i] as number);
  for (;;) {
    const over = widthOf({ shown, widths }) - room;
    if (!(over > 0)) return { shown, widths };
    const able = shown
      .map((i, at) => ({
        at,
        spare: (widths[at] as number) - leastOf(columns[i] as TableColumn, natural[i] as number),
      }))
      .filter(({ spare }) => spare > 0)
      .sort((a, b) => (widths[b.at] as number) - (widths[a.at] as number));
    const [widest, next] = able;
    if (widest === undefined) return { shown, widths };
    const lead = next === undefined ? over : Math.max(1, (widths[widest.at] as number) - (widths[next.at] as number));
    widths[widest.at] = (widths[widest.at] as number) - Math.min(widest.spare, over, lead);
  }
}

function leastOf({ shrinkable, wraps }: TableColumn, natural: number): number {
  return Math.min(natural, shrinkable ? LEAST.path : wraps ? LEAST.words : natural);
}
