import { readdirSync, readFileSync } from 'node:fs';

/** Names in a folder of the system, in order; none where there is no such folder. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

/** What a file of the system says, without white space around it; undefined where it says nothing. */
export function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}
