/** Small reads are served from windows of the file of this many bytes; larger ones go past them. */
const WINDOW_BYTES = 2 ** 16;
/** Most windows kept: 1 MiB in all. */
const MAX_WINDOWS = 16;

/** The parts of a file that were read last: readers of formats ask for a few bytes at a time. */
export class Windows {
  /** By index; the first is the one longest unused. */
  private readonly windows = new Map<number, Uint8Array>();

  /** @param readFile exactly so many bytes from an offset, both inside the file */
  constructor(private readonly readFile: (offset: number, length: number) => Promise<Uint8Array>) {}

  /** @param size bytes of the file; the range lies inside it */
  async read(offset: number, length: number, size: number): Promise<Uint8Array> {
    if (length > WINDOW_BYTES) return this.readFile(offset, length);
    const index = Math.floor(offset / WINDOW_BYTES);
    const start = offset - index * WINDOW_BYTES;
    const window = await this.window(index, size);
    if (start + length <= window.length) return window.subarray(start, start + length);
    const bytes = new Uint8Array(length);
    bytes.set(window.subarray(start));
    const next = await this.window(index + 1, size);
    bytes.set(next.subarray(0, start + length - WINDOW_BYTES), WINDOW_BYTES - start);
    return bytes;
  }

  clear(): void {
    this.windows.clear();
  }

  private async window(index: number, size: number): Promise<Uint8Array> {
    let window = this.windows.get(index);
    if (window === undefined) {
      const offset = index * WINDOW_BYTES;
      window = await this.readFile(offset, Math.min(WINDOW_BYTES, size - offset));
      const oldest = this.windows.size < MAX_WINDOWS ? undefined : this.windows.keys().next().value;
      if (oldest !== undefined) this.windows.delete(oldest);
    } else this.windows.delete(index);
    this.windows.set(index, window);
    return window;
  }
}
