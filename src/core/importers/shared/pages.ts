import { ArchmeterError } from '../../errors.js';
import type { ByteSource } from '../define-importer.js';

const PAGE_BYTES = 2 ** 14;
/** Most that is kept of one file: the graph of any model is smaller. */
const MAX_BYTES = 2 ** 28;

/**
 * Lets code that reads synchronously work on a file that is read piecewise: what is not there yet is noted and read
 * before the code runs again.
 */
export class Pages {
  private readonly pages = new Map<number, Uint8Array>();
  private readonly missing = new Set<number>();

  constructor(readonly source: ByteSource) {}

  /** Copies bytes into `target`; false, and noted for the next `load`, where some are not there yet. */
  copy(offset: number, target: Uint8Array): boolean {
    let complete = true;
    const last = Math.floor((offset + target.length - 1) / PAGE_BYTES);
    for (let index = Math.floor(offset / PAGE_BYTES); index <= last; index++) {
      const page = this.pages.get(index);
      if (page === undefined) {
        this.missing.add(index);
        complete = false;
        continue;
      }
      const start = index * PAGE_BYTES;
      const from = Math.max(offset, start);
      const to = Math.min(offset + target.length, start + page.length);
      target.set(page.subarray(from - start, to - start), from - offset);
    }
    return complete;
  }

  /** Whether something was asked for that is not there. */
  get incomplete(): boolean {
    return this.missing.size > 0;
  }

  /** Reads what was missing. */
  async load(): Promise<void> {
    if ((this.pages.size + this.missing.size) * PAGE_BYTES > MAX_BYTES) {
      throw new ArchmeterError(`its structure takes more than ${MAX_BYTES} bytes`, undefined, {
        file: this.source.name,
      });
    }
    for (const index of this.missing) {
      const offset = index * PAGE_BYTES;
      this.pages.set(index, await this.source.read(offset, Math.min(PAGE_BYTES, this.source.size - offset)));
    }
    this.missing.clear();
  }
}
