import { cleanText } from '../../core/clean-text.js';
import type { Streams } from '../define-command.js';
import { fitColumns, type Stack } from './fit.js';
import { bounded, cut, pieces, widthOf, wrapWords } from './width.js';

export interface TableColumn {
  readonly heading: string;
  /** Numbers stand right, words left. */
  readonly align: 'left' | 'right';
  /** Module paths: cut at their start, where they repeat, if the terminal is narrow. */
  readonly shrinkable?: boolean;
  /** Words: broken over several lines if the terminal is narrow. */
  readonly wraps?: boolean;
  /** Says which row it is, and so stands in each part of a table that is too wide; by default the first column. */
  readonly isKey?: boolean;
}

/** `strong` marks e.g. the best of a row. */
export interface Cell {
  readonly text: string;
  readonly style?: 'strong' | 'dim' | 'good' | 'bad';
}

const STYLES = { strong: [1, 22], dim: [2, 22], good: [32, 39], bad: [31, 39] } as const;

/** Marks our own colours: no name in a file can know it, and the border takes it out. */
const OURS = String(crypto.getRandomValues(new Uint32Array(1))[0]);

/** What `paint` writes. */
export const PAINTED: RegExp = new RegExp(`\\u001b\\[(\\d+);${OURS}m`, 'g');

export function paint(text: string, style: Cell['style'], color: boolean): string {
  if (style === undefined || !color) return text;
  const [on, off] = STYLES[style];
  return `\u001b[${on};${OURS}m${text}\u001b[${off};${OURS}m`;
}

/**
 * A table without borders that fits the terminal, in time linear in its cells: paths are cut, words are broken over
 * lines, and what is still too wide goes on in a second table below the first. Nothing is left out.
 */
export function renderTable(
  written: readonly TableColumn[],
  rows: readonly (readonly (Cell | string)[])[],
  streams: Pick<Streams, 'columns' | 'color'>,
): string {
  const columns = written.map((column) => ({ ...column, heading: bounded(cleanText(column.heading), 'start') }));
  const cells = rows.map((row) =>
    columns.map((column, i): Cell => {
      const cell = row[i] ?? '';
      const { text, ...style } = typeof cell === 'string' ? { text: cell } : cell;
      const plain = cleanText(text);
      return { text: column.wraps ? plain : bounded(plain, column.shrinkable ? 'end' : 'start'), ...style };
    }),
  );
  const natural = columns.map(({ heading, shrinkable }, i) => ({
    cells: cells.reduce((most, row) => Math.max(most, widthOf(row[i]?.text ?? '')), 0),
    heading: widthOf(heading),
    // A name may stand in the heading of paths, and is cut as they are.
    word: shrinkable ? 0 : Math.max(...heading.split(' ').map(widthOf)),
  }));
  const stacks = fitColumns(columns, natural, streams.columns ?? Number.POSITIVE_INFINITY);
  return stacks.map((stack) => renderStack(columns, cells, stack, streams.color)).join('\n\n');
}

function renderStack(
  columns: readonly TableColumn[],
  rows: readonly (readonly Cell[])[],
  { shown, widths }: Stack,
  color: boolean,
): string {
  const head = shown.map((i): Cell => ({ text: columns[i]?.heading ?? '', style: 'dim' }));
  const lines = [
    ...rowLines(head, shown, widths, columns, color, true),
    ...rows.flatMap((row) =>
      rowLines(
        shown.map((i) => row[i] as Cell),
        shown,
        widths,
        columns,
        color,
      ),
    ),
  ];
  return lines.join('\n');
}

const GAP = '  ';

/** The lines of one row: one, or several where words are broken; a heading's last words stand over the column. */
function rowLines(
  cells: readonly Cell[],
  shown: readonly number[],
  widths: readonly number[],
  columns: readonly TableColumn[],
  color: boolean,
  isHead = false,
): string[] {
  const parts = cells.map(({ text }, at) => {
    const [width, column] = [widths[at] as number, columns[shown[at] as number] as TableColumn];
    if (widthOf(text) <= width) return [text];
    if (column.wraps || (isHead && !column.shrinkable)) {
      return wrapWords(text, width)
        .split('\n')
        .flatMap((line) => pieces(line, width));
    }
    return [cut(text, width, column.shrinkable ? 'end' : 'start')];
  });
  const height = parts.reduce((most, lines) => Math.max(most, lines.length), 1);
  return Array.from({ length: height }, (_, line) => {
    const filled = parts.map((lines, at) => {
      const text = lines[isHead ? line - height + lines.length : line] ?? '';
      const space = ' '.repeat((widths[at] as number) - widthOf(text));
      const painted = text === '' ? '' : paint(text, cells[at]?.style, color);
      return columns[shown[at] as number]?.align === 'right' ? space + painted : painted + space;
    });
    return filled.join(GAP).trimEnd();
  });
}
