import { ArchmeterError } from '../../errors.js';
import type { Graph } from '../../ir/graph.js';
import type { ByteSource, ImportOptions } from '../define-importer.js';
import { readArchive } from './archive.js';
import { decodeProgram } from './decode.js';
import { readProgram } from './read-program.js';

/** Reads the program of an archive: its graph, and of its weights the shapes. */
export async function readPt2(source: ByteSource, options: ImportOptions): Promise<Graph> {
  try {
    const { program, weights } = await readArchive(source);
    const graph = readProgram(decodeProgram(program), weights, modelName(source.name), options);
    return { ...graph, source: { ...graph.source, format: 'pt2', file: source.name } };
  } catch (error) {
    throw error instanceof ArchmeterError ? error.at({ file: source.name }) : error;
  }
}

/** The file's name without folders and extension. */
function modelName(file: string): string {
  return (file.split(/[/\\]/).at(-1) ?? file).replace(/\.pt2$/i, '');
}
