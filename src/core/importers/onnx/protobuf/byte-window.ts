import { ArchmeterError } from '../../../errors.js';
import type { ByteSource } from '../../define-importer.js';

/** Bytes fetched first after a jump, and the most fetched ahead when reading on. */
const FIRST_FETCH = 2 ** 12;
const LARGEST_FETCH = 2 ** 16;

/** The part of a file that is at hand, by absolute positions. Reading on fetches more and more ahead; a jump starts small. */
export class ByteWindow {
  bytes: Uint8Array = new Uint8Array(0);
  /** Absolute position of the first byte at hand. */
  base = 0;
  private ahead = FIRST_FETCH;

  constructor(private readonly source: ByteSource) {}

  has(start: number, end: number): boolean {
    return start >= this.base && end <= this.base + this.bytes.length;
  }

  /** Makes [start, end) available. */
  async load(start: number, end: number): Promise<void> {
    const readsOn = start >= this.base && start <= this.base + this.bytes.length;
    this.ahead = readsOn ? Math.min(this.ahead * 2, LARGEST_FETCH) : FIRST_FETCH;
    const length = Math.min(Math.max(end - start, this.ahead), this.source.size - start);
    if (start + length < end) throw damaged(`the file ends at ${this.source.size}, inside a message`, start);
    this.bytes = await this.source.read(start, length);
    this.base = start;
  }
}

export function damaged(problem: string, byte: number): ArchmeterError {
  return new ArchmeterError(
    problem,
    'The file is cut off or damaged, or is no ONNX file; download or export it again.',
    {
      byte,
    },
  );
}
