import { ArchmeterError } from '../../core/errors.js';
import { deliver } from '../output.js';
import { renderTable } from '../tables/table.js';
import type { SweepAction } from './actions.js';
import { csvCell } from './rows.js';

/** `sweep query SQL FOLDER`: SQL over a folder's, or a glob's, Parquet files. */
export const query: SweepAction = async ([sql, place], args, streams) => {
  if (sql === undefined || place === undefined) {
    throw new ArchmeterError(
      'a query and a folder are needed',
      'Write e.g. archmeter sweep query "SELECT count(*) FROM sweep" FOLDER.',
    );
  }
  const [{ querySweep }, { installCommand }] = await Promise.all([
    import('../../node/sweep/query.js'),
    import('../../bench/host/install-command.js'),
  ]);
  const { columns, rows } = await querySweep(sql, place, installCommand('@duckdb/node-api'));
  if (args['format'] === 'json') {
    const objects = rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i]])));
    await deliver(JSON.stringify(objects, null, 2), args, streams);
    return 0;
  }
  if (args['format'] === 'csv') {
    const lines = [columns, ...rows].map((cells) => cells.map(csvCell).join(','));
    await deliver(lines.join('\n'), args, streams);
    return 0;
  }
  const isNumber = (i: number) => rows.every((row) => typeof row[i] === 'number' || /^-?\d+$/.test(String(row[i])));
  const headings = columns.map((heading, i) => ({
    heading,
    align: isNumber(i) ? ('right' as const) : ('left' as const),
  }));
  const cells = rows.map((row) => row.map((cell) => String(cell)));
  await deliver(renderTable(headings, cells, streams), args, streams);
  return 0;
};
