import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../../../../shared/reference/', import.meta.url);

export const referencePath = (path: string): string => fileURLToPath(new URL(path, root));

/** The reference data lies beside the checkout where the project is developed; elsewhere these tests cannot run. */
export const haveReference = existsSync(referencePath('paper-facts.json'));

export const SKIP_REASON = haveReference ? '' : ' (skipped: ../shared/reference is not here)';

export function readReference<T>(path: string): T {
  return JSON.parse(readFileSync(referencePath(path), 'utf8')) as T;
}
