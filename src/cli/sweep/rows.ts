import { spelledOutJson } from '../../core/clean-text.js';
import { ArchmeterError } from '../../core/errors.js';
import { escapeCell } from '../../core/report/formats/csv.js';
import type { SweepAction } from './actions.js';

/** `sweep rows FOLDER`: every design of a folder as CSV or JSON, one a line; for sweeps that a spreadsheet can hold. */
export const rows: SweepAction = async ([folder], args, streams) => {
  if (folder === undefined) throw new ArchmeterError('the folder is missing', "Write 'archmeter sweep rows FOLDER'.");
  const { openFolder } = await import('../../node/sweep/folder.js');
  const { designRows } = await import('../../node/sweep/rows.js');
  await openFolder(folder);
  const asJson = args['format'] === 'json';
  let written = 0;
  for await (const group of designRows(folder)) {
    const [first] = group;
    if (first === undefined) continue;
    const lines = group.map((row) =>
      asJson ? spelledOutJson(JSON.stringify(row)) : Object.values(row).map(csvCell).join(','),
    );
    const before = asJson
      ? written === 0
        ? '[\n'
        : ',\n'
      : written === 0
        ? `${Object.keys(first).map(csvCell).join(',')}\n`
        : '';
    streams.data(`${before}${lines.join(asJson ? ',\n' : '\n')}${asJson ? '' : '\n'}`);
    written += group.length;
  }
  if (asJson) streams.data(written === 0 ? '[]\n' : '\n]\n');
  return 0;
};

/** A cell of CSV: numbers as they are, text made safe for spreadsheets. */
export function csvCell(value: unknown): string {
  return escapeCell(typeof value === 'number' ? value : String(value));
}
