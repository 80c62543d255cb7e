import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { ArchmeterError } from '../../core/errors.js';

/** A design as its Parquet file has it: parameters and figures by name. */
export type DesignRow = Readonly<Record<string, number | string | boolean>>;

/**
 * Designs of all Parquet files of a folder in order, a row group at a time.
 *
 * @param columns names; all where undefined
 * @throws ArchmeterError where a file is damaged
 */
export async function* designRows(folder: string, columns?: readonly string[]): AsyncGenerator<DesignRow[]> {
  for (const name of (await readdir(folder)).filter((entry) => entry.endsWith('.parquet')).sort()) {
    const path = join(folder, name);
    try {
      const file = await asyncBufferFromFile(path);
      const metadata = await parquetMetadataAsync(file);
      let rowStart = 0;
      for (const { num_rows } of metadata.row_groups) {
        const rowEnd = rowStart + Number(num_rows);
        const asked = columns === undefined ? {} : { columns: [...columns] };
        yield (await parquetReadObjects({ file, metadata, rowStart, rowEnd, ...asked })) as DesignRow[];
        rowStart = rowEnd;
      }
    } catch (error) {
      throw new ArchmeterError(
        `not a whole Parquet file: ${error instanceof Error ? error.message : error}`,
        'Delete it and run the sweep again.',
        { file: path },
      );
    }
  }
}
