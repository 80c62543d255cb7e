import type { ModelFiles } from '../../core/compose/load-model.js';
import { ArchmeterError } from '../../core/errors.js';
import type { ByteSource } from '../../core/importers/define-importer.js';
import { assertRange, pathInsideFolder } from '../../core/importers/shared/bytes.js';
import { Windows } from '../../core/importers/shared/windows.js';
import type { GivenFile } from './protocol.js';

/** Files that a person gave the page, by their paths. None is read before something of it is asked for. */
export class GivenFiles implements ModelFiles {
  private readonly files = new Map<string, Blob>();

  give(files: readonly GivenFile[]): void {
    for (const { path, file } of files) this.files.set(path, file);
  }

  write(path: string, text: string): void {
    this.files.set(path, new Blob([text]));
  }

  async exists(path: string): Promise<boolean> {
    return this.files.has(path);
  }

  async text(path: string, maxBytes: number): Promise<string | undefined> {
    const file = this.file(path);
    return file.size > maxBytes ? undefined : file.text();
  }

  /** The first characters of a file, read no further than that. */
  async head(path: string, bytes: number): Promise<string> {
    return this.file(path).slice(0, bytes).text();
  }

  async withFile<T>(path: string, body: (source: ByteSource) => Promise<T>): Promise<T> {
    return body(new BlobSource(path, this.file(path), (name) => this.files.get(name)));
  }

  absolute(path: string): string {
    return path;
  }

  private file(path: string): Blob {
    const file = this.files.get(path);
    if (file !== undefined) return file;
    throw new ArchmeterError('the page has no such file', 'Open it again.', { file: path });
  }
}

/** A Blob read by slices: a model of gigabytes costs what its structure costs. */
export class BlobSource implements ByteSource {
  private readonly windows = new Windows((offset, length) => this.slice(offset, length));

  constructor(
    readonly name: string,
    private readonly blob: Blob,
    private readonly beside: (path: string) => Blob | undefined = () => undefined,
  ) {}

  get size(): number {
    return this.blob.size;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    assertRange(this.name, this.size, offset, length);
    return this.windows.read(offset, length, this.size);
  }

  async sibling(relativePath: string): Promise<ByteSource | undefined> {
    const inside = pathInsideFolder(relativePath, this.name);
    const folder = this.name.slice(0, this.name.lastIndexOf('/') + 1);
    const found = this.beside(folder + inside);
    return found === undefined ? undefined : new BlobSource(folder + inside, found, this.beside);
  }

  private async slice(offset: number, length: number): Promise<Uint8Array> {
    try {
      return new Uint8Array(await this.blob.slice(offset, offset + length).arrayBuffer());
    } catch (cause) {
      throw new ArchmeterError(
        'the browser cannot read it any more',
        'It was moved, changed or is too large for the memory left; open it again.',
        { file: this.name },
        { cause },
      );
    }
  }
}
