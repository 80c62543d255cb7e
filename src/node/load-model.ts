import { readFile, stat } from 'node:fs/promises';
import { type LoadModelOptions, loadModelFrom, type ModelFiles } from '../core/compose/load-model.js';
import type { Graph } from '../core/ir/graph.js';
import { readProblem } from './read-text.js';

export type { LoadModelOptions } from '../core/compose/load-model.js';

/**
 * The graph of what a person named: a file (`-` for standard input), a zoo model, or a zoo block as
 * `block:osa:outChannels=256,width=128@1x256x56x56`.
 *
 * @throws ArchmeterError where there is no such thing, or it cannot be read
 */
export function loadModel(reference: string, options: LoadModelOptions = {}): Promise<Graph> {
  return loadModelFrom(DISK, reference, options);
}

const DISK: ModelFiles = {
  async exists(path) {
    try {
      await stat(path);
      return true;
    } catch {
      return false;
    }
  },
  async text(path, maxBytes) {
    const stats = await stat(path).catch((error: NodeJS.ErrnoException) => {
      throw readProblem(path, error);
    });
    return stats.isFile() && stats.size <= maxBytes ? readFile(path, 'utf8') : undefined;
  },
  async withFile(path, body) {
    const { withModelFile } = await import('./byte-source.js');
    return withModelFile(path, body);
  },
};
