import { all, el, find } from './dom.js';

type Direction = 'ascending' | 'descending';

const MARKS = { ascending: '▲', descending: '▼' } as const;

/**
 * Lets a reader sort the models of each figures table: rows where a model is a row, columns where it is a column. The
 * first press puts the best first, the second the worst, the third all back as they were given.
 */
export function startFiguresSort(root: ParentNode): void {
  for (const table of all<HTMLTableElement>('table.key', root)) {
    const headings = all<HTMLTableCellElement>('th[data-best]', table);
    const original = itemsOf(table);
    for (const heading of headings) {
      const mark = el('span', { 'aria-hidden': 'true' }, '↕');
      const name = find('a', heading)?.textContent ?? '';
      const button = el(
        'button',
        { type: 'button', class: 'sort-models', 'aria-label': `Sort models by ${name}` },
        mark,
      );
      button.addEventListener('click', () => {
        const direction = next(heading);
        for (const other of headings) {
          other.removeAttribute('aria-sort');
          (find('.sort-models span', other) as HTMLElement).textContent = '↕';
        }
        table.toggleAttribute('data-sorted', direction !== null);
        if (direction === null) arrange(table, original);
        else {
          heading.setAttribute('aria-sort', direction);
          mark.textContent = MARKS[direction];
          arrange(table, sorted(original, valuesOf(heading, table, original), direction));
        }
        button.focus();
      });
      heading.append(button);
    }
  }
}

function next(heading: HTMLElement): Direction | null {
  const first = heading.dataset['best'] as Direction;
  const now = heading.getAttribute('aria-sort');
  if (now === null) return first;
  return now === first ? (first === 'ascending' ? 'descending' : 'ascending') : null;
}

/** A model's cells: its row, or what it has in every row. */
type Item = readonly HTMLTableCellElement[];

const isTall = (table: HTMLTableElement) => table.classList.contains('tall');

function itemsOf(table: HTMLTableElement): readonly Item[] {
  if (isTall(table)) return all<HTMLTableRowElement>('tbody tr', table).map((row) => Array.from(row.cells));
  const rows = Array.from(table.rows).filter((row) => !row.classList.contains('group-head'));
  const count = (rows[0]?.cells.length ?? 1) - 1;
  return Array.from({ length: count }, (_, i) => rows.map((row) => row.cells[i + 1] as HTMLTableCellElement));
}

function valuesOf(heading: HTMLTableCellElement, table: HTMLTableElement, items: readonly Item[]): (number | null)[] {
  const row = heading.parentElement as HTMLTableRowElement;
  const at = isTall(table) ? heading.cellIndex : items[0]?.findIndex((cell) => cell.parentElement === row);
  return items.map((cells) => {
    const value = cells[at ?? -1]?.dataset['value'];
    return value === undefined ? null : Number(value);
  });
}

/** By their values; a model without one comes last, and equal ones keep their order. */
function sorted(items: readonly Item[], values: readonly (number | null)[], direction: Direction): Item[] {
  const sign = direction === 'ascending' ? 1 : -1;
  return items
    .map((item, i) => ({ item, value: values[i] ?? null }))
    .sort((a, b) => {
      if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null);
      return sign * (a.value - b.value);
    })
    .map(({ item }) => item);
}

function arrange(table: HTMLTableElement, items: readonly Item[]): void {
  for (const cells of items) {
    const body = table.tBodies[0];
    if (isTall(table)) body?.append(cells[0]?.parentElement as HTMLTableRowElement);
    else for (const cell of cells) cell.parentElement?.append(cell);
  }
}
