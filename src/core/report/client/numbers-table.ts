import type { ChartTable } from '../charts/define-chart.js';
import { formatExact } from '../number-format.js';
import { el } from './dom.js';

/** Rows shown at once; the rest on request. */
const SHOWN = 500;

/** The numbers of a chart as a table. */
export function numbersTable({ headings, rows }: ChartTable): HTMLElement {
  const numeric = headings.map((_, column) => rows.some((row) => typeof row[column] === 'number'));
  const align = (column: number) => (numeric[column] ? { class: 'number' } : {});
  const body = el('tbody');
  const add = (from: number, to: number) => {
    for (const row of rows.slice(from, to)) {
      body.append(
        el(
          'tr',
          {},
          ...row.map((cell, column) =>
            column === 0 ? el('th', { scope: 'row' }, text(cell)) : el('td', align(column), text(cell)),
          ),
        ),
      );
    }
  };
  add(0, SHOWN);
  const table = el(
    'table',
    {},
    el(
      'thead',
      {},
      el('tr', {}, ...headings.map((heading, column) => el('th', { scope: 'col', ...align(column) }, heading))),
    ),
    body,
  );
  if (rows.length <= SHOWN) return table;
  const more = el('button', { type: 'button', class: 'quiet' }, `Show all ${formatExact(rows.length)} rows`);
  more.addEventListener('click', () => {
    add(SHOWN, rows.length);
    more.remove();
  });
  return el('div', {}, table, more);
}

function text(cell: string | number | null): string {
  if (cell === null) return '–';
  if (typeof cell === 'string') return cell;
  return Number.isInteger(cell) ? formatExact(cell) : String(Number(cell.toPrecision(6)));
}
