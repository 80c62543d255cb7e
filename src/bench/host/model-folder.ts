import { readFile, realpath } from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';
import { ArchmeterError } from '../../core/errors.js';
import type { ModelFile } from '../define-runtime.js';
import type { GraphModelFiles } from '../lowering/graph-model.js';

/** A graph-model's JSON and the weight files beside it, as they lie on the disk. */
export function modelFolder({ path, format }: ModelFile): GraphModelFiles {
  return { format, json: async () => JSON.parse(await readFile(path, 'utf8')), shard: (name) => readShard(path, name) };
}

/** A weight file from the model's folder, and from no other. */
async function readShard(file: string, name: string): Promise<Uint8Array> {
  const folders = [dirname(file), dirname(await realpath(file))];
  const found = await realpath(resolve(dirname(file), name)).catch(() => undefined);
  if (found === undefined) {
    throw new ArchmeterError(
      `its weight file '${name}' is missing`,
      'Use --weights random to time its graph with random weights, or fetch the whole model.',
      { file },
    );
  }
  const real = await Promise.all(folders.map((folder) => realpath(folder)));
  if (real.some((folder) => !relative(folder, found).startsWith(`..${sep}`))) return readFile(found);
  throw new ArchmeterError(`its weight file '${name}' lies outside the model's folder`, 'Put it beside the model.', {
    file,
  });
}
