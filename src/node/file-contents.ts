import { importOptions, type LoadModelOptions } from '../core/compose/load-model.js';
import { type ImportWithContents, importWithContents } from '../core/importers/index.js';
import { withModelFile } from './byte-source.js';

/**
 * Opens a model file to read the weights it holds; `body` may read them until it returns.
 *
 * @returns undefined where archmeter does not read weights in the file's format
 */
export async function withFileContents<T>(
  path: string,
  options: LoadModelOptions,
  body: (file: ImportWithContents) => Promise<T>,
): Promise<T | undefined> {
  return withModelFile(path, async (source) => {
    const file = await importWithContents(source, importOptions(options));
    return file === undefined ? undefined : body(file);
  });
}
