import { ByteBuffer } from 'flatbuffers';
import { ArchmeterError } from '../../errors.js';
import type { ByteSource } from '../define-importer.js';
import { Pages } from '../shared/pages.js';

/** Thrown where bytes are not there yet: the reading is done again with them. */
const MISS = Symbol('page miss');

/** Tables, vectors and nodes that a vector may hold: more than any model has. */
const MAX_ENTRIES = 1_000_000;

/** A flatbuffer in a file that is read piecewise. Every access is checked against the file's size. */
export class PagedBuffer extends ByteBuffer {
  private readonly pages: Pages;
  private readonly scratch = new Uint8Array(8);
  private readonly view = new DataView(this.scratch.buffer);

  constructor(readonly source: ByteSource) {
    super(new Uint8Array(0));
    this.pages = new Pages(source);
  }

  /** Runs `body`, again and again until all the bytes that it reads are there. */
  async read<T>(body: () => T): Promise<T> {
    for (;;) {
      try {
        return body();
      } catch (error) {
        if (error !== MISS) throw error;
        await this.pages.load();
      }
    }
  }

  override readUint8(offset: number): number {
    return this.at(offset, 1).getUint8(0);
  }

  override readUint16(offset: number): number {
    return this.at(offset, 2).getUint16(0, true);
  }

  override readInt32(offset: number): number {
    return this.at(offset, 4).getInt32(0, true);
  }

  readFloat(offset: number): number {
    return this.at(offset, 4).getFloat32(0, true);
  }

  /** Exact up to 2^53; larger ones are larger than any file. */
  readLong(offset: number): number {
    const view = this.at(offset, 8);
    return view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  }

  bytesAt(offset: number, length: number): Uint8Array {
    this.check(offset, length);
    const bytes = new Uint8Array(length);
    if (!this.pages.copy(offset, bytes)) throw MISS;
    return bytes;
  }

  damaged(problem: string, byte: number): ArchmeterError {
    return new ArchmeterError(problem, 'The file is damaged; download or export it again.', {
      file: this.source.name,
      byte,
    });
  }

  check(offset: number, length: number): void {
    if (offset >= 0 && length >= 0 && offset + length <= this.source.size) return;
    throw this.damaged(`an offset leads to byte ${offset}, but the file ends at ${this.source.size}`, offset);
  }

  private at(offset: number, length: number): DataView {
    this.check(offset, length);
    if (!this.pages.copy(offset, length === 8 ? this.scratch : this.scratch.subarray(0, length))) throw MISS;
    return this.view;
  }
}

/** A vector: where its entries begin, and how many there are. */
export interface Vector {
  readonly start: number;
  readonly length: number;
}

/** One table: fields are named by their place in the vtable (4 + 2 · id in the schema). */
export class Table {
  constructor(
    readonly buffer: PagedBuffer,
    readonly position: number,
  ) {}

  static root(buffer: PagedBuffer): Table {
    return new Table(buffer, buffer.__indirect(0));
  }

  int8(field: number, fallback = 0): number {
    const at = this.field(field);
    return at === 0 ? fallback : this.buffer.readInt8(at);
  }

  uint8(field: number, fallback = 0): number {
    const at = this.field(field);
    return at === 0 ? fallback : this.buffer.readUint8(at);
  }

  boolean(field: number): boolean {
    return this.uint8(field) !== 0;
  }

  int32(field: number, fallback = 0): number {
    const at = this.field(field);
    return at === 0 ? fallback : this.buffer.readInt32(at);
  }

  uint32(field: number): number {
    const at = this.field(field);
    return at === 0 ? 0 : this.buffer.readUint32(at);
  }

  uint64(field: number): number {
    const at = this.field(field);
    return at === 0 ? 0 : this.buffer.readLong(at);
  }

  float(field: number): number {
    const at = this.field(field);
    return at === 0 ? 0 : this.buffer.readFloat(at);
  }

  text(field: number): string | undefined {
    const vector = this.vector(field, 1);
    return vector && new TextDecoder().decode(this.buffer.bytesAt(vector.start, vector.length));
  }

  table(field: number): Table | undefined {
    const at = this.field(field);
    return at === 0 ? undefined : new Table(this.buffer, this.buffer.__indirect(at));
  }

  /** @param width bytes of an entry */
  vector(field: number, width: number): Vector | undefined {
    const at = this.field(field);
    if (at === 0) return undefined;
    const start = this.buffer.__vector(at);
    const length = this.buffer.readUint32(start - 4);
    this.buffer.check(start, length * width);
    return { start, length };
  }

  integers(field: number): number[] | undefined {
    const vector = this.vector(field, 4);
    if (vector === undefined) return undefined;
    this.few(vector);
    return Array.from({ length: vector.length }, (_, i) => this.buffer.readInt32(vector.start + 4 * i));
  }

  tables(field: number): Vector {
    const vector = this.vector(field, 4) ?? { start: 0, length: 0 };
    this.few(vector);
    return vector;
  }

  entry(vector: Vector, index: number): Table {
    return new Table(this.buffer, this.buffer.__indirect(vector.start + 4 * index));
  }

  private few(vector: Vector): void {
    if (vector.length > MAX_ENTRIES)
      throw this.buffer.damaged(`a list states ${vector.length} entries`, vector.start - 4);
  }

  /** Where the field lies; 0 where it is left out. */
  private field(field: number): number {
    const offset = this.buffer.__offset(this.position, field);
    return offset === 0 ? 0 : this.position + offset;
  }
}
