import { readFile } from 'node:fs/promises';
import { cleanTexts } from '../core/clean-text.js';
import { ArchmeterError } from '../core/errors.js';

/** What to say of a file that the system does not give. */
export function readProblem(file: string, { code }: NodeJS.ErrnoException): ArchmeterError {
  const problem = code === 'ENOENT' ? 'there is no such file' : `the file cannot be read (${code})`;
  return new ArchmeterError(problem, undefined, { file });
}

/** @throws ArchmeterError where there is no such file or it cannot be read */
export function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw readProblem(path, error);
  });
}

/**
 * The JSON of a file, its texts cleaned.
 *
 * @throws ArchmeterError where there is none
 */
export async function readJson(path: string): Promise<unknown> {
  const text = await readText(path);
  try {
    return cleanTexts(JSON.parse(text));
  } catch {
    throw new ArchmeterError('the file is not JSON', undefined, { file: path });
  }
}
