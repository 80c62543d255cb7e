import { createReadStream, createWriteStream, fstatSync } from 'node:fs';
import { type FileHandle, mkdtemp, open, readdir, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { isatty } from 'node:tty';
import { ArchmeterError } from '../core/errors.js';
import type { ByteSource } from '../core/importers/define-importer.js';
import { assertRange, pathInsideFolder } from '../core/importers/shared/bytes.js';
import { Windows } from '../core/importers/shared/windows.js';

const STDIN = 0;

/** An open file, read piecewise. Close it when the model is read; the siblings that were opened close with it. */
export interface FileSource extends ByteSource {
  close(): Promise<void>;
}

/**
 * Opens a model file for lazy reading; `-` is standard input (read in place where it is a file, else through a
 * temporary file). Throws ArchmeterError for what is not a readable file, saying what to do.
 */
export async function openModelFile(path: string): Promise<FileSource> {
  if (path === '-') return openStdin();
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path)) {
    throw new ArchmeterError('archmeter reads files, not addresses', 'Download it first, e.g. with curl -LO.', {
      file: path,
    });
  }
  const stats = await attempt(path, () => stat(path));
  if (stats.isDirectory()) throw await folderError(path);
  if (stats.isFIFO()) return spool(path, createReadStream(path));
  if (!stats.isFile()) throw new ArchmeterError('this is a device, not a file', 'Give a model file.', { file: path });
  const real = await attempt(path, () => realpath(path));
  const folders = [await realpath(dirname(path)), dirname(real)];
  return new OpenFile(path, await attempt(path, () => open(path, 'r')), stats.size, folders);
}

/** Opens a model file, runs `body` and closes it, whatever happens. */
export async function withModelFile<T>(path: string, body: (source: FileSource) => Promise<T>): Promise<T> {
  const source = await openModelFile(path);
  try {
    return await body(source);
  } finally {
    await source.close();
  }
}

class OpenFile implements FileSource {
  private readonly windows = new Windows((offset, length) => this.readFile(offset, length));
  private readonly opened: FileSource[] = [];

  constructor(
    readonly name: string,
    private readonly handle: FileHandle,
    readonly size: number,
    /** Where siblings may lie, with symbolic links resolved. */
    private readonly folders: readonly string[],
    private readonly onClose: () => Promise<void> = async () => {},
  ) {}

  async read(offset: number, length: number): Promise<Uint8Array> {
    assertRange(this.name, this.size, offset, length);
    return this.windows.read(offset, length, this.size);
  }

  async sibling(relativePath: string): Promise<ByteSource | undefined> {
    const inside = pathInsideFolder(relativePath, this.name);
    for (const folder of this.folders) {
      const path = join(folder, inside);
      const real = await realpath(path).catch(() => undefined);
      if (real === undefined) continue;
      // A model hub's cache links both the model and its data to one folder of blobs: that folder is the model's too.
      if (!this.folders.some((allowed) => isInside(allowed, real))) {
        throw new ArchmeterError(
          `it refers to '${relativePath}', a link that leads outside the model's folder`,
          'Put the file itself beside the model.',
          { file: this.name },
        );
      }
      const stats = await attempt(path, () => stat(real));
      if (!stats.isFile()) continue;
      const handle = await attempt(path, () => open(real, 'r'));
      const source = new OpenFile(join(dirname(this.name), inside), handle, stats.size, [dirname(real)]);
      this.opened.push(source);
      return source;
    }
    return undefined;
  }

  async close(): Promise<void> {
    this.windows.clear();
    await Promise.all(this.opened.map((source) => source.close()));
    await this.handle.close();
    await this.onClose();
  }

  private async readFile(offset: number, length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await attempt(this.name, () =>
        this.handle.read(bytes, filled, length - filled, offset + filled),
      );
      if (bytesRead === 0) assertRange(this.name, offset + filled, offset, length);
      filled += bytesRead;
    }
    return bytes;
  }
}

async function openStdin(): Promise<FileSource> {
  if (isatty(STDIN)) {
    throw new ArchmeterError('standard input is a terminal', 'Pipe a model file into it, or give its path.', {
      file: '-',
    });
  }
  const stats = fstatSync(STDIN);
  if (stats.isFile() && process.platform !== 'win32') {
    return new OpenFile('-', await attempt('-', () => open('/dev/stdin', 'r')), stats.size, []);
  }
  return spool('-', process.stdin);
}

/** A stream cannot be sought in: its bytes go to a temporary file, which is gone when it is closed. */
async function spool(name: string, stream: NodeJS.ReadableStream): Promise<FileSource> {
  const folder = await mkdtemp(join(tmpdir(), 'archmeter-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const path = join(folder, 'model');
    await attempt(name, () => pipeline(stream, createWriteStream(path)));
    const handle = await open(path, 'r');
    return new OpenFile(name, handle, (await handle.stat()).size, [], remove);
  } catch (error) {
    await remove();
    throw error;
  }
}

/** What a folder most likely holds that was meant. */
async function folderError(path: string): Promise<ArchmeterError> {
  const entries = await readdir(path).catch((): string[] => []);
  const model = entries.find((name) => /^model\.json$|\.(onnx|pt2|keras|h5|tflite)$/.test(name));
  const fix =
    model !== undefined
      ? `Give the file inside: ${join(path, model)}.`
      : entries.includes('saved_model.pb')
        ? 'It is a TensorFlow SavedModel: convert it with tensorflowjs_converter (gives model.json) or tf.lite.TFLiteConverter.'
        : 'Give a model file.';
  return new ArchmeterError('this is a folder, not a model file', fix, { file: path });
}

const REASONS: Readonly<Record<string, readonly [problem: string, fix: string]>> = {
  ENOENT: ['there is no such file', 'Check the path.'],
  ENOTDIR: ['there is no such file', 'Check the path.'],
  EACCES: ['the file may not be read', 'Change its permissions.'],
  EPERM: ['the file may not be read', 'Change its permissions.'],
  ELOOP: ['its symbolic links run in a circle', 'Give the file itself.'],
  ENAMETOOLONG: ['the path is too long', 'Check the path.'],
  EMFILE: ['too many files are open', 'Close some programs or raise the limit (ulimit -n).'],
  ENOSPC: [
    'no space is left for the temporary copy of the stream',
    'Free some space, or give a file instead of a pipe.',
  ],
};

async function attempt<T>(file: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof ArchmeterError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const [problem, fix] = REASONS[code ?? ''] ?? [`it cannot be read: ${message}`, undefined];
    throw new ArchmeterError(problem, fix, { file }, { cause: error });
  }
}

function isInside(folder: string, path: string): boolean {
  const inside = relative(folder, path);
  return inside !== '' && !inside.startsWith(`..${sep}`) && inside !== '..' && resolve(folder, inside) === path;
}
