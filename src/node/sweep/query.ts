import { stat } from 'node:fs/promises';
import { ArchmeterError } from '../../core/errors.js';

/** A result of SQL: columns and rows as text and numbers. */
export interface QueryResult {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/**
 * Runs SQL by DuckDB over the Parquet files of a folder or glob, which the query calls `sweep`.
 *
 * @param install what installs DuckDB
 * @throws ArchmeterError where DuckDB is not installed, or refuses the query
 */
export async function querySweep(sql: string, place: string, install: string): Promise<QueryResult> {
  const duckdb = await import('@duckdb/node-api').catch(() => undefined);
  if (duckdb === undefined) {
    throw new ArchmeterError('DuckDB is not installed', `Install it: ${install}.`);
  }
  const isFolder = await stat(place).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const files = (isFolder ? `${place}/*.parquet` : place).replaceAll("'", "''");
  const instance = await duckdb.DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    await connection.run(`CREATE VIEW sweep AS SELECT * FROM read_parquet('${files}')`);
    const reader = await connection.runAndReadAll(sql);
    return { columns: reader.columnNames(), rows: reader.getRowsJson() as unknown[][] };
  } catch (error) {
    const problem = error instanceof Error ? (error.message.split('\n')[0] as string) : String(error);
    throw new ArchmeterError(
      `DuckDB: ${problem.replace(/\.$/, '')}`,
      "The view is called 'sweep'; DESCRIBE sweep lists its columns.",
    );
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
