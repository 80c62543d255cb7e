import { ArchmeterError } from '../../errors.js';
import type { ByteSource } from '../../importers/define-importer.js';

const CHUNK_BYTES = 2 ** 18;

/** The bytes of a file in order, decompressed where it is gzip (by content). At most some chunks are in memory. */
export async function* chunksOf(source: ByteSource): AsyncGenerator<Uint8Array> {
  const magic = source.size < 2 ? new Uint8Array(2) : await source.read(0, 2);
  if (magic[0] !== 0x1f || magic[1] !== 0x8b) {
    yield* storedChunks(source);
    return;
  }
  const stored = storedChunks(source);
  const packed = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const { value, done } = await stored.next();
      if (done) controller.close();
      else controller.enqueue(value as Uint8Array<ArrayBuffer>);
    },
  });
  const reader = packed.pipeThrough(new DecompressionStream('gzip')).getReader();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      yield value;
    }
  } catch (error) {
    throw error instanceof ArchmeterError
      ? error
      : new ArchmeterError('the compressed file is damaged or cut short', 'Copy it again, whole.', {
          file: source.name,
        });
  } finally {
    reader.cancel().catch(() => {});
  }
}

async function* storedChunks(source: ByteSource): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < source.size; at += CHUNK_BYTES) {
    yield await source.read(at, Math.min(CHUNK_BYTES, source.size - at));
  }
}

/** The first text of a file, decompressed. */
export async function headOf(source: ByteSource, characters: number): Promise<string> {
  const decoder = new TextDecoder();
  let head = '';
  for await (const chunk of chunksOf(source)) {
    head += decoder.decode(chunk, { stream: true });
    if (head.length >= characters) break;
  }
  return head.slice(0, characters);
}

/** The whole text of a file that is small by its nature. */
export async function textOf(source: ByteSource, mostBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of chunksOf(source)) {
    bytes += chunk.length;
    if (bytes > mostBytes) {
      throw new ArchmeterError(
        `the file holds more than ${mostBytes / 2 ** 20} MiB, which no such summary does`,
        'Give the file that the profiler wrote.',
        { file: source.name },
      );
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
