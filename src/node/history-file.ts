import { readFile } from 'node:fs/promises';
import { cleanTexts } from '../core/clean-text.js';
import { ArchmeterError } from '../core/errors.js';
import type { HistoryEntry } from '../core/report/define-reporter.js';
import { withFileLock } from './file-lock.js';
import { writeAtomically } from './write-atomically.js';

/**
 * Adds a commit's figures to a file of one JSON line per commit and returns all of it, oldest first. A commit that is in
 * it already is replaced.
 *
 * @throws ArchmeterError where the file holds something else
 */
export async function appendHistory(path: string, entry: HistoryEntry): Promise<HistoryEntry[]> {
  return withFileLock(path, async () => {
    const others = (await readHistory(path)).filter(({ commit }) => commit !== entry.commit);
    const history = [...others, entry];
    await writeAtomically(path, history.map((line) => `${JSON.stringify(line)}\n`).join(''), { force: true });
    return history;
  });
}

async function readHistory(path: string): Promise<HistoryEntry[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw new ArchmeterError(`the history cannot be read (${error.code})`, undefined, { file: path });
  });
  return text.split('\n').flatMap((line, i) => {
    if (line.trim() === '') return [];
    const entry = parse(line);
    if (entry !== undefined) return [entry];
    throw new ArchmeterError('this is no line of a history', 'Give another file, or delete the line.', {
      file: path,
      line: i + 1,
    });
  });
}

function parse(line: string): HistoryEntry | undefined {
  try {
    const value = cleanTexts(JSON.parse(line)) as HistoryEntry | null;
    const whole =
      typeof value?.commit === 'string' && typeof value.date === 'string' && typeof value.models === 'object';
    return whole ? value : undefined;
  } catch {
    return undefined;
  }
}
