import type { GivenFile } from './worker/protocol.js';

/** What archmeter reads; other files of a folder are only looked at where a model refers to them. */
const READABLE = /\.(onnx|pt2|pt|pth|keras|h5|hdf5|tflite|pb|ya?ml|json|gz|csv)$/i;

/** Files as a person gave them at once, and those of them that are to be opened. */
export interface Given {
  readonly files: readonly GivenFile[];
  readonly references: readonly string[];
}

/**
 * Names what was dropped or chosen.
 *
 * @param taken whether the page has another file of that path
 */
export function named(files: readonly GivenFile[], taken: (path: string) => boolean): Given {
  let prefix = '';
  for (let i = 2; files.some(({ path }) => taken(prefix + path)); i++) prefix = `${i}/`;
  const placed = files.map(({ path, file }) => ({ path: prefix + path, file }));
  const folders = new Set(placed.flatMap(({ path }) => (/(^|\/)model\.json$/.test(path) ? [folderOf(path)] : [])));
  const readable = placed.filter(
    ({ path }) => READABLE.test(path) && (!folders.has(folderOf(path)) || /(^|\/)model\.json$/.test(path)),
  );
  return { files: placed, references: (readable.length > 0 ? readable : placed).map(({ path }) => path) };
}

const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/') + 1);
