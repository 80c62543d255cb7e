import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import { type ImportOptions, importModel } from '../src/core/importers/index.js';
import { memorySource } from '../src/core/importers/shared/bytes.js';
import type { Graph } from '../src/core/ir/graph.js';

/** A folder of figures and models of others. Files are named without the `.br` of those that Brotli compressed. */
export class ReferenceFolder {
  constructor(readonly root: string) {}

  has(path: string): boolean {
    return existsSync(join(this.root, path)) || existsSync(join(this.root, `${path}.br`));
  }

  bytes(path: string): Uint8Array {
    const file = join(this.root, path);
    return new Uint8Array(existsSync(file) ? readFileSync(file) : brotliDecompressSync(readFileSync(`${file}.br`)));
  }

  text(path: string): string {
    return new TextDecoder().decode(this.bytes(path));
  }

  json<T>(path: string): T {
    return JSON.parse(this.text(path)) as T;
  }

  /** Names of the files of a folder that end so, without the ending, in order. */
  names(folder: string, ending = ''): string[] {
    return readdirSync(join(this.root, folder))
      .map((file) => file.replace(/\.br$/, ''))
      .filter((file) => file.endsWith(ending))
      .map((file) => file.slice(0, file.length - ending.length))
      .sort();
  }

  /** The graph of a model file, named as the file. */
  async model(path: string, options: ImportOptions = {}): Promise<Graph> {
    const graph = await importModel(memorySource(path, this.bytes(path)), options);
    return { ...graph, name: path.replace(/^.*\//, '').replace(/\.\w+$/, '') };
  }
}

/** `fixtures/reference`: its README has each file's source and licence. */
export const reference = new ReferenceFolder(fileURLToPath(new URL('../fixtures/reference', import.meta.url)));
