const ARRAYS = { f64: Float64Array, i32: Int32Array, u8: Uint8Array } as const;
type Block = Float64Array | Int32Array | Uint8Array;

const BLOCK_BITS = 14;
const BLOCK_ROWS = 2 ** BLOCK_BITS;
const IN_BLOCK = BLOCK_ROWS - 1;

/** Numbers in rows of named columns, in blocks that are never copied: millions of events without an object each. */
export class Columns<Name extends string> {
  length = 0;
  private readonly types: readonly (keyof typeof ARRAYS)[];
  private readonly blocks: Block[][];
  private readonly at: Readonly<Record<Name, number>>;

  constructor(columns: Readonly<Record<Name, keyof typeof ARRAYS>>) {
    const names = Object.keys(columns) as Name[];
    this.types = names.map((name) => columns[name]);
    this.blocks = names.map(() => []);
    this.at = Object.fromEntries(names.map((name, i) => [name, i])) as Record<Name, number>;
  }

  /** Values in the order of the names. */
  add(...row: readonly number[]): void {
    const block = this.length >> BLOCK_BITS;
    const inBlock = this.length & IN_BLOCK;
    for (let i = 0; i < row.length; i++) {
      const column = this.blocks[i] as Block[];
      if (inBlock === 0) column.push(new ARRAYS[this.types[i] as keyof typeof ARRAYS](BLOCK_ROWS));
      (column[block] as Block)[inBlock] = row[i] as number;
    }
    this.length++;
  }

  get(row: number, name: Name): number {
    return this.block(row, name)[row & IN_BLOCK] as number;
  }

  set(row: number, name: Name, value: number): void {
    this.block(row, name)[row & IN_BLOCK] = value;
  }

  private block(row: number, name: Name): Block {
    return this.blocks[this.at[name]]?.[row >> BLOCK_BITS] as Block;
  }
}

/** Characters of all texts that are kept; those of a real trace are a hundredth of it. */
const MOST_CHARACTERS = 2 ** 25;

/** Texts by number, each kept once. What comes new once the room is full is the empty text. */
export class Interned {
  readonly texts: string[] = [];
  isFull = false;
  private readonly ids = new Map<string, number>();
  private characters = 0;

  idOf(text: string): number {
    const known = this.ids.get(text);
    if (known !== undefined) return known;
    this.characters += text.length;
    if (this.characters > MOST_CHARACTERS && text !== '') {
      this.isFull = true;
      return this.idOf('');
    }
    this.texts.push(text);
    this.ids.set(text, this.texts.length - 1);
    return this.texts.length - 1;
  }

  of(id: number): string {
    return this.texts[id] ?? '';
  }
}

/** Rows by a number that they have, of many rows in little memory; the last row of those with the same. */
export class RowsByNumber {
  private readonly keys: Float64Array;
  private readonly rows: Int32Array;

  /** @param keyOf the number of a row; negative where it has none */
  constructor(length: number, keyOf: (row: number) => number) {
    let count = 0;
    for (let row = 0; row < length; row++) if (keyOf(row) >= 0) count++;
    const rows = new Int32Array(count);
    let isSorted = true;
    for (let row = 0, i = 0; row < length; row++) {
      if (keyOf(row) < 0) continue;
      isSorted &&= i === 0 || keyOf(rows[i - 1] as number) <= keyOf(row);
      rows[i++] = row;
    }
    if (!isSorted) rows.sort((a, b) => keyOf(a) - keyOf(b) || a - b);
    this.rows = rows;
    this.keys = Float64Array.from(rows, keyOf);
  }

  get(key: number): number | undefined {
    let low = 0;
    let high = this.keys.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.keys[middle] as number) <= key) low = middle + 1;
      else high = middle;
    }
    return low > 0 && this.keys[low - 1] === key ? this.rows[low - 1] : undefined;
  }
}

/** Rows of each part, in their order: a counting sort. */
export function rowsOfParts(parts: number, length: number, partOf: (row: number) => number): Int32Array[] {
  const counts = new Int32Array(parts);
  for (let row = 0; row < length; row++) {
    const part = partOf(row);
    if (part >= 0) counts[part] = (counts[part] as number) + 1;
  }
  const found = Array.from(counts, (count) => new Int32Array(count));
  counts.fill(0);
  for (let row = 0; row < length; row++) {
    const part = partOf(row);
    if (part < 0) continue;
    (found[part] as Int32Array)[counts[part] as number] = row;
    counts[part] = (counts[part] as number) + 1;
  }
  return found;
}
