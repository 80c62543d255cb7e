import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { ArchmeterError } from '../../core/errors.js';
import { createRandom } from '../../core/statistics/random.js';

/** A sample of a sweep's designs: columns of equal length. */
export interface Cloud {
  /** Designs in the files. */
  readonly designs: number;
  readonly columns: Readonly<Record<string, readonly (number | string | boolean)[]>>;
}

/**
 * Reads some columns of all Parquet files of a folder, row group by row group; of more than `most` designs a sample of
 * that many, each design as likely (Vitter 1985, algorithm R), the same at each reading.
 *
 * @throws ArchmeterError where a file is damaged
 */
export async function readCloud(folder: string, columns: readonly string[], most: number): Promise<Cloud> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.parquet')).sort();
  const random = createRandom(1);
  const kept: Record<string, unknown>[] = [];
  let designs = 0;
  for (const name of files) {
    const path = join(folder, name);
    try {
      const file = await asyncBufferFromFile(path);
      const metadata = await parquetMetadataAsync(file);
      let rowStart = 0;
      for (const group of metadata.row_groups) {
        const rowEnd = rowStart + Number(group.num_rows);
        for (const row of await parquetReadObjects({ file, metadata, columns: [...columns], rowStart, rowEnd })) {
          designs++;
          if (kept.length < most) kept.push(row);
          else {
            const place = Math.floor(random.uniform() * designs);
            if (place < most) kept[place] = row;
          }
        }
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
  return {
    designs,
    columns: Object.fromEntries(columns.map((name) => [name, kept.map((row) => row[name] as number)])),
  };
}
