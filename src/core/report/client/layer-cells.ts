import type { LayerColumn } from '../columns.js';
import type { Cell, LayerRow } from '../layer-rows.js';
import { figureParts, formatExact } from '../number-format.js';
import { el } from './dom.js';

/** A cell of the layers table; with `largest` above 0 a bar behind the number is as long as its part of that. */
export function cellElement(column: LayerColumn, cell: Cell, largest: number): HTMLTableCellElement {
  if (typeof cell !== 'number' || column.unit === 'text') return el('td', {}, el('bdi', {}, column.format(cell)));
  const { number, unit } = figureParts(cell, column.unit);
  const element = el(
    'td',
    { class: 'number', title: formatExact(cell) },
    el('span', { class: 'n' }, number),
    el('span', { class: 'u' }, unit),
  );
  if (largest > 0) {
    element.classList.add('share');
    element.style.setProperty('--share', `${(100 * cell) / largest}%`);
  }
  return element;
}

/** In rem: of names by the longest, of numbers by the longest word of the heading. */
export function columnWidth({ id, unit, heading }: LayerColumn, rows: readonly LayerRow[]): number {
  if (id === 'name')
    return Math.min(22, 2.6 + 0.42 * rows.reduce((most, { label }) => Math.max(most, label.length), 12));
  if (unit === 'text') return id === 'op' ? 6.4 : 8;
  return heading.length > 14
    ? 7
    : Math.max(5.4, 1.5 + 0.52 * Math.max(...heading.split(' ').map((word) => word.length)));
}
