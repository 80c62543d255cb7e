import { all, el } from './dom.js';

const collator = new Intl.Collator('en', { numeric: true });

/** Tables marked so are sorted by the column whose heading is clicked: numbers from the largest, names from the first. */
export function startSortableTables(root: ParentNode): void {
  for (const table of all<HTMLTableElement>('table[data-sortable]', root)) {
    const headings = Array.from(table.tHead?.rows[0]?.cells ?? []);
    const body = table.tBodies[0];
    if (body === undefined) continue;
    headings.forEach((heading, column) => {
      const button = el('button', { type: 'button', class: 'sort' });
      button.append(...Array.from(heading.childNodes));
      heading.append(button);
      button.addEventListener('click', () => {
        const starts = heading.classList.contains('number') ? 'descending' : 'ascending';
        const other = starts === 'descending' ? 'ascending' : 'descending';
        const order = heading.ariaSort === starts ? other : starts;
        for (const one of headings) one.ariaSort = one === heading ? order : 'none';
        sort(body, column, order === 'descending' ? -1 : 1);
      });
    });
  }
}

function sort(body: HTMLTableSectionElement, column: number, direction: 1 | -1): void {
  const valueIn = (row: HTMLTableRowElement) => row.cells[column]?.dataset['value'] ?? '';
  const rows = Array.from(body.rows).sort((a, b) => {
    const [x, y] = [valueIn(a), valueIn(b)];
    // What has no value comes last in either direction.
    if (x === '' || y === '') return Number(x === '') - Number(y === '');
    const order = column === 0 ? collator.compare(x, y) : Number(x) - Number(y);
    return direction * order;
  });
  body.append(...rows);
}
