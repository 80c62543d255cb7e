import type { GivenFile } from './worker/protocol.js';

/** Files and folders that were chosen. */
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
