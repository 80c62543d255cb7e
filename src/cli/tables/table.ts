import Table from 'cli-table3';
import stringWidth from 'string-width';
import type { Streams } from '../define-command.js';

export interface TableColumn {
  readonly heading: string;
  /** Numbers stand right, words left. */
  readonly align: 'left' | 'right';
  /** May be cut short where the terminal is narrow. */
  readonly shrinkable?: boolean;
}

/** `strong` marks e.g. the best of a row. */
export interface Cell {
  readonly text: string;
  readonly style?: 'strong' | 'dim' | 'good' | 'bad';
}

const STYLES = { strong: [1, 22], dim: [2, 22], good: [32, 39], bad: [31, 39] } as const;
const LEAST_SHRUNK = 12;
const GAP = 2;

export function paint(text: string, style: Cell['style'], color: boolean): string {
  if (style === undefined || !color) return text;
  const [on, off] = STYLES[style];
  return `\u001b[${on}m${text}\u001b[${off}m`;
}

/**
 * A table without borders that fits the terminal: shrinkable columns are cut first (at their start, where module paths
 * repeat), then columns at the right are left out and named below.
 */
export function renderTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly (Cell | string)[])[],
  streams: Pick<Streams, 'columns' | 'color'>,
): string {
  const cells = rows.map((row) =>
    row.map((cell): Cell => {
      const { text, ...style } = typeof cell === 'string' ? { text: cell } : cell;
      return { text: clean(text), ...style };
    }),
  );
  const natural = columns.map(({ heading }, i) =>
    Math.max(widthOf(heading), ...cells.map((row) => widthOf(row[i]?.text ?? ''))),
  );
  const { widths, shown } = fitColumns(columns, natural, streams.columns ?? Number.POSITIVE_INFINITY);
  const table = new Table({
    head: shown.map((i) => paint((columns[i] as TableColumn).heading, 'dim', streams.color)),
    colAligns: shown.map((i) => (columns[i] as TableColumn).align),
    chars: NO_BORDERS,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': GAP },
  });
  for (const row of cells) {
    table.push(shown.map((i) => paint(cut(row[i]?.text ?? '', widths[i] as number), row[i]?.style, streams.color)));
  }
  const hidden = columns.filter((_, i) => !shown.includes(i)).map(({ heading }) => heading);
  const note =
    hidden.length === 0 ? '' : `\n${paint(`not shown for want of width: ${hidden.join(', ')}`, 'dim', streams.color)}`;
  return `${table.toString().replace(/[ \t]+$/gm, '')}${note}`;
}

function fitColumns(columns: readonly TableColumn[], natural: readonly number[], room: number) {
  const widths = [...natural];
  const shown = columns.map((_, i) => i);
  const total = () => shown.reduce((sum, i) => sum + (widths[i] as number) + GAP, 0);
  for (let i = 0; i < columns.length; i++) {
    if (!columns[i]?.shrinkable || total() <= room) continue;
    widths[i] = Math.max(Math.min(LEAST_SHRUNK, natural[i] as number), (widths[i] as number) - (total() - room));
  }
  while (total() > room && shown.length > 2) shown.pop();
  return { widths, shown };
}

/** Control characters in untrusted names would move the cursor. */
function clean(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}

function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let rest = text;
  while (widthOf(rest) > width - 1) rest = rest.slice(1);
  return `…${rest}`;
}

/** Columns that a text takes. Most are plain, for which the tables of Unicode, slow to load, are not asked. */
function widthOf(text: string): number {
  return PLAIN.test(text) ? text.length : stringWidth(text);
}

/** Latin letters, dashes and quotation marks: one column each. */
const PLAIN = /^[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027]*$/;

const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
} as const;
