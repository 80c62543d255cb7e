import { ArchmeterError } from '../errors.js';
import type { Graph } from '../ir/graph.js';
import { checkSizes } from './check-sizes.js';
import type { ByteSource, Importer, ImportOptions, ImportWithContents } from './define-importer.js';
import { foreignFormat } from './foreign-formats.js';
import { registry } from './registry.js';

export type { ByteSource, Importer, ImportOptions, ImportWithContents } from './define-importer.js';

const HEAD_BYTES = 4096;

/** Every model format that can be read. */
export async function importers(): Promise<readonly Importer[]> {
  const loaders: readonly (() => Promise<{ readonly default: Importer }>)[] = Object.values(registry);
  return Promise.all(loaders.map(async (load) => (await load()).default));
}

/**
 * Finds the format by content first, then by name.
 * Throws ArchmeterError where it is none of ours, naming what the file is and how to convert it, where that is known.
 */
export async function detectFormat(source: ByteSource): Promise<Importer> {
  if (source.size === 0) {
    throw new ArchmeterError('the file is empty', 'Download or export it again.', { file: source.name });
  }
  const head = await source.read(0, Math.min(HEAD_BYTES, source.size));
  const name = baseName(source.name);
  const foreign = await foreignFormat(source, head);
  if (foreign !== undefined) throw new ArchmeterError(foreign.problem, foreign.fix, { file: source.name });
  const named = await namedImporter(name);
  if (named?.matches(head, name) === 'content') return named;
  const all = await importers();
  const found = all.map((importer) => ({ importer, evidence: importer.matches(head, name) }));
  for (const evidence of ['content', 'name'] as const) {
    const matching = found.filter((candidate) => candidate.evidence === evidence).map(({ importer }) => importer);
    const named = matching.filter(({ extensions }) => extensions.some((extension) => name.endsWith(extension)));
    const [only, other] = named.length > 0 ? named : matching;
    if (only !== undefined && other === undefined) return only;
    if (only !== undefined) {
      throw new ArchmeterError(
        `the file could be ${matching.map(({ title }) => title).join(' or ')}`,
        'Give it the extension of its format.',
        { file: source.name },
      );
    }
  }
  const formats = all.map(({ title, extensions }) => `${title} (${extensions.join(', ')})`).join(', ');
  throw new ArchmeterError('no model format is recognised in this file', `Readable are: ${formats}.`, {
    file: source.name,
  });
}

/** The importer that an extension is called after, so that the others need not be loaded where its file is what it says. */
async function namedImporter(name: string): Promise<Importer | undefined> {
  const extension = name.split('.').at(-1) ?? '';
  if (!Object.hasOwn(registry, extension)) return undefined;
  return (await registry[extension as keyof typeof registry]()).default;
}

/**
 * Reads a model file into a graph; weights are not touched. Layouts and counts are those of the file.
 *
 * @throws ArchmeterError naming the file, the byte or node, and the reason
 */
export async function importModel(source: ByteSource, options: ImportOptions = {}): Promise<Graph> {
  return attempt(source, async (importer) => {
    if (options.inputData !== undefined && !importer.takesInputData) {
      throw new ArchmeterError(
        `shapes of a model of the kind ${importer.title} do not follow the contents of its inputs`,
        'Leave out --input-data.',
      );
    }
    const graph = await importer.read(source, options);
    checkSizes(graph);
    return graph;
  });
}

/**
 * The graph that `importModel` gives, with the way to its weights; undefined where archmeter reads none in this format.
 * Keep the source open until they are read.
 */
export async function importWithContents(
  source: ByteSource,
  options: ImportOptions = {},
): Promise<ImportWithContents | undefined> {
  return attempt(source, async (importer) => importer.readWithContents?.(source, options));
}

async function attempt<T>(source: ByteSource, read: (importer: Importer) => Promise<T>): Promise<T> {
  const importer = await detectFormat(source);
  try {
    return await read(importer);
  } catch (error) {
    if (error instanceof ArchmeterError) throw error.at({ file: source.name });
    // What the engine throws where recursion has no end in sight.
    if (error instanceof RangeError && error.message.includes('call stack')) {
      throw new ArchmeterError('its structure is nested too deeply to be read', 'The file is damaged.', {
        file: source.name,
      });
    }
    // The engine's own words say nothing of the file.
    const isOurs = !(error instanceof TypeError || error instanceof RangeError);
    const reason = isOurs ? (error as Error).message : 'a part that every such file has is missing or of another kind';
    throw new ArchmeterError(
      `it cannot be read as ${importer.title}: ${reason}`,
      'The file is damaged, or of a kind that archmeter does not know yet; if other programs open it, please report it.',
      { file: source.name },
      { cause: error },
    );
  }
}

function baseName(path: string): string {
  return (path.split(/[/\\]/).at(-1) ?? path).toLowerCase();
}
