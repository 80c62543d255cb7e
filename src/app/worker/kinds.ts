import { looksLikeSpec, savedSchema } from '../../core/spec/read-spec.js';
import { traceFormats } from '../../core/traces/index.js';
import type { GivenFiles } from './files.js';

/** What a file that a person gave is: a model or spec, a result that archmeter wrote, or a profile. */
export type FileKind = 'model' | 'saved' | 'profile';

const HEAD_BYTES = 2 ** 16;

/** By its first bytes; texts alone can be any of them. */
export async function kindOf(files: GivenFiles, path: string): Promise<FileKind> {
  if (/\.csv$|\.gz$/i.test(path)) return 'profile';
  if (!/\.(json|txt)$/i.test(path)) return 'model';
  const head = await files.head(path, HEAD_BYTES);
  if (savedSchema(head) !== undefined) return 'saved';
  if (looksLikeSpec(head) || /"(modelTopology|weightsManifest)"|"(graph|layers)-model"/.test(head)) return 'model';
  return (await traceFormats()).some((format) => format.matches(head)) ? 'profile' : 'model';
}
