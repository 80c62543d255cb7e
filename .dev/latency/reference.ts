import { type ReferenceFolder, reference } from '../../test/reference.js';

const FOLDER = 'latency';

/** Rows of one of the reference's tables, by heading. */
export function readTable(name: string, folder: ReferenceFolder = reference): Readonly<Record<string, string>>[] {
  const [head = '', ...lines] = folder.text(`${FOLDER}/${name}.csv`).trim().split('\n');
  const names = head.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((name, i) => [name, cells[i] ?? '']));
  });
}

/** Names of the tables in a folder of the reference, with the folder. */
export function listTables(subfolder: string, folder: ReferenceFolder = reference): string[] {
  return folder.names(`${FOLDER}/${subfolder}`, '.csv').map((name) => subfolder + name);
}
