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

export function fromInput(list: FileList | null): GivenFile[] {
  return Array.from(list ?? [], (file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/** Files and folders that were dropped. */
export async function fromDrop(data: DataTransfer): Promise<GivenFile[]> {
  // Entries are gone once the event is over: taken before anything is waited for.
  const entries = Array.from(data.items, (item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return fromInput(data.files);
  const found: GivenFile[] = [];
  for (const entry of entries) await collect(entry, found);
  return found;
}

const MOST_FILES = 10_000;

async function collect(entry: FileSystemEntry, found: GivenFile[]): Promise<void> {
  if (found.length >= MOST_FILES) return;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    found.push({ path: entry.fullPath.replace(/^\//, ''), file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // Browsers hand out a hundred at a time.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return;
    for (const child of some) await collect(child, found);
  }
}
