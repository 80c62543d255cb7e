import { createRandom } from '../../core/statistics/random.js';
import { type DesignRow, designRows } from './rows.js';

/** A sample of a sweep's designs: columns of equal length. */
export interface Cloud {
  /** Designs in the files. */
  readonly designs: number;
  readonly columns: Readonly<Record<string, readonly (number | string | boolean)[]>>;
}

/**
 * Some columns of all designs of a folder; of more than `most` designs a sample of that many, each design as likely
 * (Vitter 1985, algorithm R), the same at each reading.
 *
 * @throws ArchmeterError where a file is damaged
 */
export async function readCloud(folder: string, columns: readonly string[], most: number): Promise<Cloud> {
  const random = createRandom(1);
  const kept: DesignRow[] = [];
  let designs = 0;
  for await (const rows of designRows(folder, columns)) {
    for (const row of rows) {
      designs++;
      if (kept.length < most) kept.push(row);
      else {
        const place = Math.floor(random.uniform() * designs);
        if (place < most) kept[place] = row;
      }
    }
  }
  return {
    designs,
    columns: Object.fromEntries(columns.map((name) => [name, kept.map((row) => row[name] as number)])),
  };
}
