import { ArchmeterError } from '../errors.js';
import type { ByteSource } from '../importers/define-importer.js';
import type { TraceFormat, TraceOptions } from './define-trace-format.js';
import { registry } from './registry.js';
import { headOf } from './shared/chunks.js';
import type { Trace } from './trace.js';

export type { OperatorCall, OtherWork, Trace, TraceIteration, TraceStep } from './trace.js';

const HEAD_CHARACTERS = 2 ** 20;

/** Every format of profiles that can be read. */
export async function traceFormats(): Promise<readonly TraceFormat[]> {
  const loaders: readonly (() => Promise<{ readonly default: TraceFormat }>)[] = Object.values(registry);
  return Promise.all(loaders.map(async (load) => (await load()).default));
}

/**
 * Reads a profile of whatever format; it is streamed, so that its size is not that of the memory.
 *
 * @throws ArchmeterError naming the file and what is wrong with it
 */
export async function readTrace(source: ByteSource, options: TraceOptions = {}): Promise<Trace> {
  if (source.size === 0) throw new ArchmeterError('the file is empty', 'Profile again.', { file: source.name });
  const head = await headOf(source, HEAD_CHARACTERS);
  const formats = await traceFormats();
  const found = formats.find((format) => format.matches(head));
  if (found === undefined) {
    throw new ArchmeterError(
      'no profile of a known format is recognised in this file',
      `Readable are: ${formats.map(({ title }) => title).join('; ')}. 'archmeter profile --how pytorch' shows how to make one.`,
      { file: source.name },
    );
  }
  try {
    return { ...(await found.read(source, options)), file: source.name };
  } catch (error) {
    throw error instanceof ArchmeterError ? error.at({ file: source.name }) : error;
  }
}
